"""Two runs: counts by unit, paired intervals, corrected p-values, the gap to real."""

from typing import Any

import numpy as np
import pytest
from scipy.stats import bootstrap
from tests.builders import example

from phantom.evaluation.compare import compare_counts, correct_holm, list_changes
from phantom.evaluation.gaps import measure_gaps
from phantom.evaluation.history import EvaluatedRun
from phantom.evaluation.metrics import count_choices
from phantom.evaluation.split_scores import LabelCounts
from phantom.evaluation.task_counts import TaskCounts, count_tasks, sample_f1
from phantom.packs.benchmarks import Dataset


def task(counts: Any, labels: tuple[str, ...] = ("ILL",), **more: Any) -> TaskCounts:
    """Counts of shape (units, labels, 3) as they are kept."""
    table = np.asarray(counts)
    cells = tuple(
        (unit, label, *map(int, table[unit, label]))
        for unit, label in np.argwhere(table.any(axis=-1)).tolist()
    )
    given = {"dataset": "real", "split": "dev", "task": "entities"}
    units = tuple(f"u{i}" for i in range(len(table)))
    return TaskCounts(labels=labels, units=units, cells=cells, **{**given, **more})


def found(right: Any, wrong: Any, missed: Any) -> np.ndarray:
    """Counts of one label. RETURNS: Shape (units, 1, 3)."""
    return np.stack([right, wrong, missed], axis=-1)[:, None]


def dataset(**more: Any) -> Dataset:
    fields = {
        "title": "t",
        "licence": "l",
        "train": "allowed",
        "tasks": ["entities"],
        "labels": {"ILL": "ILL"},
        "splits": {"dev": {"file": "dev.jsonl", "use": "dev"}},
    }
    return Dataset.model_validate({**fields, **more})


def test_counts_are_added_up_by_document() -> None:
    records = [
        example(f"<ILL id=1>rash</ILL> {i}", id=str(i), meta={"doc": doc})
        for i, doc in enumerate("aab")
    ]
    counts = {"entities": LabelCounts(["ILL"], found([1, 0, 1], [0, 2, 0], [0, 1, 0]))}
    (kept,) = count_tasks(("real", "dev"), dataset(resample="doc"), records, counts)
    assert len(kept.units) == 2
    assert kept.table(["ILL"]).tolist() == [[[1, 2, 1]], [[1, 0, 0]]]
    assert kept.table(["DRUG", "ILL"], [kept.units[1]]).tolist() == [
        [[0, 0, 0], [1, 0, 0]]
    ]
    other = [example("<ILL id=1>rash</ILL> zero", meta={"doc": "a"}), *records[1:]]
    (changed,) = count_tasks(("real", "dev"), dataset(resample="doc"), other, counts)
    assert changed.units[0] != kept.units[0] and changed.units[1] == kept.units[1]


def test_a_choice_is_counted_for_the_class_it_should_have_been() -> None:
    """Gold: none, A, B; predicted: A, A, A."""
    tables = np.zeros((3, 3, 3))
    tables[0, 0, 1] = tables[1, 1, 1] = tables[2, 2, 1] = 1
    counts = count_choices(tables, 0)
    assert counts[:, 0].tolist() == [[0, 1, 0], [1, 0, 0], [0, 1, 0]]
    assert counts[:, 1].tolist() == [[0, 0, 0], [0, 0, 0], [0, 0, 1]]


def test_holm_by_hand() -> None:
    corrected = correct_holm([0.01, 0.04, 0.03, 0.005])
    assert corrected == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert correct_holm([0.6, 0.9]) == [1.0, 1.0] and correct_holm([]) == []


def test_the_interval_is_that_of_scipy() -> None:
    rng = np.random.default_rng(1)
    right = rng.random(300) < 0.6
    better = right | (rng.random(300) < 0.3)
    (row,) = compare_counts(
        [task(found(right, ~right, ~right))], [task(found(better, ~better, ~better))]
    )
    oracle = bootstrap(
        (better.astype(float), right.astype(float)),
        lambda a, b, axis: a.mean(axis=axis) - b.mean(axis=axis),
        paired=True,
        vectorized=True,
        method="percentile",
        n_resamples=5000,
        rng=np.random.default_rng(2),
    ).confidence_interval
    assert row.difference == pytest.approx(better.mean() - right.mean(), abs=1e-6)
    assert (row.low, row.high) == pytest.approx(tuple(oracle), abs=0.006)
    assert row.p < 0.001 and row.is_significant


def test_pairing_finds_what_two_intervals_would_hide() -> None:
    """Ten units more of 400, all else alike: unpaired, the intervals overlap."""
    right = np.arange(400) % 2 == 0
    better = right | (np.arange(400) < 20)
    before, after = (task(found(x, ~x, ~x)) for x in (right, better))
    (row,) = compare_counts([before], [after])
    assert row.difference == pytest.approx(0.025) and row.is_significant
    spread = [
        np.percentile(sample_f1(x.table(["ILL"]), 1000, seed)[1], [2.5, 97.5])
        for seed, x in enumerate((before, after))
    ]
    assert spread[0][1] > spread[1][0]


@pytest.mark.slow
def test_noise_is_rarely_called_a_difference() -> None:
    """Two runs of one worth: at 5%, about one comparison in twenty may be wrong."""
    rng = np.random.default_rng(0)
    wrong = 0
    for seed in range(100):
        one, two = rng.random((2, 80)) < 0.7
        rows = compare_counts(
            [task(found(one, ~one, ~one))],
            [task(found(two, ~two, ~two))],
            resamples=300,
            seed=seed,
        )
        wrong += next(rows).is_significant
    assert 1 <= wrong <= 12


def test_a_run_beside_itself_does_not_differ() -> None:
    same = task(found(np.ones(9), np.ones(9), np.zeros(9)))
    (row,) = compare_counts([same], [same])
    assert (row.difference, row.low, row.high, row.p) == (0, 0, 0, 1)
    empty = found(np.zeros(9), np.zeros(9), np.zeros(9))
    two = np.concatenate([same.table(["ILL"]), empty], axis=1)
    rows = list(compare_counts(*[[task(two, ("ILL", "DRUG"))]] * 2))
    assert [row.label for row in rows] == ["ILL"]


def test_only_units_of_both_runs_are_compared() -> None:
    before = task(found([1, 1, 1, 0], [0, 0, 0, 0], [0, 0, 0, 1]))
    after = before.model_copy(update={"units": ("u0", "u1", "new", "newer")})
    (row,) = compare_counts([before], [after])
    assert (row.units, row.unpaired, row.before, row.after) == (2, 4, 1, 1)
    apart = before.model_copy(update={"units": ("a", "b", "c", "d")})
    assert list(compare_counts([before], [apart])) == []
    assert (
        list(compare_counts([before], [task(before.table(["ILL"]), split="x")])) == []
    )


def test_changes_name_what_is_not_shared() -> None:
    fields = {"name": "n", "domain": "d", "time": "t"}
    one = EvaluatedRun(
        id="n.1", digests={"pack": "a"}, config={"x.rate": "1"}, **fields
    )
    two = EvaluatedRun(
        id="n.2", digests={"pack": "a", "code": "b"}, config={"x.rate": "2"}, **fields
    )
    changes = [tuple(change) for change in list_changes(one, two)]
    assert changes == [("digests", "code", "", "b"), ("config", "x.rate", "1", "2")]


def test_the_gap_is_between_the_same_labels() -> None:
    """Synthetic: ILL 1.0, DRUG 0. Real marks ILL alone: 2 found, 1 wrong, 1 missed."""
    ill = found([1, 1, 1], [0, 0, 0], [0, 0, 0])
    drug = found([0, 0, 0], [0, 0, 0], [1, 1, 1])
    both = np.concatenate([ill, drug], axis=1)
    synthetic = task(both, ("ILL", "DRUG"), dataset="synthetic_dev")
    real = task(found([1, 1], [1, 0], [0, 1]), ours={"ILL": ["ILL"]})
    (gap,) = measure_gaps([synthetic, real], resamples=200)
    assert (gap.label, gap.synthetic, gap.real) == ("ILL", 1.0, 0.6667)
    assert gap.gap == pytest.approx(0.3333, abs=1e-4) and gap.same_task
    assert gap.low is not None and gap.low >= 0
    assert list(measure_gaps([real])) == []


def test_a_task_that_synthetic_dev_lacks_stands_beside_the_nearest() -> None:
    one = found([1], [0], [0])
    given = "relations, given entities"
    twin = task(one, ("HURTS",), dataset="synthetic_dev", task=given)
    pairs = task(one, ("CID",), task="pairs, given pairs", ours={"CID": ["HURTS"]})
    (gap,) = measure_gaps([twin, pairs], resamples=0)
    assert (gap.label, gap.gap, gap.low, gap.same_task) == ("CID", 0, None, False)
