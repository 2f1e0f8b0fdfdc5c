"""Scores of a pipeline on passages, and how far they moved, with intervals."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from spacy.language import Language

from phantom.evaluation.audit.measures import measure_cases
from phantom.evaluation.audit.records import ALL, Metric, Task
from phantom.evaluation.cases import make_cases, make_requests
from phantom.evaluation.evaluator import synthetic_dataset
from phantom.evaluation.metrics import Bootstrap, Floats
from phantom.evaluation.predictions import predict
from phantom.packs.pack import Pack
from phantom.records import Example

RESAMPLES = 2000


class Moved(NamedTuple):
    """A mean over runs, with its 95% interval by resampling passages within each run.

    What another seed of training would give is in it as far as the runs show it.
    """

    mean: float
    low: float
    high: float


def count(
    pack: Pack,
    nlp: Language,
    examples: Sequence[Example],
    task: Task,
    metric: Metric = "f1",
) -> Floats:
    """What a score is made of, all labels together, end to end.

    RETURNS (Floats): Shape (examples, 2): the sum of the first by that of the second is
        the score.
    """
    dataset = synthetic_dataset(pack, "test.jsonl").model_copy(update={"tasks": [task]})
    requests = make_requests(dataset, examples, pack.relations)
    cases = make_cases(dataset, examples, requests, predict(nlp, requests))
    found = measure_cases(pack, dataset, cases, range(len(examples)))
    whole = next(
        m for m in found.measures if (m.task, m.metric, m.label) == (task, metric, ALL)
    )
    return np.stack([whole.above, whole.below], axis=1)


def percent(counts: Floats) -> float:
    """The score over all examples."""
    above, below = counts.sum(axis=0)
    return round(100 * float(above / below), 1) if below else 0.0


def draw_differences(
    first: Sequence[Floats], second: Sequence[Floats]
) -> tuple[float, Floats]:
    """The second score less the first, in points, as the mean over runs.

    first, second (Sequence[Floats]): Of the same passages in the same order, or of
        twins; one per run.
    RETURNS (Tuple[float, Floats]): The difference, and that of each resample.
    """
    means, drawn = [], []
    for seed, (old, new) in enumerate(zip(first, second, strict=True)):
        both = np.stack([old, new], axis=1)
        sums = Bootstrap(range(len(old)), RESAMPLES, seed).sums(both)
        shares = 100 * sums[..., 0] / np.maximum(sums[..., 1], 1)
        drawn.append(shares[:, 1] - shares[:, 0])
        above, below = both.sum(axis=0).T
        scores = 100 * above / np.maximum(below, 1)
        means.append(scores[1] - scores[0])
    return float(np.mean(means)), np.mean(drawn, axis=0)


def compare(first: Sequence[Floats], second: Sequence[Floats]) -> Moved:
    """By how many points a score moved from the first to the second."""
    return interval(*draw_differences(first, second))


def interval(mean: float, drawn: Floats) -> Moved:
    """A mean with the middle 95% of its resamples."""
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Moved(*(round(float(x), 1) for x in (mean, low, high)))
