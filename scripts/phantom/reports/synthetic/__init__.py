"""The page of made rows: how like the table they are, beside a plain copula."""

from phantom.reports.synthetic.build import build_page, summarize

__all__ = ["build_page", "summarize"]
