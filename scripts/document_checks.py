"""Write the page of checks from the catalogue."""

from pathlib import Path
from typing import Annotated

from typer import Argument
from wasabi import msg

from console.step import run_step
from phantom.checks.reference import render_reference
from phantom.jsonl import write_text


def document_checks(
    page: Annotated[Path, Argument(help="The page, docs/checks-reference.md")],
) -> None:
    """Describe every check that is registered, other packages' too."""
    write_text(page, render_reference())
    msg.good(f"Wrote {page}")


if __name__ == "__main__":
    run_step(document_checks)
