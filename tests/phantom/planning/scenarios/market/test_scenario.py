"""A market's events as facts of a pack."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from tests.builders import FINANCE

from phantom.packs.pack import Pack, load_pack
from phantom.planning.scenarios.base import simulate
from phantom.planning.scenarios.config import load_config
from phantom.planning.scenarios.market import scenario

pytest.importorskip(
    "phantom.planning.scenarios.market.ledger",
    reason="the extra `simulate` is not installed",
)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    """The pack with a market of few, over three years."""
    folder = tmp_path_factory.mktemp("packs") / FINANCE.name
    shutil.copytree(FINANCE, folder)
    path = folder / "scenarios.yml"
    content = yaml.safe_load(path.read_text())
    settings = content["scenarios"][0]["market"]
    settings |= {"traders": 60, "firms": 6, "banks": 4, "households": 40, "runs": 1}
    settings["steps"] = 700
    for i, shock in enumerate(settings["shocks"]):
        shock["day"] = 60 * (i + 1)
    path.write_text(yaml.safe_dump(content))
    return load_pack(folder)


@pytest.mark.slow
def test_every_event_is_a_fact_that_the_pack_can_tell(pack: Pack) -> None:
    facts = list(simulate(pack, seed=1))
    assert facts == list(simulate(pack, seed=1)) != list(simulate(pack, seed=2))
    events = load_config(pack).events
    assert {fact.event for fact in facts} > {"earnings", "default", "rate_decision"}
    for fact in facts:
        assert fact.rare == events[fact.event].rare
        assert {term.label for term in fact.entities.values()} <= set(pack.labels)
        if fact.event == "earnings":
            assert {link.label for link in fact.relations} == {"VALUE_OF"}
            assert fact.numbers.keys() == {"revenue", "growth"}
            assert fact.numbers["revenue"].unit in ("USD million", "USD billion")
            assert fact.dates["date"] >= "2015-01-06"
        if fact.event == "default":
            assert fact.changes["firm"] == "down"
    told = [fact for fact in facts if fact.event == "default" and fact.because]
    assert all("{" not in clause for fact in told for clause in fact.because)


def test_what_is_missing_is_told(
    pack: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise ModuleNotFoundError("No module named 'mesa'", name="mesa")

    monkeypatch.setattr("builtins.__import__", fail)
    with pytest.raises(ValueError, match=r"needs mesa: pip install .*simulate"):
        scenario.load_market()


@pytest.mark.slow
def test_processes_start_as_before() -> None:
    """Where mesa 3.3 is imported, all are spawned from then on."""
    code = (
        "import multiprocessing as m; before = m.get_start_method(allow_none=True)\n"
        "import phantom.planning.scenarios.market.model\n"
        "assert m.get_start_method(allow_none=True) == before\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
