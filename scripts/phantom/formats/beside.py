"""Mentions that entities can't hold (overlapping, in pieces), kept beside them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from phantom.formats.base import Report
from phantom.records import Entity, Example, Relation, digest

# Key of `meta`; formats that write them back hold "meta.beside".
BESIDE = "beside"
Pieces = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Mark:
    """A mention beside the entities. key (str): The source's own, or a new one."""

    key: str
    pieces: Pieces
    label: str
    id: str | None = None

    def words(self, text: str) -> str:
        """The words of its pieces, as the source has them in order."""
        return " ".join(text[start:end] for start, end in self.pieces)


@dataclass(frozen=True)
class Tie:
    """A relation. head, tail (str or int): Key of a mark, or index of an entity."""

    key: str
    head: str | int
    tail: str | int
    label: str


def keep_beside(
    text: str, marks: Sequence[Mark], ties: Iterable[Tie], entities: Sequence[Entity]
) -> dict[str, Any]:
    """What goes into `meta`; nothing where there is no such mention.

    The text's digest holds it to the text: offsets mean nothing in another. Entities
    are named by place and label, since others may come between them.
    """
    if not marks:
        return {}
    return {
        BESIDE: {
            "text": digest(text),
            "mentions": [
                {
                    "key": mark.key,
                    "pieces": [list(piece) for piece in mark.pieces],
                    "label": mark.label,
                    "id": mark.id,
                }
                for mark in marks
            ],
            "relations": [
                {
                    "key": tie.key,
                    "head": _refer(tie.head, entities),
                    "tail": _refer(tie.tail, entities),
                    "label": tie.label,
                }
                for tie in ties
            ],
        }
    }


def read_beside(example: Example, report: Report) -> tuple[list[Mark], list[Tie]]:
    """The mentions beside an example's entities, and their relations.

    What became an entity since is none of them. What belongs to another text, or to an
    entity that is gone, is reported.
    """
    kept = example.meta.get(BESIDE)
    if not isinstance(kept, Mapping):
        return [], []
    if kept["text"] != digest(example.text):
        count = len(kept["mentions"])
        report.leave_out(
            "mention beside the entities of another text", example.id, count
        )
        return [], []
    places = {(x.start, x.end, x.label): i for i, x in enumerate(example.entities)}
    marks: list[Mark] = []
    known: dict[str, str | int] = {}
    for item in kept["mentions"]:
        pieces = tuple((start, end) for start, end in item["pieces"])
        mark = Mark(item["key"], pieces, item["label"], item["id"])
        same = places.get((*pieces[0], mark.label)) if len(pieces) == 1 else None
        known[mark.key] = mark.key if same is None else same
        if same is None:
            marks.append(mark)
    ties: list[Tie] = []
    for item in kept["relations"]:
        ends = [
            known[x] if isinstance(x, str) else places.get((x[0], x[1], x[2]))
            for x in (item["head"], item["tail"])
        ]
        head, tail = ends
        if head is None or tail is None:
            report.leave_out("relation of a mention that is gone", example.id)
        else:
            ties.append(Tie(item["key"], head, tail, item["label"]))
    return marks, ties


def all_ties(relations: Iterable[Relation], ties: Iterable[Tie]) -> list[Tie]:
    """Relations between entities, then those of mentions beside them."""
    return [*(Tie("", x.head, x.tail, x.label) for x in relations), *ties]


def _refer(end: str | int, entities: Sequence[Entity]) -> str | list[Any]:
    if isinstance(end, str):
        return end
    entity = entities[end]
    return [entity.start, entity.end, entity.label]
