"""The page on what left: every byte of a run on planted text, and what it shows."""

from phantom.reports.egress.build import account, to_html

__all__ = ["account", "to_html"]
