"""The steps federate and federate-site: real processes, mutual TLS on this machine."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy
import pytest
import spacy
from tests.builders.federating import write_sites
from tests.builders.federation import House, Undisturbed

from phantom.training.federated.averaging import Sent, add, average
from phantom.training.federated.messages import Arrays, Settings
from phantom.training.federated.model import read_arrays

pytest.importorskip("nvflare")
pytestmark = pytest.mark.slow
ROUNDS = 3


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_sites(tmp_path_factory.mktemp("corpora"), 2)


@pytest.fixture
def house(tmp_path: Path, corpora: list[Path]) -> Iterator[House]:
    made = House(tmp_path, corpora, ROUNDS)
    yield made
    made.end()


def undisturbed(corpora: list[Path], folder: Path) -> Arrays:
    """The same federation without processes, network and kills."""
    same = Undisturbed(corpora, folder, Settings(rounds=ROUNDS, steps=2))
    weights = same.start
    for number in range(ROUNDS):
        sent = {
            site: Sent(x, same.counts[site].examples, same.labels[site].names())
            for site, x in same.changes(number, weights).items()
        }
        weights = add(weights, average(sent, same.rows))
    return weights


def test_killed_sites_and_coordinators_end_with_the_same_weights(
    house: House, corpora: list[Path], tmp_path: Path
) -> None:
    house.run_through_kills()

    weights = undisturbed(corpora, tmp_path / "plain")
    folders = [tmp_path / "out", *(tmp_path / f"site-{i}/pipeline" for i in (1, 2))]
    for folder in folders:
        found = read_arrays(spacy.load(folder))
        assert found.keys() == weights.keys()
        assert all(numpy.array_equal(found[x], weights[x]) for x in weights), folder
    told = json.loads((tmp_path / "metrics" / "federation.json").read_text())
    assert [x["took_part"] for x in told["rounds"]] == [["site-1", "site-2"]] * ROUNDS
    assert all(x["scores"] for x in told["rounds"])
    size = sum(array.nbytes for array in weights.values())
    for site in ("site-1", "site-2"):
        # Its changes once in each round, however often it was asked.
        assert size < told["sites"][site]["received"] / ROUNDS < 1.1 * size + 20_000
    assert (tmp_path / "metrics" / "federation.png").stat().st_size > 10_000
    meta = json.loads((tmp_path / "out" / "meta.json").read_text())
    assert meta["training_data"]["examples"] == meta["training_data"]["synthetic"] == 32
    assert meta["federation"]["sites"] == told["sites"]
    # No word of a site's text is with the coordinator.
    for folder in (tmp_path / "fed", tmp_path / "out", tmp_path / "metrics"):
        for path in folder.rglob("*"):
            written = path.read_bytes() if path.is_file() else b""
            for word in (b"Zorbleth", b"zorbleth", b"vumpish"):
                assert word not in written, path
