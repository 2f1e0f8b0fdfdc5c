"""Words beside names that are no part of them: degree, course, route."""

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from pydantic import Field

from phantom.augmenters.base import Passages, Share, vary
from phantom.passages.rewrite import Edit
from phantom.records import Entity, Example
from phantom.registry import phantom_registry

Words = dict[str, list[Annotated[str, Field(min_length=1)]]]
# What a mention is tied to, so that no word fits between.
_TIED = "-/'’(["
_ARTICLES = {"a": "bcdfghjklmnpqrstvwxyz", "an": "aeio"}


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

    def draw(example: Example, rng: random.Random) -> Iterator[Edit]:
        for entity in example.entities:
            if rng.random() >= rate:
                continue
            edits = [
                *_lead(example.text, entity, before or {}),
                *_trail(example.text, entity, behind or {}),
            ]
            if edits:
                yield rng.choice(edits)

    yield from vary(passages, "qualifiers", share, draw)


def _lead(
    text: str, entity: Entity, words: Mapping[str, Sequence[str]]
) -> Iterator[Edit]:
    """Insertions before a mention that begins neither sentence nor list of names."""
    if not text[: entity.start].endswith(" "):
        return
    last = text[: entity.start].split()[-1]
    if last[-1] in _TIED + ".:?!" or last.lower() in words.get(entity.label, ()):
        return
    begins = _ARTICLES.get(last.lower())
    for word in words.get(entity.label, ()):
        if begins is None or word[0].lower() in begins:
            yield Edit(entity.start, entity.start, f"{word} ")


def _trail(
    text: str, entity: Entity, words: Mapping[str, Sequence[str]]
) -> Iterator[Edit]:
    """Insertions behind a mention that ends a clause, or before "and", "or", "in"."""
    rest = text[entity.end : entity.end + 5]
    if rest[:1] in ",.;" or rest.startswith((" and ", " in ", " or ")):
        for word in words.get(entity.label, ()):
            yield Edit(entity.end, entity.end, f" {word}")
