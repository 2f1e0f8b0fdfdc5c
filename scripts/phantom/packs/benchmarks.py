"""The benchmark map: which real data a domain is measured on, and how it is read."""

import re
from collections.abc import Collection
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from phantom.packs.domain import Domain
from phantom.packs.pack import Pack, read_yaml
from phantom.records import Record
from phantom.registry import phantom_registry

Task = Literal["entities", "relations", "pairs", "concepts"]


class Source(Record):
    """An original; one of your own needs no url and no sha256.

    path (str): Below `<benchmarks>/raw/`; a folder where the format has many files.
    """

    path: str
    url: str = ""
    sha256: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")

    @model_validator(mode="after")
    def _check_sum(self) -> Self:
        if self.url and not self.sha256:
            raise ValueError("a file with a `url` needs its `sha256`")
        return self


class Original(Record):
    """How one split is made from originals.

    format (str): A name of `phantom_formats`; docs/reference/formats.md has them.
    settings (Dict[str, Any]): Those of the format.
    """

    format: str
    settings: dict[str, Any] = {}
    files: dict[str, Source] = Field(min_length=1)


class Split(Record):
    """One file of records.

    file (str): Below the benchmark folder.
    use (Literal): "dev" or "test" data; None: not evaluated unless asked for.
    note (str): Why a training split serves as dev, and the like.
    """

    file: str
    use: Literal["dev", "test"] | None = None
    note: str = ""
    original: Original | None = None


class RelationMap(Record):
    """One scored relation.

    gold (List[str]): Labels of the benchmark; the scored name itself if empty.
    ours (List[str]): Labels of the domain that count as it.
    reverse (bool): The benchmark's head is our tail.
    keywords (List[str]): Word beginnings for the keyword baseline.
    """

    gold: list[str] = []
    ours: list[str] = Field(min_length=1)
    reverse: bool = False
    keywords: list[str] = []


class Dataset(Record):
    """One benchmark.

    train (Literal): Whether a pipeline that is shipped may be trained on it.
    tasks (List[str]): Empty, as labels, for text that nobody labelled.
    labels (Dict[str, List[str]]): Entity label of the benchmark to ours; several
        are candidates for an untyped mention; labels left out are not scored.
    relations (Dict[str, RelationMap]): By scored name.
    orig (bool): Replace placeholders by the original names.
    trim (Dict[str, str]): Regular expression by label; a predicted span shrinks to
        its first match, where the benchmark marks less than our guidelines do.
    resample (str): Unit of the bootstrap: "record", "text" or a key of `meta`.
    concepts (Optional[str]): Key of `meta` with the gold pairs of concept ids.
    lang (str): Language of the text.
    """

    title: str
    licence: str
    citation: str = ""
    train: Literal["allowed", "forbidden"]
    train_reason: str = ""
    tasks: list[Task]
    labels: dict[str, list[str]]
    relations: dict[str, RelationMap] = {}
    orig: bool = False
    trim: dict[str, str] = {}
    resample: str = "record"
    concepts: str | None = None
    lang: str = Domain.model_fields["lang"].default
    notes: list[str] = []
    splits: dict[str, Split] = Field(min_length=1)

    @field_validator("labels", mode="before")
    @classmethod
    def _listify(cls, labels: Any) -> Any:
        if not isinstance(labels, dict):
            return labels
        return {k: [v] if isinstance(v, str) else v for k, v in labels.items()}

    @field_validator("relations", mode="before")
    @classmethod
    def _expand(cls, relations: Any) -> Any:
        if not isinstance(relations, dict):
            return relations
        return {
            k: {"ours": v} if isinstance(v, list) else v for k, v in relations.items()
        }

    @model_validator(mode="after")
    def _check_tasks(self) -> "Dataset":
        if bool(self.tasks) != bool(self.labels):
            raise ValueError("tasks need labels; text without labels has none of both")
        if set(self.tasks) - {"entities"} and not self.relations:
            raise ValueError("tasks other than entities need a `relations` map")
        if "concepts" in self.tasks and not self.concepts:
            raise ValueError("the task concepts needs `concepts`: a key of meta")
        if self.train == "forbidden" and not self.train_reason:
            raise ValueError("train: forbidden needs a `train_reason`")
        for label, pattern in self.trim.items():
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"trim.{label}: {error}") from None
        return self

    def scored_labels(self) -> list[str]:
        """Our labels that this benchmark annotates, in the order of the map."""
        typed = [ours[0] for ours in self.labels.values() if len(ours) == 1]
        return list(dict.fromkeys(typed))


class Benchmarks(Record):
    """The content of benchmarks.yml."""

    datasets: dict[str, Dataset] = Field(min_length=1)


def load_benchmarks(pack: Pack) -> Benchmarks:
    """Read the pack's benchmarks.yml; check its labels and its formats.

    RETURNS (Benchmarks): Without datasets if the pack has no such file.
    RAISES: ValueError that names file, key and remedy.
    """
    file = pack.path / "benchmarks.yml"
    if not file.is_file():
        return Benchmarks.model_construct(datasets={})
    benchmarks = read_yaml(file, Benchmarks)
    problems = []
    for name, dataset in benchmarks.datasets.items():
        for key, split in dataset.splits.items():
            if split.original:
                place = f"{file}: datasets.{name}.splits.{key}.original"
                problems += _check_original(split.original, place)
        used: list[tuple[str, str, Collection[str]]] = []
        for labels in dataset.labels.values():
            used += [("labels", x, pack.labels) for x in labels]
        used += [("trim", x, pack.labels) for x in dataset.trim]
        for entry in dataset.relations.values():
            used += [("relations", x, pack.relations) for x in entry.ours]
        for key, label, known in used:
            if label not in known:
                problems.append(
                    f"{file}: datasets.{name}.{key}: {label!r} is not in domain.yml; "
                    f"use one of: {', '.join(known)}"
                )
    if problems:
        raise ValueError("\n".join(problems))
    return benchmarks


def _check_original(original: Original, place: str) -> list[str]:
    """What is wrong with the format of an original and its settings."""
    formats = phantom_registry.phantom_formats
    try:
        if original.format not in formats:
            formats.get(original.format, f"{place}.format")
        if original.settings:
            formats.check(original.format, original.settings, f"{place}.settings")
    except ValueError as error:
        return [str(error)]
    return []


def require_trainable(name: str, dataset: Dataset) -> None:
    """Refuse a data set that no pipeline that is shipped may be trained on.

    RAISES: ValueError if the licence forbids to train what is shipped.
    """
    if dataset.train == "forbidden":
        raise ValueError(
            f"{name} ({dataset.licence}) is for evaluation only: "
            f"{dataset.train_reason} Take it out of the training data."
        )
