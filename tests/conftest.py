"""Marks by folder: all of tests/road runs whole commands and takes minutes."""

import pytest
from tests.builders import ROOT


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(ROOT / "tests" / "road"):
            item.add_marker("road")
            item.add_marker("slow")
