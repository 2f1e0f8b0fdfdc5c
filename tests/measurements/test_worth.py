"""From data to F1: cells that the maps know, rows that say what of them is real."""

import argparse
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.builders import ROOT

sys.path.insert(0, str(ROOT / "measurements"))

import worth

from phantom.packs.benchmarks import load_benchmarks
from phantom.packs.pack import load_pack


def measure(folder: Path, **more: Any) -> worth.Worth:
    pack = load_pack(ROOT / "assets" / "domains" / more.pop("domain", "medicine"))
    given: dict[str, Any] = {
        **{"corpus": folder / "corpus", "data": folder, "folder": folder / "out"},
        **{"pipeline": "", "steps": 10, "limit": 5, "seeds": [0], "k": [5]},
        **{"rows": None, "gold": None},
    }
    return worth.Worth(pack, argparse.Namespace(**{**given, **more}))


@pytest.mark.parametrize("domain", list(worth.CELLS))
def test_cells_are_splits_and_tasks_of_the_maps(domain: str) -> None:
    """Scored splits are evaluated ones; tasks are named as `evaluate` names them."""
    datasets = load_benchmarks(load_pack(ROOT / "assets" / "domains" / domain)).datasets
    for name, cells in worth.CELLS[domain].items():
        assert name in datasets
        for data, split, task, label in cells:
            assert datasets[data].splits[split].use in ("dev", "test")
            assert task.partition(",")[0] in datasets[data].tasks
            known = {*datasets[data].scored_labels(), *datasets[data].relations}
            assert label == "micro" or label in known


def test_what_must_not_train_or_is_scored_has_no_gold_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    one = measure(tmp_path, domain="finance")
    assert "non-commercial" not in str(one.gold("kpi_edgar"))
    assert "forbids to train" in str(one.gold("finer_ord"))
    assert "the one that is scored" in str(one.gold("core"))
    assert "is not there" in str(one.gold("kpi_edgar"))
    told: list[tuple[str, str]] = []

    def note(row: str, name: str, count: int, seed: int) -> dict[str, Any]:
        told.append((row, name))
        return {}

    monkeypatch.setattr(one, "result", note)
    list(one.results())
    assert {row for row, _ in told} == {worth.SYNTHETIC, worth.DOCUMENTS}
    assert "5 gold alone: left out" in capsys.readouterr().out


def test_a_result_is_read_from_its_file_and_not_mixed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = measure(tmp_path)
    trained: list[str] = []

    def train(row: str, name: str, count: int, seed: int) -> Path:
        trained.append(row)
        return tmp_path

    monkeypatch.setattr(one, "pipeline", train)
    monkeypatch.setattr(one, "score", lambda *_: {"ncbi test": {"f": 0.5}})
    first = one.result(worth.ALONE, "ncbi_disease", 5, 0)
    assert first["real"] == "5 of ncbi_disease train"
    assert one.result(worth.SYNTHETIC, "ncbi_disease", 0, 0)["real"] == "none"
    assert one.result(worth.ALONE, "ncbi_disease", 5, 0) == first
    assert trained == [worth.ALONE, worth.SYNTHETIC]
    one.args.steps = 11
    with pytest.raises(SystemExit, match="delete it"):
        one.result(worth.ALONE, "ncbi_disease", 5, 0)


def test_the_table_has_means_and_says_what_is_real() -> None:
    results = [
        {"row": row, "real": real, "cells": {"bc5cdr dev": {"f": f}}}
        for row, real, f in (
            ("synthetic only", "none", 0.5),
            ("synthetic only", "none", 0.7),
            ("5 gold alone", "5 of bc5cdr train", 0.2),
        )
    ]
    lines = list(worth.table(results))
    assert lines[0] == "\nbc5cdr dev"
    assert "60.0 (sd 14.1)  seeds 2, real training data: none" in lines[1]
    assert "20.0  seeds 1, real training data: 5 of bc5cdr train" in lines[2]
