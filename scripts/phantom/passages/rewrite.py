"""Change the text or the mentions of an example; offsets and relations follow."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from phantom.records import Entity, Example, Relation


class Edit(NamedTuple):
    """One replacement in a text; an insertion where start and end are equal.

    start, end (int): Characters that go, end exclusive.
    text (str): What takes their place.
    mentions (Tuple[Tuple[int, int], ...]): Where a whole mention is replaced by text
        with several, their offsets in `text`; each bears the relations of the one.
    """

    start: int
    end: int
    text: str
    mentions: tuple[tuple[int, int], ...] = ()


def rewrite(
    example: Example,
    edits: Iterable[Edit],
    *,
    lost: list[Entity] | None = None,
    **update: Any,
) -> Example:
    """Apply edits to the text and derive entities and relations anew.

    What is inserted where a mention begins or ends stays outside of it. An edit
    within a mention changes its text and no other.

    edits (Iterable[Edit]): In any order; they must not overlap.
    lost (Optional[List[Entity]]): Takes up mentions that an edit cuts in two or
        leaves empty; they go, with their relations. None: that is an error.
    update (Any): Other fields of the new example, such as `id`.
    RAISES: ValueError for edits that overlap, leave the text or lose a mention.
    """
    ordered = _sort(example, edits)
    places: dict[int, list[int]] = {}
    entities: list[Entity] = []
    first = shift = 0
    for number, entity in enumerate(example.entities):
        while first < len(ordered) and ordered[first].end <= entity.start:
            shift += _growth(ordered[first])
            first += 1
        within = _within(ordered, first, entity)
        made = None if within is None else _move(entity, within, shift)
        if not made:
            if lost is None:
                raise ValueError(
                    f"example {example.id}: an edit cuts or empties the mention "
                    f"{entity.text!r} ({entity.start}, {entity.end})"
                )
            lost.append(entity)
        places[number] = list(range(len(entities), len(entities) + len(made or ())))
        entities += made or ()
    text = _apply(example.text, ordered)
    if text != example.text:
        update = {"tokens": None, "orig": None, **update}
    found = [
        entity.model_copy(update={"text": text[entity.start : entity.end]})
        for entity in entities
    ]
    relations = follow(example.relations, places)
    fields = {**dict(example), "text": text, "entities": tuple(found)}
    return type(example)(**{**fields, "relations": relations, **update})


def with_entities(example: Example, entities: Iterable[Entity]) -> Example:
    """The example with these entities in the same text; relations follow.

    A relation whose mention is gone goes with it. Mentions that overlap an earlier
    one are left out.
    """
    kept: list[Entity] = []
    for entity in sorted(entities, key=lambda e: (e.start, -e.end)):
        if not kept or entity.start >= kept[-1].end:
            kept.append(entity)
    places: dict[int, list[int]] = {}
    for i, before in enumerate(example.entities):
        for j, after in enumerate(kept):
            if before.start < after.end and after.start < before.end:
                places[i] = [j]
    relations = follow(example.relations, places)
    return example.model_copy(update={"entities": tuple(kept), "relations": relations})


def follow(
    relations: Iterable[Relation], places: Mapping[int, Sequence[int]]
) -> tuple[Relation, ...]:
    """Relations between mentions that have moved in the list.

    places (Mapping[int, Sequence[int]]): New places by the old one; none: it is gone.
    RETURNS (Tuple[Relation, ...]): For each pair of new places that differ.
    """
    return tuple(
        Relation(head=head, tail=tail, label=relation.label)
        for relation in relations
        for head in places.get(relation.head, ())
        for tail in places.get(relation.tail, ())
        if head != tail
    )


def _sort(example: Example, edits: Iterable[Edit]) -> list[Edit]:
    ordered = sorted(edits, key=lambda edit: (edit.start, edit.end))
    end = 0
    for edit in ordered:
        if not end <= edit.start <= edit.end <= len(example.text):
            raise ValueError(
                f"example {example.id}: edit ({edit.start}, {edit.end}) overlaps the "
                "one before or leaves the text"
            )
        end = edit.end
    return ordered


def _growth(edit: Edit) -> int:
    return len(edit.text) - (edit.end - edit.start)


def _within(ordered: list[Edit], first: int, entity: Entity) -> list[Edit] | None:
    """The edits inside a mention; None if one reaches out of it."""
    within = []
    for edit in ordered[first:]:
        if edit.start >= entity.end:
            break
        if edit.start < entity.start or edit.end > entity.end:
            return None
        within.append(edit)
    return within


def _move(entity: Entity, within: list[Edit], shift: int) -> list[Entity]:
    """The mention, or those in its place; none if nothing is left of it."""
    start = entity.start + shift
    end = entity.end + shift + sum(map(_growth, within))
    spans = [(start, end)]
    if any(edit.mentions for edit in within):
        (edit,) = within
        spans = [(start + a, start + b) for a, b in edit.mentions]
    return [entity.model_copy(update={"start": a, "end": b}) for a, b in spans if a < b]


def _apply(text: str, ordered: Iterable[Edit]) -> str:
    pieces = []
    position = 0
    for edit in ordered:
        pieces += [text[position : edit.start], edit.text]
        position = edit.end
    return "".join([*pieces, text[position:]])
