"""Text in telegram style, as notes of wards have it."""

import random
import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from phantom.augmenters.base import Passages, Share, vary
from phantom.passages.rewrite import Edit
from phantom.records import Example
from phantom.registry import phantom_registry


@phantom_registry.phantom_augmenters("telegram")
def telegram(
    passages: Passages,
    *,
    share: Share,
    rate: Annotated[float, Field(gt=0, le=1)] = 0.9,
) -> Iterator[Example]:
    """Copies of passages without articles, auxiliaries and pronouns.

    Words of the language's `notes.left_out`, none inside a mention; what deny or join
    is not among them.

    share (Share): Probability that a passage gets a copy.
    rate (float): Probability that such words in a row are left out.
    """
    words = passages.language.notes.left_out
    # The longer of two that begin alike is tried first, and the blank goes with it.
    forms = "|".join(re.escape(x) for x in sorted(words, key=len, reverse=True))
    pattern = re.compile(rf"(?<![^\s(])(?:(?:{forms}) +)+(?=\S)", re.IGNORECASE)

    def draw(example: Example, rng: random.Random) -> Iterator[Edit]:
        inside = {i for e in example.entities for i in range(e.start, e.end)}
        text = example.text
        for match in pattern.finditer(text) if words else ():
            # A word in capitals is a short form, such as IS or HIS.
            said = match.group().split()
            if match.start() in inside or any(x.isupper() and len(x) > 1 for x in said):
                continue
            if rng.random() < rate:
                yield Edit(*match.span(), "")
                behind = match.end()
                if match.group()[0].isupper() and behind not in inside:
                    yield Edit(behind, behind + 1, text[behind].upper())

    yield from vary(passages, "telegram", share, draw)
