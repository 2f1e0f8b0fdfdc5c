"""Write the page of formats from the catalogue."""

from pathlib import Path
from typing import Annotated

from typer import Argument
from wasabi import msg

from console.step import run_step
from phantom.formats.reference import render_reference
from phantom.jsonl import write_text


def document_formats(
    page: Annotated[Path, Argument(help="The page, such as docs/formats.md")],
) -> None:
    """Describe every format that is registered, other packages' too."""
    write_text(page, render_reference())
    msg.good(f"Wrote {page}")


if __name__ == "__main__":
    run_step(document_formats)
