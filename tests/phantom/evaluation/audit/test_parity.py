"""Parity by fairlearn, where groups have cases of both kinds."""

import numpy as np
import pytest

from phantom.evaluation.audit.measures import Outcomes
from phantom.evaluation.audit.membership import Dimension
from phantom.evaluation.audit.parity import _draw, measure_parity
from phantom.evaluation.metrics import Bootstrap


def make(gold: list[list[int]], found: list[list[int]]) -> tuple[Dimension, Outcomes]:
    """Groups a, b ... each with its documents."""
    member = np.zeros((sum(map(len, gold)), len(gold)), dtype=bool)
    start = 0
    for i, rows in enumerate(gold):
        member[start : start + len(rows), i] = True
        start += len(rows)
    present = np.array([sum(gold, []), sum(found, [])]).T
    names = [chr(ord("a") + i) for i in range(len(gold))]
    return Dimension("g", names, member), Outcomes([], {("entities", "X"): present})


def test_differences_by_hand() -> None:
    # a: 10 positives, 8 found; 10 negatives, 1 found. b: 10, 5; 10, 3.
    ten = [1] * 10 + [0] * 10
    a = [1] * 8 + [0] * 2 + [1] + [0] * 9
    b = [1] * 5 + [0] * 5 + [1] * 3 + [0] * 7
    dimension, outcomes = make([ten, ten], [a, b])
    (row,) = measure_parity([dimension], outcomes)
    assert row.demographic_parity == pytest.approx(9 / 20 - 8 / 20)
    assert row.equal_opportunity == pytest.approx(0.3)
    assert row.equalized_odds == pytest.approx(0.3)
    assert (row.documents, row.positives) == (40, 20)
    # Of ten each, shares of 0.8 and 0.5 differ with a standard error of 0.20.
    low, high = row.intervals["equal_opportunity"]
    assert low < 0.05 and high == pytest.approx(0.3 + 1.96 * 0.2, abs=0.07)
    assert row.intervals["equalized_odds"][0] >= low


def test_intervals_are_of_what_fairlearn_has() -> None:
    """One resample that draws each document once is the text itself."""
    ten = [1] * 10 + [0] * 10
    dimension, outcomes = make([ten, ten, ten], [ten, [1] * 6 + [0] * 14, [1] * 20])
    (row,) = measure_parity([dimension], outcomes)
    boot = Bootstrap(range(60), 1)
    boot.weights[:] = 1
    every = np.arange(3)
    (present,) = outcomes.present.values()
    drawn = _draw(present, dimension.member, every, every, boot)
    for name, samples in drawn.items():
        assert float(samples[0]) == pytest.approx(getattr(row, name), abs=1e-4)


def test_a_group_without_positives_is_not_the_worst() -> None:
    ten = [1] * 10 + [0] * 10
    dimension, outcomes = make([ten, ten, [0] * 20], [ten, ten, [0] * 20])
    (row,) = measure_parity([dimension], outcomes)
    assert row.groups == ("a", "b", "c")
    assert row.equal_opportunity == 0 and row.equalized_odds == 0
    # All is found in each group: resampling can't say how sure that is.
    assert set(row.intervals) == {"demographic_parity"}
    assert row.demographic_parity == pytest.approx(0.5)


def test_documents_of_two_groups_are_left_out() -> None:
    ten = [1] * 10 + [0] * 10
    dimension, outcomes = make([ten, ten], [ten, ten])
    dimension.member[:11] = True
    # Nine documents of group a are left alone: too few.
    assert list(measure_parity([dimension], outcomes)) == []
