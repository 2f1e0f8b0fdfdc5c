"""Passages with words missing, so that no single word of the context decides."""

import random
from collections.abc import Iterator
from itertools import permutations
from typing import Annotated

from pydantic import Field

from phantom.augmenters.base import Passages, Share, vary
from phantom.packs.pack import Pack
from phantom.passages.names import gaps
from phantom.passages.rewrite import Edit
from phantom.passages.words import TOKEN
from phantom.records import Example
from phantom.registry import phantom_registry


@phantom_registry.phantom_augmenters("cutoff")
def cutoff(
    passages: Passages,
    *,
    share: Share,
    rate: Annotated[float, Field(gt=0, le=0.5)] = 0.1,
) -> Iterator[Example]:
    """Copies of passages without some words of the context.

    Of passages alone in which no two mentions could be related: elsewhere the missing
    word might be the one that states or denies a relation. After D. Shen et al., "A
    Simple but Tough-to-Beat Data Augmentation Approach", arXiv:2009.13818, 2020, which
    cuts tokens off within the encoder.

    share (Share): Probability that a passage gets a copy.
    rate (float): Probability that a word outside of mentions is missing.
    """

    def draw(example: Example, rng: random.Random) -> Iterator[Edit]:
        if may_relate(example, passages.pack):
            return
        for base, gap in gaps(example):
            for word in TOKEN.finditer(gap):
                end = word.end()
                # With its blank, and none of a word that a mention is part of.
                if word.group()[0].isalnum() and gap[end : end + 1] == " ":
                    begins = word.start() == 0 and base > 0
                    if not begins and rng.random() < rate:
                        yield Edit(base + word.start(), base + end + 1, "")

    yield from vary(passages, "cutoff", share, draw)


def may_relate(example: Example, pack: Pack) -> bool:
    """Whether the pack knows a relation that two of the mentions could bear."""
    pairs = set(permutations((entity.label for entity in example.entities), 2))
    return any(
        rule.allows(head, tail)
        for rule in pack.relations.values()
        for head, tail in pairs
    )
