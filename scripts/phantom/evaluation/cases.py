"""The records of a split as they are scored: gold, what was asked, what was found."""

from collections.abc import Sequence
from typing import NamedTuple

from phantom.evaluation.relation_task import RelationTask, Schema
from phantom.evaluation.trim import trim
from phantom.evaluation.types import Mention, Prediction, Request
from phantom.packs.benchmarks import Dataset
from phantom.records import Example


class Case(NamedTuple):
    """One record in our labels, what the pipeline was asked of it, what it found."""

    example: Example
    request: Request
    prediction: Prediction


def make_requests(
    dataset: Dataset, examples: Sequence[Example], schema: Schema
) -> list[Request]:
    """What the pipeline is asked for each record.

    Given entities: all gold mentions for relations and concepts; the pair, once per
    way to type it, for pairs; none for entities alone.
    """
    task = RelationTask(dataset, schema)
    requests = []
    for example in examples:
        mentions = mentions_of(example)
        given: list[list[Mention]] = []
        if "pairs" in dataset.tasks:
            given = task.typings(example)
        elif set(dataset.tasks) & {"relations", "concepts"}:
            given = [mentions]
        relate = "relations" in dataset.tasks
        requests.append(Request(example.text, mentions, given, relate))
    return requests


def make_cases(
    dataset: Dataset,
    examples: Sequence[Example],
    requests: Sequence[Request],
    predictions: Sequence[Prediction],
) -> list[Case]:
    """One case per record; mentions are trimmed where the data set says so."""
    return [
        Case(example, request, trim(dataset.trim, example.text, prediction))
        for example, request, prediction in zip(
            examples, requests, predictions, strict=True
        )
    ]


def mentions_of(example: Example) -> list[Mention]:
    """The entities of a record as (start, end, label)."""
    return [(e.start, e.end, e.label) for e in example.entities]


def resample_units(dataset: Dataset, examples: Sequence[Example]) -> list[str]:
    """The bootstrap unit of each record: itself, its text, or a key of its meta."""
    if dataset.resample == "record":
        return [str(i) for i in range(len(examples))]
    if dataset.resample == "text":
        return [example.text for example in examples]
    lacking = [x.id for x in examples if dataset.resample not in x.meta]
    if lacking:
        raise ValueError(
            f"{lacking[0]}: no {dataset.resample!r} in its meta, by which "
            "benchmarks.yml resamples; name another key, text or record"
        )
    return [str(x.meta[dataset.resample]) for x in examples]
