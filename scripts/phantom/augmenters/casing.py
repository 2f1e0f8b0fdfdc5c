"""Text in capitals, without any, or with one on every word."""

import random
from collections.abc import Callable, Iterator
from typing import Annotated, Literal

from pydantic import Field

from phantom.augmenters.base import Passages, Share, vary
from phantom.passages.rewrite import Edit
from phantom.passages.words import TOKEN
from phantom.records import Example
from phantom.registry import phantom_registry

Way = Literal["lower", "upper", "title"]


@phantom_registry.phantom_augmenters("casing")
def casing(
    passages: Passages,
    *,
    share: Share,
    ways: Annotated[list[Way], Field(min_length=1)] = ["lower", "upper"],  # noqa: B006
) -> Iterator[Example]:
    """Copies of passages in another case, as notes, headings and old systems write.

    share (Share): Probability that a passage gets a copy.
    ways (List[Way]): Which are drawn from: lower, upper, title.
    """

    def draw(example: Example, rng: random.Random) -> Iterator[Edit]:
        return change_case(example.text, rng.choice(ways))

    yield from vary(passages, "casing", share, draw)


def change_case(text: str, way: Way) -> Iterator[Edit]:
    """Edits of one character each: a letter such as ß may become two."""
    starts = {match.start() for match in TOKEN.finditer(text)}
    turn: Callable[[str], str] = str.lower if way == "lower" else str.upper
    for i, character in enumerate(text):
        turned = turn(character) if way != "title" or i in starts else character
        if turned != character:
            yield Edit(i, i + 1, turned)
