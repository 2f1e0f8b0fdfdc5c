"""A pipeline on every benchmark of its domain: one report, rows for a table."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

from phantom.evaluation.baselines import (
    Dictionary,
    Surfaces,
    surface_names,
    training_surfaces,
)
from phantom.evaluation.benchmarks import choose_splits, read_split
from phantom.evaluation.cases import make_cases, make_requests, resample_units
from phantom.evaluation.metrics import Bootstrap
from phantom.evaluation.relation_task import TURNED
from phantom.evaluation.split_scores import Baselines, LabelCounts, SplitScores
from phantom.evaluation.task_counts import TaskCounts, count_tasks
from phantom.evaluation.types import Prediction, Request
from phantom.packs.benchmarks import Dataset, RelationMap, Split
from phantom.packs.lexicons import read_names
from phantom.packs.pack import Pack
from phantom.records import Example
from phantom.runtime import blank_pipeline

DEV = "synthetic_dev"
Predictor = Callable[[Sequence[str], Sequence[Request]], list[Prediction]]


class Row(NamedTuple):
    """One line of the table: a system's scores for a label of a split's task."""

    dataset: str
    split: str
    task: str
    label: str
    system: str
    score: dict[str, Any]


class Evaluated(NamedTuple):
    """What became of a dataset.

    report (Dict[str, Any]): See `phantom.evaluation.report.DatasetReport`.
    counts (List[TaskCounts]): What its scores are made of.
    ids (Set[str]): Records that were read.
    """

    report: dict[str, Any]
    counts: list[TaskCounts]
    ids: set[str]


class Evaluator:
    """Evaluates one source of predictions on the benchmarks of a domain.

    pack (Pack): For the relation schema and the lexicons.
    predictor (Predictor): From record ids and requests to predictions.
    training (Sequence[Example]): Synthetic training data: surfaces seen.
    limit (Optional[int]): Read no more records per split than this.
    """

    def __init__(
        self,
        pack: Pack,
        predictor: Predictor,
        training: Sequence[Example],
        limit: int | None = None,
        resamples: int = 1000,
        seed: int = 0,
    ) -> None:
        self.pack, self.predictor, self.limit = pack, predictor, limit
        self.resamples, self.seed = resamples, seed
        self.nlp = blank_pipeline(pack.domain.lang)
        self.surfaces: Surfaces = training_surfaces(training)
        names = {x: read_names(pack, x, baseline=True) for x in pack.labels}
        self.dictionaries = {
            "lexicon": Dictionary(self.nlp, names),
            "training_surfaces": Dictionary(self.nlp, surface_names(training)),
        }

    def dataset(self, key: str, dataset: Dataset, folder: Path, use: str) -> Evaluated:
        """Evaluate the splits of a dataset that are there.

        key (str): Its name in the map.
        use (str): "dev", "test" or "all".
        """
        splits = choose_splits(dataset, folder, use)
        report = dataset.model_dump(
            include={"title", "licence", "train", "tasks", "notes"}
        )
        report.update(absent=splits["absent"], not_evaluated=splits["unused"])
        report.update(not_predicted=[], splits={})
        result = Evaluated(report, [], set())
        for name in splits["present"]:
            read = read_split(dataset, name, folder, self.limit)
            examples = [example.named() for example in read]
            scores, counts = self._score(dataset, examples, self.predictor)
            result.ids.update(x.id for x in examples)
            if scores is None:
                report["not_predicted"].append(name)
                continue
            result.counts.extend(count_tasks((key, name), dataset, examples, counts))
            split = dataset.splits[name]
            report["splits"][name] = {"use": split.use, "note": split.note, **scores}
        return result

    def split(
        self,
        dataset: Dataset,
        examples: Sequence[Example],
        predictor: Predictor | None = None,
    ) -> dict[str, Any] | None:
        """Predict and score one list of records that are in our labels.

        predictor (Optional[Predictor]): Instead of the evaluator's own.
        RETURNS (Optional[Dict[str, Any]]): None if there is no record, or none of
            them has a prediction.
        """
        return self._score(dataset, examples, predictor or self.predictor)[0]

    def _score(
        self, dataset: Dataset, examples: Sequence[Example], predictor: Predictor
    ) -> tuple[dict[str, Any] | None, dict[str, LabelCounts]]:
        """As `split`, with what the scores are made of, by task."""
        start = perf_counter()
        schema = self.pack.relations
        requests = make_requests(dataset, examples, schema)
        predictions = predictor([x.id for x in examples], requests)
        if all(prediction.missing for prediction in predictions):
            return None, {}
        seconds = perf_counter() - start
        found = {}
        if "entities" in dataset.tasks:
            docs = [self.nlp.make_doc(x.text) for x in examples]
            for name, dictionary in self.dictionaries.items():
                if not dictionary.size:
                    continue
                found[name] = [dictionary.find(doc) for doc in docs]
        scorer = SplitScores(
            dataset,
            schema,
            make_cases(dataset, examples, requests, predictions),
            Baselines(found, self.surfaces),
            Bootstrap(resample_units(dataset, examples), self.resamples, self.seed),
        )
        scores = scorer.score()
        scores["seconds"] = {
            "predict": round(seconds, 1),
            "score": round(perf_counter() - start - seconds, 1),
        }
        return scores, scorer.counts


def synthetic_dataset(pack: Pack, file: str) -> Dataset:
    """The map of the domain's own synthetic dev data: every label, every relation."""
    return Dataset(
        title="Held-out synthetic passages of the domain",
        licence=pack.domain.licence,
        train="allowed",
        tasks=["entities", "relations"] if pack.relations else ["entities"],
        labels={label: [label] for label in pack.labels},
        relations={label: RelationMap(ours=[label]) for label in pack.relations},
        splits={"dev": Split(file=file, use="dev")},
    )


def score_rows(datasets: dict[str, Any]) -> Iterator[Row]:
    """Every score of a report, in order: per task, label by label, all systems."""
    for name, dataset in datasets.items():
        for split, report in dataset["splits"].items():
            for task, systems in score_tasks(report):
                labels = list(next(iter(systems.values()))["labels"])
                for system in systems.values():
                    labels += [x for x in system["labels"] if x not in labels]
                labels = [label for label in labels if label != TURNED]
                for label in ["micro", *labels] if len(labels) > 1 else labels:
                    for system, scores in systems.items():
                        score = scores["labels"].get(label)
                        score = scores["micro"] if label == "micro" else score
                        if score is not None:
                            yield Row(name, split, task, label, system, score)


def score_tasks(report: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The tasks of a split's report with the scores of each system."""
    if "entities" in report:
        yield "entities", report["entities"]["systems"]
    for kind in ("relations", "concepts", "pairs"):
        for setting, scores in report.get(kind, {}).items():
            yield f"{kind}, {setting.replace('_', ' ')}", scores["systems"]
