"""Words beside names that are no part of them: degree, course, route."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from pydantic import Field

from phantom.augmenters.base import TIED, Passages, Share, vary
from phantom.packs.swaps import read_swaps
from phantom.passages.rewrite import Edit
from phantom.records import Entity, Example
from phantom.registry import phantom_registry

Words = dict[str, list[Annotated[str, Field(min_length=1)]]]
Agreement = Sequence[tuple[re.Pattern[str], str]]


@phantom_registry.phantom_augmenters("qualifiers")
def qualifiers(
    passages: Passages,
    *,
    share: Share,
    before: Words | None = None,
    behind: Words | None = None,
    rate: Share = 0.5,
) -> Iterator[Example]:
    """Variants with a word before or behind names that is no part of them.

    How severe a disease was, how a drug was given: a pipeline that saw few such words
    takes them for a part of the name, or leaves a part of the name out with them.

    share (Share): Probability that a passage gets a variant.
    before (Optional[Dict[str, List[str]]]): By entity label, such as "severe".
    behind (Optional[Dict[str, List[str]]]): By entity label, such as "at entry".
    rate (float): Probability that a mention of such a passage gets a word.
    """

    agreement = read_swaps(passages.pack).agreement
    language = passages.language
    onward = [f" {word} " for word in (*language.conjunctions, *language.onward)]

    def draw(example: Example, rng: random.Random) -> Iterator[Edit]:
        for entity in example.entities:
            if rng.random() >= rate:
                continue
            edits = [
                *_lead(example.text, entity, before or {}, agreement),
                *_trail(example.text, entity, behind or {}, tuple(onward)),
            ]
            if edits:
                yield rng.choice(edits)

    yield from vary(passages, "qualifiers", share, draw)


def _lead(
    text: str, entity: Entity, words: Mapping[str, Sequence[str]], agreement: Agreement
) -> Iterator[Edit]:
    """Insertions before a mention that begins neither sentence nor list of names.

    None before which the last word would have to be another, as "a" before a vowel.
    """
    if not text[: entity.start].endswith(" "):
        return
    last = text[: entity.start].split()[-1]
    if last[-1] in TIED + ".:?!" or last.lower() in words.get(entity.label, ()):
        return
    for word in words.get(entity.label, ()):
        said = f"{last} {word} "
        found = (pattern.match(said) for pattern, _ in agreement)
        if not any(match and match.end() == len(last) for match in found):
            yield Edit(entity.start, entity.start, f"{word} ")


def _trail(
    text: str,
    entity: Entity,
    words: Mapping[str, Sequence[str]],
    onward: tuple[str, ...],
) -> Iterator[Edit]:
    """Insertions behind a mention that ends a clause, or before "and", "or", "in"."""
    rest = text[entity.end :]
    if rest[:1] in ",.;" or rest.startswith(onward):
        for word in words.get(entity.label, ()):
            yield Edit(entity.end, entity.end, f" {word}")
