"""Scores as sums over documents, one above the other, so that they can be resampled."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from phantom.evaluation.audit.records import ALL, Metric, Task
from phantom.evaluation.cases import Case, mentions_of
from phantom.evaluation.metrics import Floats, Triple, count_sets
from phantom.evaluation.relation_task import RelationTask
from phantom.evaluation.types import Mention
from phantom.packs.benchmarks import Dataset
from phantom.packs.pack import Pack


class Measure(NamedTuple):
    """A score: the sum of `above` by the sum of `below`.

    above, below (Floats): Shape (documents,).
    worse (int): 1 where a higher score is worse, -1 where a lower one is.
    """

    task: Task
    metric: Metric
    label: str
    above: Floats
    below: Floats
    worse: int = -1


class Outcomes(NamedTuple):
    """What was right and wrong.

    measures (List[Measure]): All labels together first, task by task.
    present (Dict[Tuple[str, str], Floats]): By task and label, shape (documents, 2):
        whether gold has it, and whether it was found.
    """

    measures: list[Measure]
    present: dict[tuple[Task, str], Floats]


def measure_cases(
    pack: Pack, dataset: Dataset, cases: Sequence[Case], units: Sequence[int]
) -> Outcomes:
    """Recall, precision and F1 of entities and relations, and how far relation scores
    are above the share of right ones.

    units (Sequence[int]): The document of each case, from 0 without a gap.
    """
    number = max(units, default=-1) + 1
    found: list[Measure] = []
    present: dict[tuple[Task, str], Floats] = {}
    for task, labels, gold, predicted in _tasks(pack, dataset, cases):
        counts = count_sets(gold, predicted, None, labels)[..., :3]
        sums = np.zeros((number, *counts.shape[1:]))
        np.add.at(sums, np.asarray(units, dtype=int), counts)
        whole = np.concatenate([sums.sum(axis=1, keepdims=True), sums], axis=1)
        names = [ALL, *labels] if len(labels) > 1 else list(labels)
        columns = whole if len(labels) > 1 else sums
        for i, label in enumerate(names):
            tp, fp, fn = columns[:, i].T
            found.append(Measure(task, "recall", label, tp, tp + fn))
            found.append(Measure(task, "precision", label, tp, tp + fp))
            found.append(Measure(task, "f1", label, 2 * tp, 2 * tp + fp + fn))
            present[task, label] = np.stack([tp + fn > 0, tp + fp > 0], axis=1)
    return Outcomes([*found, *_overconfidence(pack, dataset, cases, units)], present)


def _tasks(
    pack: Pack, dataset: Dataset, cases: Sequence[Case]
) -> list[tuple[Task, list[str], list[set[Triple]], list[set[Triple]]]]:
    tasks: list[tuple[Task, list[str], list[set[Triple]], list[set[Triple]]]] = []
    labels = dataset.scored_labels()
    if "entities" in dataset.tasks:
        sides = (
            [mentions_of(case.example) for case in cases],
            [case.prediction.entities for case in cases],
        )
        gold, predicted = ([_keep(x, labels) for x in side] for side in sides)
        tasks.append(("entities", labels, gold, predicted))
    if "relations" in dataset.tasks:
        task = RelationTask(dataset, pack.relations)
        gold = [task.gold(case.example) for case in cases]
        predicted = [task.from_links(case.prediction.relations) for case in cases]
        tasks.append(("relations", task.labels, gold, predicted))
    return tasks


def _keep(mentions: Sequence[Mention], labels: Sequence[str]) -> set[Triple]:
    return {(start, label, end) for start, end, label in mentions if label in labels}


def _overconfidence(
    pack: Pack, dataset: Dataset, cases: Sequence[Case], units: Sequence[int]
) -> list[Measure]:
    """Relation scores less what came true; nothing where no score is below 1."""
    links = [link for case in cases for link in case.prediction.relations]
    if "relations" not in dataset.tasks or all(link.score == 1 for link in links):
        return []
    task = RelationTask(dataset, pack.relations)
    above = np.zeros(max(units, default=-1) + 1)
    below = np.zeros_like(above)
    for unit, case in zip(units, cases, strict=True):
        gold = task.gold(case.example)
        for link in case.prediction.relations:
            for triple in task.from_links([link]):
                above[unit] += link.score - (triple in gold)
                below[unit] += 1
    return [Measure("relations", "overconfidence", ALL, above, below, worse=1)]
