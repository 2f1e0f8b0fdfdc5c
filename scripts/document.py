"""Write the pages of docs/reference/ that are made from the code."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from typer import Argument
from wasabi import msg

from console.step import run_step
from phantom.augmenters import reference as augmenters
from phantom.checks import reference as checks
from phantom.formats import reference as formats
from phantom.jsonl import write_text
from phantom.reports import reference as metrics

PAGES: dict[str, Callable[[], str]] = {
    "augmenters.md": augmenters.render_reference,
    "checks.md": checks.render_reference,
    "formats.md": formats.render_reference,
    "metrics-json.md": metrics.render_reference,
}


def document(
    folder: Annotated[Path, Argument(help="Where the pages go")],
) -> None:
    """Describe all that is registered, other packages' too, and the JSON files."""
    for name, render in PAGES.items():
        write_text(folder / name, render())
    msg.good(f"{len(PAGES)} pages in {folder}", ", ".join(PAGES))


if __name__ == "__main__":
    run_step(document)
