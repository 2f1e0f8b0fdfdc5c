"""The page on privacy loss: what read private data, at what cost, and what left."""

from phantom.reports.privacy.build import account, find_undrawn, to_html

__all__ = ["account", "find_undrawn", "to_html"]
