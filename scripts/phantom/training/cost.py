"""What a training takes: processor time, wall time, energy where it can be read."""

import os
import threading
import time
from pathlib import Path
from types import TracebackType

from phantom.jsonl import write_json
from phantom.records import Record

# Counters of the processor's packages on Linux; mostly readable by root alone.
RAPL = Path("/sys/class/powercap")
# The counters start anew after some minutes of full load.
EVERY = 30.0


class Cost(Record):
    """What the runs of a training took together.

    joules (Optional[float]): Of the processor packages, whatever else ran on the
        machine; None if no counter could be read.
    runs (int): An interrupted training has several; one that was killed is missing.
    """

    processor_seconds: float = 0.0
    wall_seconds: float = 0.0
    joules: float | None = None
    runs: int = 0


class CostMeter:
    """Measures what happens inside a `with`, and adds it to a file.

    path (Path): Where the cost is kept (.json).
    goes_on (bool): Whether this run continues the one that the file is of.
    rapl (Path): Folder of the energy counters.
    """

    def __init__(self, path: Path, goes_on: bool, rapl: Path = RAPL) -> None:
        self.path, self.rapl = path, rapl
        known = goes_on and path.is_file()
        text = path.read_text(encoding="utf-8") if known else "{}"
        self.before = Cost.model_validate_json(text)
        self.stop = threading.Event()

    def __enter__(self) -> "CostMeter":
        self.wall, self.processor = time.perf_counter(), _processor_seconds()
        self.energy, self.last = 0.0, read_counters(self.rapl)
        self.sampler = threading.Thread(target=self._sample, daemon=True)
        self.sampler.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop.set()
        self.sampler.join()
        self.take()
        had = self.before.joules
        # A sum with a part that nobody read would be too small.
        readable = bool(self.last) and (had is not None or not self.before.runs)
        cost = Cost(
            processor_seconds=round(
                self.before.processor_seconds + _processor_seconds() - self.processor, 1
            ),
            wall_seconds=round(
                self.before.wall_seconds + time.perf_counter() - self.wall, 1
            ),
            joules=round((had or 0.0) + self.energy, 1) if readable else None,
            runs=self.before.runs + 1,
        )
        write_json(self.path, cost)

    def _sample(self) -> None:
        while not self.stop.wait(EVERY):
            self.take()

    def take(self) -> None:
        """Add what the counters have moved on since the last time."""
        now = read_counters(self.rapl)
        for name, (value, most) in now.items():
            if name in self.last:
                gone = value - self.last[name][0]
                self.energy += (gone if gone >= 0 else gone + most) / 1e6
        self.last = now


def read_counters(folder: Path) -> dict[str, tuple[int, int]]:
    """Microjoules of each processor package, and where its counter starts anew.

    RETURNS (Dict[str, Tuple[int, int]]): Empty if there are none or they can't be read.
    """
    found = {}
    for package in sorted(folder.glob("intel-rapl:[0-9]*")):
        if package.name.count(":") > 1:
            continue
        try:
            value, most = (
                int((package / name).read_text())
                for name in ("energy_uj", "max_energy_range_uj")
            )
        except (OSError, ValueError):
            return {}
        found[package.name] = (value, most)
    return found


def _processor_seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
