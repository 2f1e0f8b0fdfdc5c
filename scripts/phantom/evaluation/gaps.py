"""Synthetic beside real: how much of a score is lost on the way to real text."""

from collections.abc import Iterator, Sequence

import numpy as np

from phantom.evaluation.evaluator import DEV
from phantom.evaluation.metrics import Floats
from phantom.evaluation.relation_task import TURNED
from phantom.evaluation.split_scores import GIVEN
from phantom.evaluation.task_counts import TaskCounts, sample_f1
from phantom.records import Record

# Which task of synthetic dev comes nearest to one that only real data has.
NEAREST = {"concepts, given entities": GIVEN, "pairs, given pairs": GIVEN}


class Gap(Record):
    """F1 of the same labels on synthetic dev and on a real split.

    dataset, split, label: As in the metrics.
    task (str): On the real split.
    same_task (bool): Synthetic dev has this very task;
        else the nearest, and the gap holds what differs between the two as well.
    synthetic, real (float): F1 of either.
    gap (float): Synthetic less real.
    low, high (Optional[float]): Its 95% interval; left out with --resamples 0.
    """

    dataset: str
    split: str
    task: str
    same_task: bool
    label: str
    synthetic: float
    real: float
    gap: float
    low: float | None = None
    high: float | None = None


def measure_gaps(
    counts: Sequence[TaskCounts], resamples: int = 1000, seed: int = 0
) -> Iterator[Gap]:
    """Set each real task beside the same labels of synthetic dev.

    Both sides are resampled on their own, since they have no text in common.

    YIELDS (Gap): "micro" first where a task has several labels; nothing without
        synthetic dev.
    """
    synthetic = {task.task: task for task in counts if task.dataset == DEV}
    for real in counts:
        twin = synthetic.get(NEAREST.get(real.task, real.task))
        if real.dataset == DEV or twin is None:
            continue
        labels = [x for x in real.labels if x != TURNED]
        ours = {x: real.ours.get(x, [x]) for x in labels}
        everything = list(dict.fromkeys(name for x in labels for name in ours[x]))
        groups = {"micro": everything, **ours} if len(labels) > 1 else ours
        columns = [twin.table(names).sum(axis=1) for names in groups.values()]
        own = {"micro": real.labels} | {x: (x,) for x in labels}
        rows = [real.table(own[name]).sum(axis=1) for name in groups]
        left, left_samples = sample_f1(np.stack(columns, axis=1), resamples, seed)
        right, right_samples = sample_f1(np.stack(rows, axis=1), resamples, seed + 1)
        apart = left_samples - right_samples
        for i, name in enumerate(groups):
            if not (rows[i].any() and columns[i].any()):
                continue
            low, high = _interval(apart[:, i])
            yield Gap(
                dataset=real.dataset,
                split=real.split,
                task=real.task,
                same_task=real.task == twin.task,
                label=name,
                synthetic=round(float(left[i]), 4),
                real=round(float(right[i]), 4),
                gap=round(float(left[i] - right[i]), 4),
                low=low,
                high=high,
            )


def _interval(samples: Floats) -> tuple[float | None, float | None]:
    if not len(samples):
        return None, None
    low, high = np.percentile(samples, [2.5, 97.5])
    return round(float(low), 4), round(float(high), 4)
