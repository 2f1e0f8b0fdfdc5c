"""The quality report: one self-contained HTML page, Markdown and JSON."""

from phantom.quality_report.build import build_report
from phantom.quality_report.files import write_report
from phantom.quality_report.hints import make_hints
from phantom.quality_report.html import to_html
from phantom.quality_report.markdown import to_markdown

__all__ = ["build_report", "make_hints", "to_html", "to_markdown", "write_report"]
