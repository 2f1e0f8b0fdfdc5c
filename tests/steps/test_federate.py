"""The steps federate and federate-site: real processes, mutual TLS on this machine."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy
import pytest
import spacy
from tests.builders import ROOT
from tests.builders.federating import CONFIG, start, write_sites

from phantom.training.federated.averaging import Sent, add, average
from phantom.training.federated.labels import unite
from phantom.training.federated.local import read_labels, train_round
from phantom.training.federated.messages import Arrays, Settings
from phantom.training.federated.model import build, output_rows, read_arrays
from phantom.training.federated.store import RoundRecord, Store

pytest.importorskip("nvflare")
pytestmark = pytest.mark.slow
Process = subprocess.Popen[bytes]
ROUNDS = 3


class House:
    """A coordinator and sites in a folder, as processes that can be killed."""

    def __init__(self, folder: Path, corpora: list[Path]) -> None:
        self.folder, self.corpora = folder, corpora
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.processes: list[Process] = []

    def coordinator(self) -> Process:
        return self._keep(
            start(
                "federate",
                *(CONFIG, self.corpora[-1], self.folder / "fed", self.folder / "out"),
                *(ROOT / "configs" / "privacy_site.yml", self.folder / "ledger.jsonl"),
                *("--metrics", self.folder / "metrics", "--rounds", ROUNDS),
                *("--sites", "site-1,site-2", "--steps", 2, "--port", self.port),
                *("--deadline", 120),
                log=self.folder / "coordinator.log",
            )
        )

    def site(self, number: int) -> Process:
        name = f"site-{number}"
        return self._keep(
            start(
                "federate_site",
                *(name, self.folder / "fed" / "kits" / name, CONFIG),
                *(self.corpora[number - 1], self.folder / name, "--port", self.port),
                log=self.folder / f"{name}.log",
            )
        )

    def _keep(self, process: Process) -> Process:
        self.processes.append(process)
        return process

    def wait_for(self, number: int) -> None:
        """Until a round was made."""
        ends = time.monotonic() + 240
        while len(self.records()) < number:
            assert time.monotonic() < ends and self.are_well(), self.logs()
            time.sleep(0.05)

    def are_well(self) -> bool:
        """Whether no process has failed by itself."""
        codes = {process.poll() for process in self.processes}
        return codes <= {None, 0, -signal.SIGKILL}

    def records(self) -> list[RoundRecord]:
        return Store(self.folder / "fed").read_rounds()

    def logs(self) -> str:
        return "\n".join(x.read_text() for x in sorted(self.folder.glob("*.log")))


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_sites(tmp_path_factory.mktemp("corpora"), 2)


@pytest.fixture
def house(tmp_path: Path, corpora: list[Path]) -> Iterator[House]:
    made = House(tmp_path, corpora)
    yield made
    for process in made.processes:
        if process.poll() is None:
            process.kill()
        process.wait()


def run_all(house: House) -> None:
    coordinator = house.coordinator()
    kits = house.folder / "fed" / "kits" / "site-2" / "rootCA.pem"
    while not kits.is_file():
        assert coordinator.poll() is None, house.logs()
        time.sleep(0.05)
    house.site(1)
    house.site(2)


def kill(process: Process) -> None:
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def undisturbed(corpora: list[Path], folder: Path) -> Arrays:
    """The same federation without processes, network and kills."""
    declared = {f"site-{i}": read_labels(CONFIG, corpora[i - 1]) for i in (1, 2)}
    labels = unite({site: found[0] for site, found in declared.items()})
    settings = Settings(rounds=ROUNDS, steps=2)
    nlps = [build(CONFIG, x, folder / x.name, labels, 0) for x in corpora]
    weights, rows = read_arrays(nlps[-1]), output_rows(nlps[-1])
    for number in range(ROUNDS):
        sent = {}
        for i, (site, (own, size)) in enumerate(declared.items()):
            change = train_round(nlps[i], own, settings, site, number, weights, folder)
            sent[site] = Sent(change, size.examples, own.names())
        weights = add(weights, average(sent, rows))
    return weights


def test_killed_sites_and_coordinators_end_with_the_same_weights(
    house: House, corpora: list[Path], tmp_path: Path
) -> None:
    run_all(house)
    house.wait_for(1)
    for process, again in (
        (house.processes[2], lambda: house.site(2)),
        (house.processes[0], house.coordinator),
    ):
        kill(process)
        again()
    house.wait_for(ROUNDS)
    for process in house.processes:
        if process.returncode != -signal.SIGKILL:
            assert process.wait(120) == 0, house.logs()

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
