"""The quality report: one self-contained HTML page, Markdown and JSON."""

from phantom.feedback.from_checks import make_hints
from phantom.reports.quality.build import build_report
from phantom.reports.quality.files import write_report
from phantom.reports.quality.html import to_html
from phantom.reports.quality.markdown import to_markdown

__all__ = ["build_report", "make_hints", "to_html", "to_markdown", "write_report"]
