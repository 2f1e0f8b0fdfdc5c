"""Write the page of JSON files in metrics/ from the records that they hold."""

from pathlib import Path
from typing import Annotated

from typer import Argument
from wasabi import msg

from console.step import run_step
from phantom.jsonl import write_text
from phantom.reports.reference import render_reference


def document_metrics(
    page: Annotated[Path, Argument(help="The page (.md)")],
) -> None:
    """Describe every key of the JSON files that evaluation writes."""
    write_text(page, render_reference())
    msg.good(f"Wrote {page}")


if __name__ == "__main__":
    run_step(document_metrics)
