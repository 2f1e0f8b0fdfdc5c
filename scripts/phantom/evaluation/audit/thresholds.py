"""Thresholds of relations that narrow gaps between groups, at a stated cost."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from phantom.evaluation.audit.membership import Dimension
from phantom.evaluation.cases import Case
from phantom.evaluation.metrics import Floats, count_metrics
from phantom.evaluation.relation_task import RelationTask
from phantom.packs.benchmarks import Dataset
from phantom.packs.pack import Pack

GRID = tuple(round(0.05 * step, 2) for step in range(2, 19))
_PASSES = 3


class Fitted(NamedTuple):
    """What thresholds bring.

    thresholds (Dict[str, float]): By our relation label; those that differ alone.
    gap_before, gap_after (float): F1 of relations of the others less that of the group,
        added up over the groups that are worse off.
    f1_before, f1_after (float): Of relations over all documents.
    """

    thresholds: dict[str, float]
    gap_before: float
    gap_after: float
    f1_before: float
    f1_after: float


def fit_thresholds(
    pack: Pack,
    dataset: Dataset,
    cases: Sequence[Case],
    units: Sequence[int],
    dimensions: Sequence[Dimension],
    worse: Mapping[str, Sequence[str]],
    base: float,
    cost: float = 0.01,
) -> Fitted:
    """Search label by label for thresholds with smaller gaps.

    Judge them on other text than they are fitted on.

    cases (Sequence[Case]): Predicted with a threshold below all that are tried.
    units (Sequence[int]): The document of each case.
    worse (Mapping[str, Sequence[str]]): Groups by dimension, as an audit names them.
    base (float): The threshold of before, for all labels.
    cost (float): F1 of relations over all documents that may be lost.
    """
    labels = list(pack.relations)
    tables = {t: _count(pack, dataset, cases, units, labels, t) for t in (base, *GRID)}
    groups = [
        (
            dimension.member[:, dimension.groups.index(group)],
            dimension.member.any(axis=1),
        )
        for dimension in dimensions
        for group in worse.get(dimension.name, ())
        if group in dimension.groups
    ]

    def judge(chosen: Mapping[str, float]) -> tuple[float, float]:
        columns = [tables[chosen[label]][:, i] for i, label in enumerate(labels)]
        counts = np.sum(columns, axis=0)
        gaps = [
            max(0.0, _f1(counts[named & ~member]) - _f1(counts[member]))
            for member, named in groups
        ]
        return sum(gaps), _f1(counts)

    best = dict.fromkeys(labels, base)
    before, whole = judge(best)
    gap, f1 = before, whole
    for _ in range(_PASSES):
        start = gap
        for label in labels:
            for tried in GRID:
                new_gap, new_f1 = judge({**best, label: tried})
                if new_gap < gap - 1e-9 and new_f1 >= whole - cost:
                    best[label], gap, f1 = tried, new_gap, new_f1
        if gap == start:
            break
    changed = {label: value for label, value in best.items() if value != base}
    return Fitted(changed, before, gap, whole, f1)


def _count(
    pack: Pack,
    dataset: Dataset,
    cases: Sequence[Case],
    units: Sequence[int],
    labels: Sequence[str],
    threshold: float,
) -> Floats:
    """Right, spurious and missed relations, shape (documents, labels, 4)."""
    task = RelationTask(dataset, pack.relations)
    counts = np.zeros((max(units, default=-1) + 1, len(labels), 4))
    for unit, case in zip(units, cases, strict=True):
        gold = task.gold(case.example)
        links = [x for x in case.prediction.relations if x.score >= threshold]
        for i, label in enumerate(labels):
            found = task.from_links(x for x in links if x.label == label)
            right = {x for x in gold if x[1] in task.names.get(label, ())}
            tally = len(found & right), len(found - right), len(right - found)
            counts[unit, i, :3] += tally
    return counts


def _f1(counts: Floats) -> float:
    return float(count_metrics(counts.sum(axis=tuple(range(counts.ndim - 1))))["f"])
