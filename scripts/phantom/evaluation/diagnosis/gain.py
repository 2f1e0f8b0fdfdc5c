"""What a round gained over the one before, on the same gold data."""

from typing import Literal

import numpy as np

from phantom.evaluation.diagnosis.records import Diagnosis
from phantom.evaluation.metrics import Bootstrap, Floats, divide
from phantom.records import Record

Task = Literal["mentions", "relations", "both"]


class Gain(Record):
    """The difference of F1 over all labels.

    before, after (float): F1 on the texts that both runs diagnosed.
    low, high (float): 95% interval of the difference, resampled in pairs.
    texts (int): In both.
    """

    task: Task
    before: float
    after: float
    low: float
    high: float
    texts: int

    @property
    def gain(self) -> float:
        """After less before."""
        return round(self.after - self.before, 4)

    @property
    def is_noise(self) -> bool:
        """Whether it may as well be none, or a loss."""
        return self.low <= 0


def measure_gain(
    before: Diagnosis, after: Diagnosis, resamples: int = 2000, seed: int = 0
) -> list[Gain]:
    """Gains on mentions, on relations and on both together.

    Each resample draws documents with replacement, the same ones for both runs.

    RETURNS (List[Gain]): Without tasks of which the gold data has nothing.
    RAISES: ValueError if the two have no text in common.
    """
    shared = [key for key in before.counts if key in after.counts]
    if not shared:
        raise ValueError("the two diagnoses have no text in common; use the same gold")
    boot = Bootstrap([before.counts[key].unit for key in shared], resamples, seed)
    found: list[Gain] = []
    runs = [np.array([_row(d, key) for key in shared]) for d in (before, after)]
    for i, task in enumerate(("mentions", "relations")):
        if any(run[:, i].sum() for run in runs):
            found.append(_gain(task, [run[:, i] for run in runs], boot))  # type: ignore[arg-type]
    found.append(_gain("both", [run.sum(axis=1) for run in runs], boot))
    return found


def _row(diagnosis: Diagnosis, key: str) -> list[tuple[int, int, int]]:
    counts = diagnosis.counts[key]
    return [counts.mentions, counts.relations]


def _gain(task: Task, runs: list[Floats], boot: Bootstrap) -> Gain:
    old, new = (float(_f1(run.sum(axis=0))) for run in runs)
    differences = _f1(boot.sums(runs[1])) - _f1(boot.sums(runs[0]))
    low, high = boot.interval(differences)
    return Gain(
        task=task,
        before=round(old, 4),
        after=round(new, 4),
        low=low,
        high=high,
        texts=len(runs[0]),
    )


def _f1(counts: Floats) -> Floats:
    """From right, spurious and missed ones, shape (..., 3)."""
    tp, fp, fn = np.moveaxis(np.asarray(counts, dtype=np.float64), -1, 0)
    return divide(2 * tp, 2 * tp + fp + fn)
