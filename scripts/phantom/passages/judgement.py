"""What a spec asked for against what a passage holds; one vocabulary for all."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from phantom.packs.domain import Kind
from phantom.records import Entity, Relation

ENTITY_REASONS = ("unexpected_entity", "label_missing")
RELATION_REASONS = ("relation_missing", "forbidden_relation")


class Shortfall(NamedTuple):
    """One way in which a passage is not what was asked for.

    reason (str): One of ENTITY_REASONS or RELATION_REASONS.
    detail (str): What exactly, for a person.
    """

    reason: str
    detail: str


def judge_passage(
    kind: Kind,
    labels: Iterable[str],
    entities: Sequence[Entity],
    relations: Iterable[Relation],
) -> Iterator[Shortfall]:
    """Compare what came with what was asked for.

    kind (Kind): Of the spec.
    labels (Iterable[str]): Entity labels that the spec asks for; to the writer of a
        whole document they are suggestions.
    YIELDS (Shortfall): Each once, entities first.
    """
    marked = {entity.label for entity in entities}
    stated = {relation.label for relation in relations}
    if kind.empty and entities:
        found = ", ".join(repr(entity.text) for entity in entities[:3])
        yield Shortfall("unexpected_entity", f"asked for none, got {found}")
    missing = [label for label in labels if label not in marked]
    if missing and not kind.document:
        yield Shortfall("label_missing", f"no {' or '.join(missing)} is marked")
    if kind.relation and kind.relation not in stated:
        yield Shortfall("relation_missing", f"{kind.relation} is not stated")
    forbidden = stated if "*" in kind.forbids else stated & set(kind.forbids)
    if forbidden:
        names = ", ".join(sorted(forbidden))
        yield Shortfall("forbidden_relation", f"{names} stated, the spec forbids it")
