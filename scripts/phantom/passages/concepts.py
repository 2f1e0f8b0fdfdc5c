"""Concepts within a passage: a long form, its abbreviation and its repeats."""

import re
from collections.abc import Mapping, Sequence

from phantom.packs.domain import RelationRule
from phantom.records import Entity, Relation

_BETWEEN = re.compile(r"\s*[(\[]\s*")
_ALNUM = re.compile(r"[^\W_]")


def find_concepts(text: str, entities: Sequence[Entity]) -> list[int]:
    """Group the mentions of one passage that name the same thing.

    Mentions of one label are one concept if their texts are equal but for case and
    a plural s, or if one stands in brackets right after the other and abbreviates
    it (after Schwartz and Hearst 2003, characters of the short form in order).

    RETURNS (List[int]): A concept number for every entity.
    """
    concepts: list[int] = []
    by_surface: dict[tuple[str, str], int] = {}
    for i, entity in enumerate(entities):
        key = (entity.label, _surface(entity.text))
        concept = by_surface.get(key)
        if concept is None and i and _is_abbreviation(text, entities[i - 1], entity):
            concept = concepts[i - 1]
        if concept is None:
            concept = i
        by_surface.setdefault(key, concept)
        concepts.append(concept)
    return concepts


def spread_relations(
    text: str,
    entities: Sequence[Entity],
    relations: Sequence[Relation],
    rules: Mapping[str, RelationRule],
) -> list[Relation]:
    """State each relation for every pair of mentions of its two concepts.

    Writers list a relation for one mention or for all; models and benchmarks want
    one convention, and what a passage states of a concept holds for its mentions.
    A relation whose rule has `spread: false` stays with the mentions that it joins.

    RETURNS (List[Relation]): Sorted, without repetition; a symmetric relation once
        per pair, the earlier mention as head.
    """
    concepts = find_concepts(text, entities)
    spread = set()
    for relation in relations:
        if not rules[relation.label].spread:
            continue
        heads, tails = (
            [i for i, concept in enumerate(concepts) if concept == concepts[end]]
            for end in (relation.head, relation.tail)
        )
        for head in heads:
            for tail in tails:
                if concepts[head] == concepts[tail]:
                    continue
                pair = (head, tail)
                if rules[relation.label].symmetric:
                    pair = (min(pair), max(pair))
                spread.add((*pair, relation.label))
    # A pair of mentions of one concept stays as it was stated.
    spread |= {(r.head, r.tail, r.label) for r in relations}
    return [Relation(head=h, tail=t, label=label) for h, t, label in sorted(spread)]


def _surface(text: str) -> str:
    folded = " ".join(text.casefold().split())
    return folded[:-1] if len(folded) > 4 and folded.endswith("s") else folded


def _is_abbreviation(text: str, long: Entity, short: Entity) -> bool:
    if long.label != short.label or len(short.text) >= len(long.text):
        return False
    if not _BETWEEN.fullmatch(text[long.end : short.start]):
        return False
    if text[short.end : short.end + 1].strip() not in {")", "]", ",", ";"}:
        return False
    # Read backwards: each letter of the short form occurs in the long one, in order.
    rest = long.text.casefold()
    for character in reversed(_ALNUM.findall(short.text.casefold())):
        if character.isdigit():
            continue
        position = rest.rfind(character)
        if position < 0:
            return False
        rest = rest[:position]
    return True
