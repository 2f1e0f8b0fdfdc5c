"""Tracking: a local store alone, a clear message without MLflow, both loggers told."""

import io
import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import spacy

from phantom.training.tracking import join_loggers, make_tracker

INFO: dict[str, Any] = {
    "score": 0.5,
    "losses": {"ner": 1.5},
    "other_scores": {"ents_f": 0.25, "ents_per_type": {"ILL": {"f": 0.75}}},
    "output_path": "nowhere",
    "checkpoints": [(0.5, 0)],
    "epoch": 0,
    "step": 0,
}


def test_only_a_store_on_this_machine_is_taken() -> None:
    assert make_tracker("", "run") is None
    with pytest.raises(ValueError, match="no local store; nothing is sent"):
        make_tracker("https://mlflow.example.org", "run")


def test_without_mlflow_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("phantom.training.tracking.find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"pip install 'spacy-phantom\[tracking\]'"):
        make_tracker("sqlite:///x.db", "run")
    assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"


def test_both_loggers_are_told_and_the_tracker_gets_no_path() -> None:
    told: list[tuple[str, Any]] = []

    def make(name: str) -> Any:
        def start(nlp: Any, stdout: Any, stderr: Any) -> Any:
            return lambda info: told.append((name, info)), lambda: told.append(
                (name, 0)
            )

        return start

    logger = join_loggers(make("console"), make("tracker"))
    step, finalize = logger(spacy.blank("xx"), io.StringIO(), io.StringIO())
    step(INFO)
    step(None)
    finalize()
    assert told[0] == ("console", INFO)
    assert told[1] == ("tracker", {**INFO, "output_path": None})
    assert told[2:] == [
        ("console", None),
        ("tracker", None),
        ("console", 0),
        ("tracker", 0),
    ]
    alone = make("console")
    assert join_loggers(alone, None) is alone


def test_scores_arrive_in_the_store(tmp_path: Path) -> None:
    pytest.importorskip("mlflow", reason="pip install 'spacy-phantom[tracking]'")
    store = tmp_path / "mlflow.db"
    tracker = make_tracker(f"sqlite:///{store}", "medicine")
    assert tracker is not None
    silent = join_loggers(lambda *_: (lambda info: None, lambda: None), tracker)
    step, finalize = silent(spacy.blank("xx"), io.StringIO(), io.StringIO())
    step(INFO)
    finalize()
    with sqlite3.connect(store) as db:
        metrics = dict(db.execute("select key, value from metrics"))
        (name,) = db.execute("select name from runs").fetchone()
    assert name == "medicine" and metrics["score"] == 0.5
    assert metrics["ents_f"] == 0.25 and metrics["loss_ner"] == 1.5
