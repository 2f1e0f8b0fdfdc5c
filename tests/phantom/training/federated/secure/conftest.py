"""Kits of one authority for all tests of masked sums."""

from pathlib import Path

import pytest
from tests.builders.masking import identities

from phantom.training.federated.secure import hand
from phantom.training.federated.secure.identity import Identity


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kits")


@pytest.fixture(scope="session")
def known(folder: Path) -> dict[str, Identity]:
    return identities(folder)


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hand, "POLL", 0.005)
