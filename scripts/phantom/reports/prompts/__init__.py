"""Variants of a prompt side by side: scores and one page."""

from phantom.reports.prompts.build import Scored, score_trial, to_comparison
from phantom.reports.prompts.html import prompts_html
from phantom.reports.prompts.search import Search, search

__all__ = [
    "Scored",
    "Search",
    "prompts_html",
    "score_trial",
    "search",
    "to_comparison",
]
