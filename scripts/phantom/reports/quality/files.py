"""The quality report as files."""

import json
from pathlib import Path
from typing import Any

from phantom.reports.quality.html import to_html
from phantom.reports.quality.markdown import to_markdown


def write_report(report: dict[str, Any], folder: Path) -> None:
    """Write quality.json, .html and .md to a folder, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(report, indent=1, ensure_ascii=False)
    (folder / "quality.json").write_text(text, encoding="utf-8")
    (folder / "quality.html").write_text(to_html(report), encoding="utf-8")
    (folder / "quality.md").write_text(to_markdown(report), encoding="utf-8")
