"""The quality report as files."""

from pathlib import Path
from typing import Any

from phantom.jsonl import write_json, write_text
from phantom.reports.quality.html import to_html
from phantom.reports.quality.markdown import to_markdown


def write_report(report: dict[str, Any], folder: Path) -> None:
    """Write quality.json, .html and .md to a folder, which is made if need be."""
    write_json(folder / "quality.json", report)
    write_text(folder / "quality.html", to_html(report))
    write_text(folder / "quality.md", to_markdown(report))
