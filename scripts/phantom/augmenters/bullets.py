"""Text as a list, a line for each sentence."""

import random
from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from phantom.augmenters.base import Passages, Share, vary
from phantom.passages.rewrite import Edit
from phantom.passages.sentences import split_sentences
from phantom.records import Example
from phantom.registry import phantom_registry

MARKS = ["- ", "* ", "\u2022 ", "# ", "1. ", "1) ", ""]


@phantom_registry.phantom_augmenters("bullets")
def bullets(
    passages: Passages,
    *,
    share: Share,
    marks: Annotated[list[str], Field(min_length=1)] = MARKS,  # noqa: B006
    unended: Annotated[float, Field(ge=0, le=1)] = 0.5,
) -> Iterator[Example]:
    """Copies of passages in lines, one for each sentence, with a mark before each.

    share (Share): Probability that a passage gets a copy.
    marks (List[str]): Which are drawn from; one that begins with 1 is counted on.
    unended (float): Probability that the lines of a passage end without a full stop.
    """
    lang = passages.pack.domain.lang

    def draw(example: Example, rng: random.Random) -> Iterator[Edit]:
        text, mark, drop = example.text, rng.choice(marks), rng.random() < unended
        end = 0
        for number, (start, stop) in enumerate(
            split_sentences(text, lang, example.entities), start=1
        ):
            shown = f"{number}{mark[1:]}" if mark.startswith("1") else mark
            yield Edit(end, start, "\n" * (number > 1) + shown)
            end = stop
            if drop and text[:stop].endswith(".") and not text[:stop].endswith(".."):
                yield Edit(stop - 1, stop, "")

    yield from vary(passages, "bullets", share, draw)
