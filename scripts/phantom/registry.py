"""The registry that configs/llm/*.cfg name back-ends of."""

import catalogue
from confection import registry


class phantom_registry(registry):
    """Registry of back-ends; other packages add theirs as entry points."""

    phantom_llms = catalogue.create("phantom", "llms", entry_points=True)
