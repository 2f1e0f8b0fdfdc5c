"""Cells that the maps know; means over seeds, of a row and of its three data sets."""

import sys

import pytest
from tests.builders import ROOT

sys.path.append(str(ROOT / "measurements"))

import worth_rows

from phantom.packs.benchmarks import load_benchmarks
from phantom.packs.pack import load_pack


@pytest.mark.parametrize("domain", list(worth_rows.CELLS))
def test_cells_are_splits_and_tasks_of_the_maps(domain: str) -> None:
    """Scored splits are evaluated ones; tasks are named as `evaluate` names them."""
    datasets = load_benchmarks(load_pack(ROOT / "assets" / "domains" / domain)).datasets
    known = set()
    for name, cells in worth_rows.CELLS[domain].items():
        assert name in datasets
        for data, split, task, label in cells:
            assert datasets[data].splits[split].use in ("dev", "test")
            assert task.partition(",")[0] in datasets[data].tasks
            labels = {*datasets[data].scored_labels(), *datasets[data].relations}
            assert label == "micro" or label in labels
            known.add(f"{data} {split} {task} {label}")
    assert known >= set(worth_rows.MEAN.get(domain, ()))


def test_the_table_has_means_and_says_what_is_real() -> None:
    results = [
        {"row": row, "real": real, "cells": {"bc5cdr dev": {"f": f}}}
        for row, real, f in (
            ("synthetic only", "none", 0.5),
            ("synthetic only", "none", 0.7),
            ("5 gold alone", "5 of bc5cdr train", 0.2),
        )
    ]
    lines = list(worth_rows.table(results))
    assert lines[0] == "\nbc5cdr dev"
    assert "60.0 (sd 14.1)  seeds 2, real training data: none" in lines[1]
    assert "20.0  seeds 1, real training data: 5 of bc5cdr train" in lines[2]


def test_the_mean_is_of_a_seed_first_and_of_all_cells() -> None:
    """Seed 0 of the first row has 60, seed 1 has 70, seed 2 lacks a cell."""
    cells = ("ncbi", "disease", "chemical")
    scored = [
        ("+ documents", 0, {"ncbi": 0.5}),
        ("+ documents", 0, {"disease": 0.6, "chemical": 0.7, "CID": 0.1}),
        ("+ documents", 1, {"ncbi": 0.6}),
        ("+ documents", 1, {"disease": 0.7, "chemical": 0.8}),
        ("+ documents", 2, {"disease": 0.9, "chemical": 0.9}),
        ("50 gold alone", 0, {"ncbi": 0.3}),
        ("50 gold alone", 0, {"disease": None, "chemical": 0.3}),
        ("all gold alone", 0, {"ncbi": 0.8}),
    ]
    results = [
        {"row": row, "seed": seed, "cells": {k: {"f": f} for k, f in found.items()}}
        for row, seed, found in scored
    ]
    rows = worth_rows.average(results, cells)
    assert [row["row"] for row in rows] == [
        *("+ documents", "50 gold alone", "all gold alone")
    ]
    assert rows[0]["values"] == pytest.approx({"0": 60.0, "1": 70.0})
    assert rows[0]["mean"] == pytest.approx(65.0) and rows[0]["without"] == [2]
    assert rows[0]["sd"] == pytest.approx(50**0.5)
    assert rows[1]["mean"] == pytest.approx(20.0) and rows[1]["sd"] is None
    assert rows[2]["mean"] is None and rows[2]["without"] == [0]
    lines = list(worth_rows.summary(rows, cells))
    assert lines[0] == "\nmean of ncbi; disease; chemical"
    assert "65.0 (sd 7.1)  seeds 2; not all were scored for seeds [2]" in lines[1]
    assert "20.0  seeds 1" in lines[2] and "    -; not all" in lines[3]
