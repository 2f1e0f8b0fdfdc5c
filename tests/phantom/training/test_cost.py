"""A training's time and energy are measured, over all of its runs."""

import time
from pathlib import Path

import pytest

from phantom.training.cost import Cost, CostMeter, read_counters


def counter(folder: Path, name: str, value: int, most: int = 1000) -> None:
    (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / name / "energy_uj").write_text(f"{value}\n")
    (folder / name / "max_energy_range_uj").write_text(f"{most}\n")


def read(path: Path) -> Cost:
    return Cost.model_validate_json(path.read_text(encoding="utf-8"))


def test_counters_of_packages_alone(tmp_path: Path) -> None:
    """A part of a package, such as its cores, is in the package's own."""
    counter(tmp_path, "intel-rapl:0", 7)
    counter(tmp_path, "intel-rapl:0:1", 5)
    counter(tmp_path, "intel-rapl:1", 9, 50)
    assert read_counters(tmp_path) == {
        "intel-rapl:0": (7, 1000),
        "intel-rapl:1": (9, 50),
    }
    assert read_counters(tmp_path / "none") == {}


def test_a_counter_that_starts_anew(tmp_path: Path) -> None:
    """900 to 950, then past 1,000 to 20: 120 joules."""
    counter(tmp_path, "intel-rapl:0", 900_000_000, 1_000_000_000)
    with CostMeter(tmp_path / "cost.json", False, tmp_path) as meter:
        counter(tmp_path, "intel-rapl:0", 950_000_000, 1_000_000_000)
        meter.take()
        counter(tmp_path, "intel-rapl:0", 20_000_000, 1_000_000_000)
    assert read(tmp_path / "cost.json").joules == 120.0


def test_runs_of_one_training_are_added(tmp_path: Path) -> None:
    path = tmp_path / "cost.json"
    for number, goes_on in enumerate((False, True), 1):
        with CostMeter(path, goes_on, tmp_path):
            until = time.process_time() + 0.11
            while time.process_time() < until:
                pass
        found = read(path)
        assert found.runs == number and found.joules is None
        assert number * 0.1 <= found.processor_seconds < number * 0.1 + 1
    with CostMeter(path, False, tmp_path):
        pass
    assert read(path).runs == 1


def test_an_error_is_measured_too_and_goes_on(tmp_path: Path) -> None:
    with pytest.raises(KeyError), CostMeter(tmp_path / "c.json", False, tmp_path):
        raise KeyError
    assert read(tmp_path / "c.json").runs == 1
