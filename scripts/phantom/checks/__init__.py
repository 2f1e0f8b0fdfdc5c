"""Checks of a corpus: importing this registers every one of them by name."""

from importlib import import_module

from phantom.checks.engine.base import CheckSkipped, Finding, Measure, phantom_checks
from phantom.checks.engine.config import ChecksConfig, load_config
from phantom.checks.engine.context import CheckContext
from phantom.checks.engine.corpus import Corpus

MODULES = (
    "balance",
    "boundaries",
    "diversity",
    "duplicates",
    "label_errors",
    "labels",
    "leaks",
    "memorise",
    "numbers",
    "pii",
    "quotas",
    "realism",
    "spec",
    "text",
)
for name in MODULES:
    import_module(f"{__name__}.{name}")

__all__ = [
    "CheckContext",
    "CheckSkipped",
    "ChecksConfig",
    "Corpus",
    "Finding",
    "Measure",
    "load_config",
    "phantom_checks",
]
