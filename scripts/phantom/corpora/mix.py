"""Labelled text made fit for training: our labels, few of many, none held out."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

from phantom.packs.benchmarks import Dataset
from phantom.packs.pack import Pack
from phantom.passages.words import normalize
from phantom.records import Example

if TYPE_CHECKING:
    from spacy.tokens import Doc

KINDS = (
    *("synthetic", "augmented", "public", "private"),
    *("reviewed", "llm_labelled"),
)
_ORIGINS = {kind: kind for kind in ("synthetic", "public", "private")}
_ORIGINS["augmented"] = "synthetic"


def take_some(examples: Sequence[Example], count: int, seed: int) -> list[Example]:
    """Draw examples by seed; fewer are always among more.

    count (int): 0 takes all.
    RETURNS (List[Example]): In the order given.
    RAISES: ValueError if there are fewer.
    """
    if not count:
        return list(examples)
    if not 0 < count <= len(examples):
        raise ValueError(f"{count} of {len(examples)} examples; take no more, or all")

    def draw(i: int) -> str:
        return sha256(f"{seed}:{examples[i].id}:{i}".encode()).hexdigest()

    chosen = sorted(range(len(examples)), key=draw)[:count]
    return [examples[i] for i in sorted(chosen)]


def prepare(
    examples: Iterable[Example],
    kind: str,
    dataset: Dataset,
    pack: Pack,
    held_out: Container[str],
    left_out: Counter[str],
) -> Iterator[Example]:
    """Relations in our labels; without what a test set holds.

    examples (Iterable[Example]): Mapped, as `phantom.evaluation` reads them.
    kind (str): One of `KINDS`, which says of what origin the text is.
    held_out (Container[str]): Normalised texts of test splits.
    left_out (Counter[str]): Counts what goes, by reason.
    RAISES: ValueError if a text is of another origin, or an entity of no label of ours.
    """
    for example in examples:
        if example.origin != _ORIGINS.get(kind, example.origin):
            raise ValueError(
                f"{example.id}: {example.origin} text, not {kind}; change --kind"
            )
        other = {entity.label for entity in example.entities} - pack.labels.keys()
        if other:
            raise ValueError(
                f"{example.id}: {', '.join(sorted(other))}: no single label of "
                f"{pack.name}; use one of {', '.join(pack.labels)}"
            )
        if normalize(example.text) in held_out:
            left_out["text of a test split"] += 1
            continue
        relations = []
        for relation in example.relations:
            ours = dataset.relations[relation.label].ours
            if len(ours) == 1:
                relations.append(relation.model_copy(update={"label": ours[0]}))
            else:
                left_out[f"relation {relation.label} of several labels"] += 1
        yield example.model_copy(update={"relations": tuple(relations)})


def leave_out(
    examples: Iterable[Example], others: Iterable[Example], left_out: Counter[str]
) -> Iterator[Example]:
    """Yield the examples that are none of some others, nor made from one of them.

    others (Iterable[Example]): Such as the dev side of a corpus, windows of documents
        and corrected passages among them.
    left_out (Counter[str]): Counts what goes.
    """
    known = {name for x in others for name in (x.id, *x.derived_from)}
    for example in examples:
        if known.isdisjoint((example.id, *example.derived_from)):
            yield example
        else:
            left_out["passage of the dev side"] += 1


def annotates_all(dataset: Dataset, pack: Pack) -> tuple[bool, bool]:
    """Whether a data set marks every label, and every relation, of the domain."""
    labels = "entities" in dataset.tasks and pack.labels.keys() <= {
        *dataset.scored_labels()
    }
    ours = {x.ours[0] for x in dataset.relations.values() if len(x.ours) == 1}
    relations = "relations" in dataset.tasks and pack.relations.keys() <= ours
    return labels, relations and labels


def leave_open(doc: "Doc", labels: bool, relations: bool) -> "Doc":
    """Take back what the annotation does not say, so that nothing false is taught.

    labels (bool): Every label is marked; else words outside of entities are unknown.
    relations (bool): Every relation is; else the doc has none annotated.
    """
    if not labels:
        doc.set_ents(list(doc.ents), default="missing")
    if not relations:
        doc._.relations = None
    return doc
