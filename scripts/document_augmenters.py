"""Write the page of augmenters from the catalogue."""

from pathlib import Path
from typing import Annotated

from typer import Argument
from wasabi import msg

from console.step import run_step
from phantom.augmenters.reference import render_reference
from phantom.jsonl import write_text


def document_augmenters(
    page: Annotated[Path, Argument(help="The page (.md)")],
) -> None:
    """Describe every augmenter that is registered, other packages' too."""
    write_text(page, render_reference())
    msg.good(f"Wrote {page}")


if __name__ == "__main__":
    run_step(document_augmenters)
