"""One benchmark split, scored: entities and relations beside their baselines."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from phantom.evaluation.baselines import Surfaces, keywords, majority
from phantom.evaluation.metrics import (
    Bootstrap,
    Floats,
    Triple,
    count_sets,
    divide,
    score_classes,
    score_counts,
)
from phantom.evaluation.relation_task import Choice, RelationTask, Schema, gold_choice
from phantom.evaluation.trim import trim, trim_mentions, trim_surfaces
from phantom.evaluation.types import Mention, Prediction, Request
from phantom.packs.benchmarks import Dataset
from phantom.records import Example

OURS = "pipeline"


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


class Evaluation:
    """Scores predictions for the records of one split.

    dataset (Dataset): From the benchmark map.
    examples (Sequence[Example]): Records in our labels (`map_example`).
    requests, predictions: One per record.
    dictionaries (Dict[str, List[List[Mention]]]): Found mentions by baseline.
    surfaces (Surfaces): Seen in training.
    """

    def __init__(
        self,
        dataset: Dataset,
        examples: Sequence[Example],
        requests: Sequence[Request],
        predictions: Sequence[Prediction],
        schema: Schema,
        dictionaries: dict[str, list[list[Mention]]],
        surfaces: Surfaces,
        resamples: int = 1000,
        seed: int = 0,
    ) -> None:
        self.dataset = dataset
        self.examples = examples
        self.requests = requests
        self.predictions = [
            trim(dataset.trim, x.text, p) for x, p in zip_(examples, predictions)
        ]
        self.task = RelationTask(dataset, schema)
        self.dictionaries = {
            name: [
                trim_mentions(dataset.trim, x.text, mentions)
                for x, mentions in zip(examples, found, strict=True)
            ]
            for name, found in dictionaries.items()
        }
        self.surfaces = trim_surfaces(dataset.trim, surfaces)
        self.boot = Bootstrap(resample_units(dataset, examples), resamples, seed)

    def run(self) -> dict[str, Any]:
        """Every task of the dataset. RETURNS (Dict[str, Any]): See docs/metrics.md."""
        report: dict[str, Any] = {
            "records": len(self.examples),
            "resampled": {"unit": self.dataset.resample, "count": self.boot.n_units},
            "gold_entities": sum(len(x.entities) for x in self.examples),
            "unaligned_entities": sum(p.unaligned for p in self.predictions),
            "without_prediction": sum(p.missing for p in self.predictions),
        }
        if "entities" in self.dataset.tasks:
            report["entities"] = self.entities()
        if "relations" in self.dataset.tasks:
            report["relations"] = self.relations()
        if "pairs" in self.dataset.tasks:
            report["pairs"] = self.pairs()
        if "concepts" in self.dataset.tasks:
            report["concepts"] = self.concepts()
        return report

    def entities(self) -> dict[str, Any]:
        """Strict span and label scores of the pipeline and the dictionaries."""
        labels = self.dataset.scored_labels()
        gold = [_by_label(mentions_of(x), labels) for x in self.examples]
        systems = {OURS: [p.entities for p in self.predictions], **self.dictionaries}
        scores = {}
        for name, found in systems.items():
            made = [_by_label(mentions, labels) for mentions in found]
            counts = count_sets(gold, made, None, labels)
            scores[name] = score_counts(counts, labels, self.boot)
        return {"systems": scores, "seen": self.seen(labels)}

    def seen(self, labels: Sequence[str]) -> dict[str, Any]:
        """Recall on mentions whose surface occurs in training, and on the others."""
        counts = np.zeros((len(self.examples), len(labels), 2, 2), dtype=np.float32)
        for i, (example, made) in enumerate(zip_(self.examples, self.predictions)):
            found = set(made.entities)
            for entity in example.entities:
                if entity.label in labels:
                    new = (entity.label, entity.text.casefold()) not in self.surfaces
                    missed = (entity.start, entity.end, entity.label) not in found
                    counts[i, labels.index(entity.label), int(new), int(missed)] += 1
        parts = {"micro": counts.sum(axis=1)}
        parts.update({label: counts[:, i] for i, label in enumerate(labels)})
        return {name: self._recalls(part) for name, part in parts.items()}

    def _recalls(self, counts: Floats) -> dict[str, Any]:
        total, samples = counts.sum(axis=0), self.boot.sums(counts)
        result: dict[str, Any] = {}
        for i, name in enumerate(("seen", "unseen")):
            support = total[i].sum()
            score: dict[str, Any] = {"support": int(support)}
            if support:
                score["r"] = round(float(total[i, 0] / support), 4)
                if len(samples):
                    recalls = divide(samples[:, i, 0], samples[:, i].sum(axis=-1))
                    score["r_ci"] = self.boot.interval(recalls)
            result[name] = score
        return result

    def relations(self) -> dict[str, Any]:
        """Triples end to end and given the gold entities, beside always-yes."""
        gold = [self.task.gold(x) for x in self.examples]
        pools = [self.task.pairs(mentions_of(x)) for x in self.examples]
        own = [self.task.from_links(p.relations) for p in self.predictions]
        told = [self._given(p) for p in self.predictions]
        yes = [self.task.pairs(p.entities) for p in self.predictions]
        return {
            "end_to_end": self._systems(gold, pools, {OURS: own, "always_yes": yes}),
            "given_entities": self._systems(
                gold, pools, {OURS: told, "always_yes": pools}
            ),
        }

    def concepts(self) -> dict[str, Any]:
        """Pairs of concepts per record, given the gold entities."""
        gold, pools, made = [], [], []
        for example, prediction in zip_(self.examples, self.predictions):
            gold.append(self.task.gold_concepts(example))
            every = self.task.pairs(mentions_of(example))
            pools.append(self.task.concepts(example, every))
            made.append(self.task.concepts(example, self._given(prediction)))
        systems = {OURS: made, "always_yes": pools}
        return {"given_entities": self._systems(gold, pools, systems)}

    def pairs(self) -> dict[str, Any]:
        """One relation or none per given pair, beside majority and keywords."""
        gold = [gold_choice(x) for x in self.examples]
        systems = {OURS: self._choices(directed=True)}
        name = "always_yes" if len(self.task.labels) == 1 else "majority"
        systems[name] = majority(self.examples)
        if any(entry.keywords for entry in self.dataset.relations.values()):
            systems["keywords"] = keywords(self.dataset, self.examples)
        report = {"given_pairs": self._classes(gold, systems)}
        if any(len(ours) > 1 for ours in self.dataset.labels.values()):
            free = {OURS: self._choices(directed=False)}
            report["direction_predicted"] = self._classes(gold, free)
        return report

    def _given(self, prediction: Prediction) -> set[Triple]:
        return self.task.from_links(prediction.given[0])

    def _choices(self, directed: bool) -> list[Choice | None]:
        return [
            self.task.choose(example, request.given, p.given, p.entities, directed)
            for example, request, p in zip(
                self.examples, self.requests, self.predictions, strict=True
            )
        ]

    def _systems(
        self,
        gold: list[set[Triple]],
        pools: list[set[Triple]],
        systems: dict[str, list[set[Triple]]],
    ) -> dict[str, Any]:
        scores = {}
        for name, made in systems.items():
            counts = count_sets(gold, made, pools, self.task.labels)
            scores[name] = score_counts(counts, self.task.labels, self.boot, mcc=True)
        return {"systems": scores}

    def _classes(
        self, gold: list[Choice | None], systems: dict[str, list[Choice | None]]
    ) -> dict[str, Any]:
        scores = {}
        for name, made in systems.items():
            tables, classes = self.task.class_tables(gold, made)
            scores[name] = score_classes(tables, classes, 0, self.boot)
        return {"systems": scores}


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


def zip_(
    examples: Sequence[Example], predictions: Sequence[Prediction]
) -> list[tuple[Example, Prediction]]:
    """Records with their predictions; as many of the one as of the other."""
    return list(zip(examples, predictions, strict=True))


def _by_label(mentions: Sequence[Mention], labels: Sequence[str]) -> set[Triple]:
    return {(start, label, end) for start, end, label in mentions if label in labels}
