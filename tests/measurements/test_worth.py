"""From data to F1: rows that say what of them is real, each result once."""

from pathlib import Path
from typing import Any

import pytest
import worth_rows
from tests.builders.worth_runs import measure, worth


def test_what_must_not_train_or_is_scored_has_no_gold_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    one = measure(tmp_path, domain="finance")
    gold = one.pipelines.gold
    assert "non-commercial" not in str(gold("kpi_edgar"))
    assert "forbids to train" in str(gold("finer_ord"))
    assert "the one that is scored" in str(gold("core"))
    assert "is not there" in str(gold("kpi_edgar"))
    told: list[tuple[str, str]] = []

    def note(row: str, name: str, count: int, seed: int) -> dict[str, Any]:
        told.append((row, name))
        return {}

    monkeypatch.setattr(one, "result", note)
    list(one.results())
    assert {row for row, _ in told} == {worth_rows.SYNTHETIC, worth_rows.DOCUMENTS}
    output = capsys.readouterr().out
    assert "5 gold alone: left out" in output
    assert "core: + unlabelled public text: left out: no text; name it" in output


def test_a_result_is_read_from_its_file_and_not_mixed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither is one of another text, of which an interrupted run has some rows."""
    one = measure(tmp_path)
    trained: list[str] = []

    def train(row: str, name: str, count: int, seed: int) -> Path:
        trained.append(row)
        return tmp_path

    monkeypatch.setattr(one.pipelines, "pipeline", train)
    monkeypatch.setattr(worth, "describe_adapted", lambda _: {"examples": 3})
    monkeypatch.setattr(one, "score", lambda *_: {"ncbi test": {"f": 0.5}})
    first = one.result(worth.ALONE, "ncbi_disease", 5, 0)
    assert first["real"] == "5 of ncbi_disease train"
    assert one.result(worth_rows.SYNTHETIC, "bc5cdr", 0, 0)["real"] == "none"
    assert one.result(worth.ALONE, "ncbi_disease", 5, 0) == first
    third = one.result(worth.UNLABELLED, "bc5cdr", 0, 0)
    assert third["real"] == "none labelled, 9 unlabelled at most"
    assert third["adapted"] == {"examples": 3}
    assert trained == [worth.ALONE, worth_rows.SYNTHETIC, worth.UNLABELLED]
    one.args.take = 8
    assert one.result(worth.ALONE, "ncbi_disease", 5, 0) == first
    with pytest.raises(ValueError, match="delete it"):
        one.result(worth.UNLABELLED, "bc5cdr", 0, 0)
    one.args.steps = 11
    with pytest.raises(ValueError, match="delete it"):
        one.result(worth.ALONE, "ncbi_disease", 5, 0)
