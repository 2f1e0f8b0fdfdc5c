"""A federation in a folder: a coordinator and sites as processes that can be killed."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

from tests.builders import ROOT
from tests.builders.federating import CONFIG, start

from phantom.training.federated.labels import unite
from phantom.training.federated.local import read_labels, train_round
from phantom.training.federated.messages import Arrays, Labels, Settings
from phantom.training.federated.model import build, output_rows, read_arrays
from phantom.training.federated.store import RoundRecord, Store

Process = subprocess.Popen[bytes]


class House:
    """The processes of one federation.

    corpora (List[Path]): Of the sites, and the coordinator's at last.
    more (Tuple[Any, ...]): Options of the coordinator.
    site_more (Tuple[Any, ...]): Options of the sites.
    """

    def __init__(
        self,
        folder: Path,
        corpora: list[Path],
        rounds: int,
        more: tuple[Any, ...] = (),
        site_more: tuple[Any, ...] = (),
    ) -> None:
        self.folder, self.corpora, self.rounds = folder, corpora, rounds
        self.more, self.site_more = more, site_more
        self.names = [f"site-{i + 1}" for i in range(len(corpora) - 1)]
        self.kits = folder / "fed" / "kits"
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
                *("--metrics", self.folder / "metrics", "--rounds", self.rounds),
                *("--sites", ",".join(self.names), "--steps", 2, "--port", self.port),
                *("--deadline", 120, *self.more),
                log=self.folder / "coordinator.log",
            )
        )

    def site(self, number: int) -> Process:
        name = f"site-{number}"
        return self._keep(
            start(
                "federate_site",
                *(name, self.kits / name, CONFIG, self.corpora[number - 1]),
                *(self.folder / name, "--port", self.port, *self.site_more),
                log=self.folder / f"{name}.log",
            )
        )

    def run_all(self) -> None:
        """Start the coordinator, and the sites when it has made their kits."""
        coordinator = self.coordinator()
        while not (self.kits / self.names[-1] / "rootCA.pem").is_file():
            assert coordinator.poll() is None, self.logs()
            time.sleep(0.05)
        for number in range(1, len(self.names) + 1):
            self.site(number)

    def run_through_kills(self) -> None:
        """Run until the end; a site and the coordinator are killed once each."""
        self.run_all()
        self.wait_for(1)
        for process, again in (
            (self.processes[2], lambda: self.site(2)),
            (self.processes[0], self.coordinator),
        ):
            kill(process)
            again()
        self.wait_for_ends()

    def wait_for(self, number: int) -> None:
        """Until a round was made."""
        ends = time.monotonic() + 240
        while len(self.records()) < number:
            assert time.monotonic() < ends and self.are_well(), self.logs()
            time.sleep(0.05)

    def wait_for_ends(self) -> None:
        """Until all have ended by themselves, but those that were killed."""
        self.wait_for(self.rounds)
        for process in self.processes:
            if process.returncode != -signal.SIGKILL:
                assert process.wait(120) == 0, self.logs()

    def are_well(self) -> bool:
        """Whether no process has failed by itself."""
        codes = {process.poll() for process in self.processes}
        return codes <= {None, 0, -signal.SIGKILL}

    def records(self) -> list[RoundRecord]:
        return Store(self.folder / "fed").read_rounds()

    def logs(self) -> str:
        return "\n".join(x.read_text() for x in sorted(self.folder.glob("*.log")))

    def end(self) -> None:
        """Kill what still runs."""
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()

    def _keep(self, process: Process) -> Process:
        self.processes.append(process)
        return process


def kill(process: Process) -> None:
    """As kill -9 does."""
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


class Undisturbed:
    """The same federation without processes, network and kills."""

    def __init__(self, corpora: list[Path], folder: Path, settings: Settings) -> None:
        self.settings, self.folder = settings, folder
        found = {f"site-{i + 1}": read_labels(CONFIG, x) for i, x in enumerate(corpora)}
        found.popitem()
        self.labels: dict[str, Labels] = {site: own for site, (own, _) in found.items()}
        self.counts = {site: counts for site, (_, counts) in found.items()}
        self.agreed = unite(self.labels)
        self.nlps = [build(CONFIG, x, folder / x.name, self.agreed, 0) for x in corpora]
        self.start, self.rows = read_arrays(self.nlps[-1]), output_rows(self.nlps[-1])

    def changes(self, number: int, weights: Arrays) -> dict[str, Arrays]:
        """What each site's training comes to."""
        return {
            site: train_round(
                *(nlp, own, self.settings, site, number, weights, self.folder)
            )
            for nlp, (site, own) in zip(
                self.nlps[:-1], self.labels.items(), strict=True
            )
        }
