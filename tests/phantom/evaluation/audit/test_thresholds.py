"""Thresholds of relations that narrow a gap."""

from pathlib import Path

import numpy as np
import pytest
from tests.builders.examples import example
from tests.builders.packs import make_pack

from phantom.evaluation.audit.membership import Dimension
from phantom.evaluation.audit.thresholds import fit_thresholds
from phantom.evaluation.cases import Case
from phantom.evaluation.evaluator import synthetic_dataset
from phantom.evaluation.types import Link, Prediction, Request

TEXT = "<CHEMICAL id=1>Iron</CHEMICAL> eased <DISEASE id=2>gout</DISEASE>."


def make_cases(scores: list[float]) -> list[Case]:
    """One right relation each, with a score."""
    cases = []
    for i, score in enumerate(scores):
        passage = example(TEXT, (1, "TREATS", 2), id=str(i))
        ends = [(e.start, e.end) for e in passage.entities]
        link = Link(ends[0], ends[1], "TREATS", score)
        prediction = Prediction([], [link], [])
        cases.append(Case(passage, Request(passage.text), prediction))
    return cases


def test_a_lower_threshold_finds_what_a_group_lacks(tmp_path: Path) -> None:
    # Ten of the group are scored 0.3, ten others 0.9; the threshold was 0.5.
    cases = make_cases([0.3] * 10 + [0.9] * 10)
    member = np.array([[i < 10, i >= 10] for i in range(20)])
    dimension = Dimension("sex", ["female", "male"], member)
    pack = make_pack(tmp_path)
    dataset = synthetic_dataset(pack, "dev.jsonl")
    worse = {"sex": ["female"]}
    fitted = fit_thresholds(
        pack, dataset, cases, range(20), [dimension], worse, base=0.5
    )
    assert fitted.thresholds["TREATS"] <= 0.3
    assert (fitted.gap_before, fitted.gap_after) == (1.0, 0.0)
    assert fitted.f1_before == pytest.approx(2 / 3) and fitted.f1_after == 1.0


def test_what_would_cost_too_much_stays(tmp_path: Path) -> None:
    # Only with nothing found of anybody would the two be alike.
    cases = make_cases([0.05] * 10 + [0.9] * 10)
    member = np.array([[i < 10, i >= 10] for i in range(20)])
    dimension = Dimension("sex", ["female", "male"], member)
    pack = make_pack(tmp_path)
    dataset = synthetic_dataset(pack, "dev.jsonl")
    worse = {"sex": ["female"]}
    fitted = fit_thresholds(
        pack, dataset, cases, range(20), [dimension], worse, base=0.5
    )
    assert fitted.thresholds == {} and fitted.f1_after == fitted.f1_before
