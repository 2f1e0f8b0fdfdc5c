"""Checks of a corpus: one file per family, registered by name in `phantom_checks`."""

from phantom.checks.engine.base import CheckSkipped, Finding, Measure, Plot, Point
from phantom.checks.engine.config import ChecksConfig, load_config
from phantom.checks.engine.context import CheckContext
from phantom.checks.engine.corpus import Corpus
from phantom.feedback.hints import Hint

__all__ = [
    "CheckContext",
    "CheckSkipped",
    "ChecksConfig",
    "Corpus",
    "Finding",
    "Hint",
    "Measure",
    "Plot",
    "Point",
    "load_config",
]
