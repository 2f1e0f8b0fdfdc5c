"""Marks by folder, and how the suite is shared out between processes."""

import gc
import os

# Before anything imports torch: a process of several takes one core, and so does
# whatever it starts.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest
from hypothesis import HealthCheck, settings
from tests.builders import ROOT

# Modules such as torch's are a million objects that stay; going through them again and
# again takes a tenth of the time.
gc.set_threshold(50_000, 20, 20)
# How long a draw takes says how busy the machine is, and nothing about the code.
for name, count in (("whole", 60), ("quick", 25)):
    settings.register_profile(
        name,
        deadline=None,
        max_examples=count,
        suppress_health_check=[HealthCheck.too_slow],
    )
settings.load_profile("whole")
ROAD = ROOT / "tests" / "road"


def pytest_configure(config: pytest.Config) -> None:
    """Hypothesis draws less where the slow tests are left out."""
    if "not slow" in config.getoption("markexpr"):
        settings.load_profile("quick")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One process per core, up to four; one alone for files that somebody names."""
    if config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return 0
    return min(4, os.cpu_count() or 1)


def pytest_collection_finish() -> None:
    """What is imported by now stays."""
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of tests/road runs whole commands and takes minutes; what is slow goes first.

    Files are handed out in this order: a long one at the end would leave cores idle.
    """
    for item in items:
        if item.path.is_relative_to(ROAD):
            item.add_marker("road")
            item.add_marker("slow")
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda x: (not x.get_closest_marker("road"), x.path not in slow))
