"""One benchmark split, scored: entities and relations beside their baselines."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from phantom.evaluation.baselines import Surfaces, keywords, majority
from phantom.evaluation.cases import Case, mentions_of
from phantom.evaluation.metrics import (
    Bootstrap,
    Floats,
    Triple,
    count_choices,
    count_sets,
    divide,
    score_classes,
    score_counts,
)
from phantom.evaluation.relation_task import Choice, RelationTask, Schema, gold_choice
from phantom.evaluation.trim import trim_mentions, trim_surfaces
from phantom.evaluation.types import Mention, Prediction
from phantom.packs.benchmarks import Dataset

OURS = "pipeline"
GIVEN = "relations, given entities"


class LabelCounts(NamedTuple):
    """What the scores of one task are made of.

    counts (Floats): Shape (records, labels, 3): true and false positives, false
        negatives.
    """

    labels: list[str]
    counts: Floats


class Baselines(NamedTuple):
    """What the pipeline's entities are held against.

    dictionaries (Dict[str, List[List[Mention]]]): Mentions of each case, by name.
    surfaces (Surfaces): Seen in training.
    """

    dictionaries: dict[str, list[list[Mention]]]
    surfaces: Surfaces


class SplitScores:
    """Scores the records of one split, one method per task.

    dataset (Dataset): From the benchmark map.
    schema (Schema): Relations of the pack.
    cases (Sequence[Case]): From `make_cases`.
    boot (Bootstrap): Over the units of the cases.
    counts (Dict[str, LabelCounts]): The pipeline's own, by task, once scored.
    """

    def __init__(
        self,
        dataset: Dataset,
        schema: Schema,
        cases: Sequence[Case],
        baselines: Baselines,
        boot: Bootstrap,
    ) -> None:
        self.dataset = dataset
        self.task = RelationTask(dataset, schema)
        self.cases = cases
        self.examples = [case.example for case in cases]
        self.predictions = [case.prediction for case in cases]
        self.baselines = baselines
        self.boot = boot
        self.counts: dict[str, LabelCounts] = {}

    def score(self) -> dict[str, Any]:
        """Every task of the dataset. RETURNS (Dict[str, Any]): See docs/metrics.md."""
        report: dict[str, Any] = {
            "records": len(self.examples),
            "resampled": {"unit": self.dataset.resample, "count": self.boot.n_units},
            "gold_entities": sum(len(x.entities) for x in self.examples),
            "unaligned_entities": sum(p.unaligned for p in self.predictions),
            "without_prediction": sum(p.missing for p in self.predictions),
        }
        if "entities" in self.dataset.tasks:
            report["entities"] = self.score_entities()
        if "relations" in self.dataset.tasks:
            report["relations"] = self.score_relations()
        if "pairs" in self.dataset.tasks:
            report["pairs"] = self.score_pairs()
        if "concepts" in self.dataset.tasks:
            report["concepts"] = self.score_concepts()
        return report

    def score_entities(self) -> dict[str, Any]:
        """Strict span and label scores of the pipeline and the dictionaries."""
        labels = self.dataset.scored_labels()
        gold = [_by_label(mentions_of(x), labels) for x in self.examples]
        systems = {OURS: [p.entities for p in self.predictions]}
        for name, found in self.baselines.dictionaries.items():
            systems[name] = [
                trim_mentions(self.dataset.trim, x.text, mentions)
                for x, mentions in zip(self.examples, found, strict=True)
            ]
        scores = {}
        for name, found in systems.items():
            predicted = [_by_label(mentions, labels) for mentions in found]
            counts = count_sets(gold, predicted, None, labels)
            if name == OURS:
                self.counts["entities"] = LabelCounts(labels, counts[:, :, :3])
            scores[name] = score_counts(counts, labels, self.boot)
        return {"systems": scores, "seen": self.score_seen(labels)}

    def score_seen(self, labels: Sequence[str]) -> dict[str, Any]:
        """Recall on mentions whose surface occurs in training, and on the others."""
        surfaces = trim_surfaces(self.dataset.trim, self.baselines.surfaces)
        counts = np.zeros((len(self.examples), len(labels), 2, 2), dtype=np.float32)
        for i, case in enumerate(self.cases):
            found = set(case.prediction.entities)
            for entity in case.example.entities:
                if entity.label in labels:
                    new = (entity.label, entity.text.casefold()) not in surfaces
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

    def score_relations(self) -> dict[str, Any]:
        """Triples end to end and given the gold entities, beside always-yes."""
        gold = [self.task.gold(x) for x in self.examples]
        pools = [self.task.pairs(mentions_of(x)) for x in self.examples]
        alone = {
            OURS: [self.task.from_links(p.relations) for p in self.predictions],
            "always_yes": [self.task.pairs(p.entities) for p in self.predictions],
        }
        given = {
            OURS: [self._given(p) for p in self.predictions],
            "always_yes": pools,
        }
        return {
            "end_to_end": self._systems("relations, end to end", gold, pools, alone),
            "given_entities": self._systems(GIVEN, gold, pools, given),
        }

    def score_concepts(self) -> dict[str, Any]:
        """Pairs of concepts per record, given the gold entities."""
        gold, pools, predicted = [], [], []
        for example, _, prediction in self.cases:
            gold.append(self.task.gold_concepts(example))
            every = self.task.pairs(mentions_of(example))
            pools.append(self.task.concepts(example, every))
            predicted.append(self.task.concepts(example, self._given(prediction)))
        systems = {OURS: predicted, "always_yes": pools}
        task = "concepts, given entities"
        return {"given_entities": self._systems(task, gold, pools, systems)}

    def score_pairs(self) -> dict[str, Any]:
        """One relation or none per given pair, beside majority and keywords."""
        gold = [gold_choice(x) for x in self.examples]
        systems = {OURS: self._choices(directed=True)}
        name = "always_yes" if len(self.task.labels) == 1 else "majority"
        systems[name] = majority(self.examples)
        if any(entry.keywords for entry in self.dataset.relations.values()):
            systems["keywords"] = keywords(self.dataset, self.examples)
        report = {"given_pairs": self._classes("pairs, given pairs", gold, systems)}
        if any(len(ours) > 1 for ours in self.dataset.labels.values()):
            undirected = {OURS: self._choices(directed=False)}
            task = "pairs, direction predicted"
            report["direction_predicted"] = self._classes(task, gold, undirected)
        return report

    def _given(self, prediction: Prediction) -> set[Triple]:
        return self.task.from_links(prediction.given[0])

    def _choices(self, directed: bool) -> list[Choice | None]:
        return [
            self.task.choose(example, request.given, p.given, p.entities, directed)
            for example, request, p in self.cases
        ]

    def _systems(
        self,
        task: str,
        gold: list[set[Triple]],
        pools: list[set[Triple]],
        systems: dict[str, list[set[Triple]]],
    ) -> dict[str, Any]:
        scores = {}
        for name, predicted in systems.items():
            counts = count_sets(gold, predicted, pools, self.task.labels)
            if name == OURS:
                self.counts[task] = LabelCounts(self.task.labels, counts[:, :, :3])
            scores[name] = score_counts(counts, self.task.labels, self.boot, mcc=True)
        return {"systems": scores}

    def _classes(
        self,
        task: str,
        gold: list[Choice | None],
        systems: dict[str, list[Choice | None]],
    ) -> dict[str, Any]:
        scores = {}
        for name, predicted in systems.items():
            tables, classes = self.task.class_tables(gold, predicted)
            if name == OURS:
                self.counts[task] = LabelCounts(classes[1:], count_choices(tables, 0))
            scores[name] = score_classes(tables, classes, 0, self.boot)
        return {"systems": scores}


def _by_label(mentions: Sequence[Mention], labels: Sequence[str]) -> set[Triple]:
    return {(start, label, end) for start, end, label in mentions if label in labels}
