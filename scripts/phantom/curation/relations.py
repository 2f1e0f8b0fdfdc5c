"""Relations as answers state them: `[id, LABEL, id]`."""

from collections.abc import Mapping, Sequence
from typing import Any

from phantom.packs.domain import RelationRule
from phantom.records import Entity, Relation


class RejectError(ValueError):
    """An answer that can't be used. reason (str): short code."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def read_relation(
    item: Any, entities: Sequence[Entity], rules: Mapping[str, RelationRule]
) -> Relation:
    """Read one relation of an answer.

    item (Any): Should be `[id, LABEL, id]`, ids as numbers or strings of them.
    entities (Sequence[Entity]): With the ids of their tags.
    RETURNS (Relation): A symmetric one with the earlier mention as head.
    RAISES: RejectError with bad_relation, unknown_relation, unknown_tag_id or
        relation_types.
    """
    if not isinstance(item, list) or len(item) != 3:
        raise RejectError("bad_relation", f"{item!r} is no [id, LABEL, id]")
    label = str(item[1])
    rule = rules.get(label)
    if rule is None:
        known = ", ".join(rules) or "none"
        raise RejectError("unknown_relation", f"{label!r}; known: {known}")
    place = {entity.id: i for i, entity in enumerate(entities)}
    head, tail = (place.get(_read_id(end)) for end in (item[0], item[2]))
    if head is None or tail is None:
        raise RejectError("unknown_tag_id", f"{item!r}: no tag has this id")
    if head == tail:
        raise RejectError("bad_relation", f"{item!r} joins a mention to itself")
    types = entities[head].label, entities[tail].label
    if not rule.allows(*types):
        raise RejectError(
            "relation_types",
            f"{label} may not join {types[0]} to {types[1]}; it joins "
            f"{' or '.join(rule.head)} to {' or '.join(rule.tail)}",
        )
    if rule.symmetric and head > tail:
        head, tail = tail, head
    return Relation(head=head, tail=tail, label=label)


def _read_id(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    text = str(value).strip()
    is_number = text.isascii() and text.isdigit() and len(text) < 7
    return str(int(text)) if is_number else None
