"""Why a loop ends, and what differs between its rounds."""

import re
from pathlib import Path

import pytest
import yaml
from tests.phantom.evaluation.diagnosis.test_gain import diagnosis

from phantom.evaluation.diagnosis.gain import Gain
from phantom.evaluation.diagnosis.rounds import (
    NOISE,
    NOTHING,
    SPENT,
    Round,
    compare_rounds,
    read_rounds,
    round_variables,
    why_stop,
    write_rounds,
)
from phantom.jsonl import write_json


def gain(low: float) -> Gain:
    return Gain(task="both", before=0.5, after=0.6, low=low, high=0.2, texts=9)


@pytest.mark.parametrize(
    ("gains", "spent", "asked", "told"),
    [
        ([], False, 9, ""),
        ([gain(0.01)], False, 9, ""),
        ([gain(0.0)], False, 9, NOISE),
        ([gain(0.05), gain(-0.1)], False, 9, NOISE),
        ([gain(0.01)], True, 9, SPENT),
        ([gain(0.01)], False, 0, NOTHING),
    ],
)
def test_why_it_ends(gains: list[Gain], spent: bool, asked: int, told: str) -> None:
    assert why_stop(gains, spent, asked) == told


def test_rounds_are_written_and_read(tmp_path: Path) -> None:
    path = tmp_path / "loop.jsonl"
    assert read_rounds(path) == {}
    rounds = {n: Round(number=n, specs=9, added=n, gains=[gain(0.1)]) for n in (1, 2)}
    write_rounds(path, rounds)
    assert read_rounds(path) == rounds


def test_rounds_lie_side_by_side(tmp_path: Path) -> None:
    corpus, gold = Path("corpus/pets"), Path("corpus/pets/round-1/dev.jsonl")
    first = round_variables(1, "pets", corpus, gold)
    assert first == {"round": "1", "run": "pets", "refill": "", "hold_out": ""}
    assert round_variables(2, "pets", corpus, gold) == {
        "round": "2",
        "run": "pets-2",
        "refill": "corpus/pets/round-2/refill.yml",
        "hold_out": "corpus/pets/round-1/dev.jsonl",
    }
    own = round_variables(2, "pets", corpus, Path("assets/benchmarks/dev.jsonl"))
    assert own["hold_out"] == ""
    for run, row in (("pets", (1, 0, 1)), ("pets-2", (2, 0, 0))):
        found = diagnosis({str(i): row for i in range(9)})
        write_json(tmp_path / run / "diagnosis.json", found)
    assert compare_rounds(tmp_path, "pets", 1) == []
    assert compare_rounds(tmp_path, "pets", 2)[-1].gain == 0.3333


def test_the_loop_hands_on_every_variable_of_its_commands() -> None:
    """Else a round would run with the default in place of what a user said."""
    project = yaml.safe_load(Path("project.yml").read_text(encoding="utf-8"))
    commands = {command["name"]: command for command in project["commands"]}
    names = (*project["workflows"]["round"], "diagnose", "refill")
    used = {
        found
        for name in names
        for key in ("script", "deps", "outputs")
        for line in commands[name].get(key, [])
        for found in re.findall(r"\$\{vars\.(\w+)\}", line)
    }
    (script,) = commands["loop"]["script"]
    pairs = re.findall(r"--set '(\w+)=\$\{vars\.(\w+)\}'", script)
    assert all(name == variable for name, variable in pairs)
    own = {*round_variables(1, "", Path(), Path()), "llm", "budget", "gold"}
    assert used == {name for name, _ in pairs} | own
