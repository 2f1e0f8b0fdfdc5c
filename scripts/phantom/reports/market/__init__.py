"""The page of a market: prices, a book in a crash, who owes whom, what is written."""

from phantom.reports.market.build import build_page

__all__ = ["build_page"]
