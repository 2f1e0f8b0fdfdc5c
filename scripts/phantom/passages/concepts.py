"""Concepts within a passage: a long form, its abbreviation and its repeats."""

from collections.abc import Mapping, Sequence

from phantom.packs.domain import RelationRule
from phantom.packs.language import LanguageData
from phantom.packs.language_words import Inflections
from phantom.records import Entity, Relation

PLAIN = Inflections()
# Letters that stay of a name without its ending.
_STEM = 4


def find_concepts(
    text: str,
    entities: Sequence[Entity],
    language: LanguageData | None = None,
) -> list[int]:
    """Group the mentions of one passage that name the same thing.

    Mentions of one label are one concept if their texts are equal but for case and
    endings, or if one stands in brackets beside the other and abbreviates it. A
    short form means what it was last defined as; before that, what it is first.

    language (Optional[LanguageData]): Its endings and short forms; None for none.
    RETURNS (List[int]): A concept number for every entity.
    """
    concepts: list[int] = []
    by_surface: dict[tuple[str, str], int] = {}
    defined: set[tuple[str, str]] = set()
    inflections = language.inflections if language else PLAIN
    keys = [(entity.label, _surface(entity.text, inflections)) for entity in entities]
    for i, entity in enumerate(entities):
        concepts.append(by_surface.setdefault(keys[i], i))
        if not i or not _are_forms(text, entities[i - 1], entity, language):
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
    language: LanguageData | None = None,
) -> list[Relation]:
    """State each relation for every pair of mentions of its two concepts.

    Writers list a relation for one mention or for all; models and benchmarks want
    one convention, and what a passage states of a concept holds for its mentions.
    A relation whose rule has `spread: false` stays with the mentions that it joins.

    RETURNS (List[Relation]): Sorted, without repetition; a symmetric relation once
        per pair, the earlier mention as head.
    """
    concepts = find_concepts(text, entities, language)
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


def _surface(text: str, inflections: Inflections) -> str:
    """A name without endings. Capitals alone are a short form, which has none."""
    words = text.split()
    if not words or text.isupper():
        return " ".join(words).casefold()
    made = [_stem(word, inflections.before) for word in words[:-1]]
    least = _STEM - sum(map(len, words[:-1]))
    return " ".join([*made, _stem(words[-1], inflections.last, least)])


def _stem(word: str, endings: Sequence[str], least: int = _STEM) -> str:
    folded = word.casefold()
    for ending in sorted(endings, key=len, reverse=True):
        stem = word[: -len(ending)]
        if folded.endswith(ending) and (len(stem) >= least or stem.isupper()):
            return folded[: -len(ending)]
    return folded


def _are_forms(
    text: str, first: Entity, second: Entity, language: LanguageData | None
) -> bool:
    # Loads spaCy, which not everybody who asks for concepts needs.
    from phantom.passages.abbreviations import NONE, defines, short_forms

    spans = (first.start, first.end), (second.start, second.end)
    forms = short_forms(language) if language else NONE
    return first.label == second.label and defines(text, *spans, forms)
