"""Splits of real benchmarks, read with their annotation turned into our labels."""

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from phantom.evaluation.testsets import read_records
from phantom.packs.benchmarks import Dataset
from phantom.passages.words import normalize
from phantom.records import Entity, Example, Origin, Relation

SPLITS = ("dev", "test", "all")


def choose_splits(dataset: Dataset, folder: Path, use: str) -> dict[str, list[str]]:
    """Sort the splits of a dataset by what can be done with them.

    use (str): "dev", "test" or "all" of what the map evaluates.
    RETURNS (Dict[str, List[str]]): Names under "present", "absent" (no file) and
        "unused" (there, but not evaluated with this choice).
    """
    if use not in SPLITS:
        raise ValueError(f"split {use!r}: use one of {', '.join(SPLITS)}")
    found: dict[str, list[str]] = {"present": [], "absent": [], "unused": []}
    for name, split in dataset.splits.items():
        wanted = split.use is not None and use in ("all", split.use)
        there = (folder / split.file).is_file()
        state = "unused" if not wanted else "present" if there else "absent"
        found[state].append(name)
    return found


def read_split(
    dataset: Dataset,
    split: str,
    folder: Path,
    limit: int | None = None,
    *,
    origin: Origin = "public",
    source: str = "",
) -> Iterator[Example]:
    """Stream a split with its annotation turned into our labels.

    limit (Optional[int]): Read no more than this many records.
    origin, source (str): Where records come from that don't say so themselves.
    RAISES: ValueError with `path:line`; for another tool's export, with the format to
        import it with.
    """
    examples = read_records(folder / dataset.splits[split].file)
    for example in islice(examples, limit):
        yield map_example(dataset, example.from_people(origin, source))


def read_test_texts(datasets: Mapping[str, Dataset], folder: Path) -> set[str]:
    """Normalised texts of all test splits that are there; none may train."""
    return {
        normalize(example.text)
        for dataset in datasets.values()
        for name, split in dataset.splits.items()
        if split.use == "test" and (folder / split.file).is_file()
        for example in read_split(dataset, name, folder)
    }


def map_example(dataset: Dataset, example: Example) -> Example:
    """Turn one benchmark record into our labels.

    Entities whose label the map leaves out go, and relations with them. Relations
    carry the scored name and our direction. Untyped entities (several candidates)
    keep the label of the benchmark.
    """
    text, entities, relations = example.text, example.entities, example.relations
    if dataset.orig and example.orig is not None:
        text = example.orig["text"]
        entities = tuple(Entity.model_validate(e) for e in example.orig["entities"])
        relations = tuple(Relation.model_validate(r) for r in example.orig["relations"])
    kept: list[Entity] = []
    index: dict[int, int] = {}
    for i, entity in enumerate(entities):
        ours = dataset.labels.get(entity.label)
        if ours:
            index[i] = len(kept)
            label = ours[0] if len(ours) == 1 else entity.label
            kept.append(entity.model_copy(update={"label": label}))
    names = {
        gold: (name, entry.reverse)
        for name, entry in dataset.relations.items()
        for gold in entry.gold or [name]
    }
    mapped = []
    for relation in relations:
        if relation.label in names and {relation.head, relation.tail} <= index.keys():
            name, reverse = names[relation.label]
            ends = index[relation.head], index[relation.tail]
            head, tail = ends[::-1] if reverse else ends
            mapped.append(Relation(head=head, tail=tail, label=name))
    return Example(
        id=example.id,
        text=text,
        entities=tuple(kept),
        relations=tuple(mapped),
        origin=example.origin,
        sources=example.sources,
        model=example.model,
        derived_from=example.derived_from,
        meta=example.meta,
    )
