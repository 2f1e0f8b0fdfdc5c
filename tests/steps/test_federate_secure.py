"""Masked sums between real processes: kits made elsewhere, kills, the same weights."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy
import pytest
import spacy
from tests.builders.federating import start, write_sites
from tests.builders.federation import House, Undisturbed
from tests.builders.masking import HOST

from phantom.training.federated.averaging import Sent, add, average
from phantom.training.federated.messages import Arrays, Settings
from phantom.training.federated.model import read_arrays
from phantom.training.federated.secure import fixed

pytestmark = pytest.mark.slow
ROUNDS = 2
SETTINGS = Settings(rounds=ROUNDS, steps=2, secure=3)


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_sites(tmp_path_factory.mktemp("corpora"), 3)


@pytest.fixture
def house(tmp_path: Path, corpora: list[Path]) -> Iterator[House]:
    kits = tmp_path / "elsewhere"
    secure = ("--secure", 3)
    more = (*secure, "--kit", kits / "coordinator")
    made = House(tmp_path, corpora, ROUNDS, more, secure)
    made.kits = kits
    names = ("--sites", ",".join(made.names), "--host", HOST)
    assert start("federate_kits", kits, *names, log=tmp_path / "kits.log").wait() == 0
    yield made
    made.end()


def undisturbed(corpora: list[Path], folder: Path) -> tuple[Arrays, Arrays]:
    """Weights by sums of whole numbers, and the last plain average from the same."""
    same = Undisturbed(corpora, folder, SETTINGS)
    weights, plain, labels = same.start, same.start, sorted(same.agreed.names())
    for number in range(ROUNDS):
        changes = same.changes(number, weights)
        sent = {
            site: Sent(x, same.counts[site].examples, same.labels[site].names())
            for site, x in changes.items()
        }
        vectors = [
            fixed.encode(
                *(x, same.labels[site].names(), labels, same.rows),
                *(same.counts[site], SETTINGS),
            )
            for site, x in changes.items()
        ]
        total = numpy.sum(vectors, axis=0, dtype="uint64")
        found = fixed.read_sum(total, weights, labels, len(vectors), SETTINGS)
        plain = add(weights, average(sent, same.rows))
        weights = add(weights, fixed.mean(found, same.rows))
    return weights, plain


def test_killed_sites_and_coordinators_end_with_the_same_weights(
    house: House, corpora: list[Path], tmp_path: Path
) -> None:
    house.run_through_kills()

    weights, plain = undisturbed(corpora, tmp_path / "plain")
    for folder in (tmp_path / "out", tmp_path / "site-2" / "pipeline"):
        found = read_arrays(spacy.load(folder))
        assert all(numpy.array_equal(found[x], weights[x]) for x in weights), folder
    assert all(numpy.abs(plain[x] - weights[x]).max() < 1e-6 for x in weights)

    told = json.loads((tmp_path / "metrics" / "federation.json").read_text())
    assert [x["took_part"] for x in told["rounds"]] == [house.names] * ROUNDS
    assert all(x["scores"] and not x["void"] for x in told["rounds"])
    assert told["training_data"]["examples"] == 48
    assert told["training_data"]["synthetic"] == 48
    size = 2 * sum(array.nbytes for array in weights.values())
    # Numbers of 8 bytes; a sum that was begun anew by the kill may send one again.
    first = told["rounds"][0]["received"]
    assert all(size < first[site] < 1.02 * size + 20_000 for site in house.names)
    # No key but its own is at the coordinator's, and no update by itself.
    left = {path.name for path in (tmp_path / "fed").rglob("*") if path.is_file()}
    assert not {x for x in left if x.endswith((".key", ".crt", ".pem"))}
    assert "compare with those sites" in (tmp_path / "site-1.log").read_text()
