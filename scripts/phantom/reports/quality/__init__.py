"""The quality report: one self-contained HTML page, Markdown and JSON."""

from phantom.reports.quality.build import build_report
from phantom.reports.quality.files import write_report
from phantom.reports.quality.html import to_html
from phantom.reports.quality.markdown import to_markdown

__all__ = ["build_report", "to_html", "to_markdown", "write_report"]
