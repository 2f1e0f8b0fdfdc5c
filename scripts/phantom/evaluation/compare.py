"""Two runs beside each other: what changed, and whether the scores really differ."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from phantom.evaluation.history import EvaluatedRun
from phantom.evaluation.metrics import Floats
from phantom.evaluation.relation_task import TURNED
from phantom.evaluation.task_counts import TaskCounts, sample_f1
from phantom.records import Record

RESAMPLES = 5000
LEVEL = 0.05


class Change(NamedTuple):
    """Something that two runs do not have in common; "" where one lacks it."""

    kind: str
    name: str
    before: str
    after: str


class Difference(Record):
    """How the F1 of a label differs between two runs, on the units of both.

    units (int): Scored in both runs. unpaired (int): In one alone, left out.
    before, after (float): F1 on the units of both.
    low, high (float): 95% interval of the difference.
    p (float): Two-sided. p_holm (float): Corrected over the labels of the task.
    """

    dataset: str
    split: str
    task: str
    label: str
    units: int
    unpaired: int
    before: float
    after: float
    low: float
    high: float
    p: float
    p_holm: float

    @property
    def difference(self) -> float:
        """After less before."""
        return self.after - self.before

    @property
    def is_significant(self) -> bool:
        """Whether it holds at 5%, after correction."""
        return self.p_holm < LEVEL


def list_changes(before: EvaluatedRun, after: EvaluatedRun) -> list[Change]:
    """What differs in digests, versions, settings, training text and config."""
    found = []
    for kind in ("digests", "versions", "settings", "training", "config"):
        old, new = getattr(before, kind), getattr(after, kind)
        for name in dict.fromkeys([*old, *new]):
            if old.get(name) != new.get(name):
                values = _show(old, name), _show(new, name)
                found.append(Change(kind, name, *values))
    return found


def compare_counts(
    before: Sequence[TaskCounts],
    after: Sequence[TaskCounts],
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Iterator[Difference]:
    """Differences of F1 by a paired bootstrap over the units that both runs scored.

    Units are documents where the source tells them. The p-value is twice the smaller
    share of resamples on one side of 0. Labels of a task are corrected by Holm's
    method; "micro", over all labels of a task, is one test and is not corrected.

    YIELDS (Difference): "micro" first where a task has several labels.
    Source: Efron and Tibshirani 1993, An Introduction to the Bootstrap, ch. 15-16;
        Holm 1979, Scand J Stat 6:65-70.
    """
    then = {task.place: task for task in before}
    for now in after:
        old = then.get(now.place)
        if old is None:
            continue
        shared = sorted(set(old.units) & set(now.units))
        if not shared:
            continue
        labels = list(dict.fromkeys([*old.labels, *now.labels]))
        one, two = (_with_micro(task, labels, shared) for task in (old, now))
        f_one, samples_one = sample_f1(one, resamples, seed)
        f_two, samples_two = sample_f1(two, resamples, seed)
        moved = samples_two - samples_one
        # Labels that neither run found or should have found say nothing.
        kept = [
            i
            for i, label in enumerate(labels, start=1)
            if label != TURNED and (one[:, i].any() or two[:, i].any())
        ]
        p = [_p_value(column) for column in moved.T]
        corrected = dict(zip(kept, correct_holm([p[i] for i in kept]), strict=True))
        names = ["micro", *labels]
        for i in [0, *kept] if len(kept) != 1 else kept:
            low, high = np.percentile(moved[:, i], [2.5, 97.5])
            yield Difference(
                dataset=now.dataset,
                split=now.split,
                task=now.task,
                label=names[i],
                units=len(shared),
                unpaired=len(set(old.units) ^ set(now.units)),
                before=float(f_one[i]),
                after=float(f_two[i]),
                low=float(low),
                high=float(high),
                p=p[i],
                p_holm=corrected.get(i, p[i]),
            )


def correct_holm(p_values: Sequence[float]) -> list[float]:
    """P-values that hold the rate of any false find, by Holm's step-down method."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    corrected, highest = [0.0] * len(order), 0.0
    for rank, i in enumerate(order):
        highest = max(highest, min(1.0, p_values[i] * (len(order) - rank)))
        corrected[i] = highest
    return corrected


def _with_micro(
    task: TaskCounts, labels: Sequence[str], units: Sequence[str]
) -> Floats:
    table = task.table(labels, units)
    return np.concatenate([table.sum(axis=1, keepdims=True), table], axis=1)


def _p_value(moved: Floats) -> float:
    """Both shares count a resample more, so that none is ever impossible."""
    sides = (moved <= 0).sum(), (moved >= 0).sum()
    return min(1.0, 2 * (1 + float(min(sides))) / (1 + len(moved)))


def _show(values: Mapping[str, Any], name: str) -> str:
    return str(values[name]) if name in values else ""
