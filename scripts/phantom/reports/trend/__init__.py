"""Scores over all runs as one page."""

from phantom.reports.trend.build import build_trend
from phantom.reports.trend.html import trend_html

__all__ = ["build_trend", "trend_html"]
