"""Concepts within a passage: a long form, its abbreviation and its repeats."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from phantom.packs.domain import RelationRule
from phantom.records import Entity, Relation

if TYPE_CHECKING:
    from phantom.passages.abbreviations import Borrowed


def find_concepts(
    text: str, entities: Sequence[Entity], borrowed: "Borrowed | None" = None
) -> list[int]:
    """Group the mentions of one passage that name the same thing.

    Mentions of one label are one concept if their texts are equal but for case and
    a plural s, or if one stands in brackets beside the other and abbreviates it. A
    short form means what it was last defined as; before that, what it is first.

    borrowed (Optional[Mapping[str, Sequence[str]]]): Of the language; see
        `find_definitions`.
    RETURNS (List[int]): A concept number for every entity.
    """
    concepts: list[int] = []
    by_surface: dict[tuple[str, str], int] = {}
    defined: set[tuple[str, str]] = set()
    keys = [(entity.label, _surface(entity.text)) for entity in entities]
    for i, entity in enumerate(entities):
        concepts.append(by_surface.setdefault(keys[i], i))
        if not i or not _are_forms(text, entities[i - 1], entity, borrowed):
            continue
        short, long = sorted((i - 1, i), key=lambda n: len(entities[n].text))
        name = keys[short]
        for j in range(short if name in defined else 0, short + 1):
            if keys[j] == name:
                concepts[j] = concepts[long]
        by_surface[name] = concepts[long]
        defined.add(name)
    return concepts


def spread_relations(
    text: str,
    entities: Sequence[Entity],
    relations: Sequence[Relation],
    rules: Mapping[str, RelationRule],
    borrowed: "Borrowed | None" = None,
) -> list[Relation]:
    """State each relation for every pair of mentions of its two concepts.

    Writers list a relation for one mention or for all; models and benchmarks want
    one convention, and what a passage states of a concept holds for its mentions.
    A relation whose rule has `spread: false` stays with the mentions that it joins.

    RETURNS (List[Relation]): Sorted, without repetition; a symmetric relation once
        per pair, the earlier mention as head.
    """
    concepts = find_concepts(text, entities, borrowed)
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
    plural = folded.endswith("s") and (len(folded) > 4 or text[:-1].isupper())
    # Capitals alone are an abbreviation, whose own last letter is no plural.
    return folded[:-1] if plural and not text.isupper() else folded


def _are_forms(
    text: str, first: Entity, second: Entity, borrowed: "Borrowed | None"
) -> bool:
    from phantom.passages.abbreviations import defines

    spans = (first.start, first.end), (second.start, second.end)
    return first.label == second.label and defines(text, *spans, borrowed or {})
