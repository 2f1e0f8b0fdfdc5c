"""The same figures in other words: units, dates, numbers."""

import random
from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, Literal

from pydantic import Field

from phantom.augmenters.base import Passages, Share, vary
from phantom.passages.amounts import restate_amounts, restate_dates, restate_words
from phantom.passages.rewrite import Edit
from phantom.records import Example
from phantom.registry import phantom_registry

Way = Literal["units", "dates", "words"]


@phantom_registry.phantom_augmenters("numbers")
def numbers(
    passages: Passages,
    *,
    share: Share,
    rate: Annotated[float, Field(gt=0, le=1)] = 0.5,
    ways: Annotated[list[Way], Field(min_length=1)] = ["units", "dates", "words"],  # noqa: B006
) -> Iterator[Example]:
    """Copies of passages with the same amounts in other units, dates in other forms.

    What a passage reckons stays right: values stay, and an amount that others are
    compared with does not become more exact. Units and forms are those of the language
    (`amounts` and `dates`; the pack's language.yml adds some).

    share (Share): Probability that a passage gets a copy.
    rate (float): Probability that a figure is written in another way.
    ways (List[Way]): units (400 mg, 0.4 g), dates (1 May 2009, 2009-05-01), words (ten,
        10; outside of mentions).
    """
    lang = passages.pack.domain.lang
    known = passages.language
    restate: dict[Way, Callable[[str], Iterable[Edit]]] = {
        "units": lambda text: restate_amounts(text, known.amounts, lang),
        "dates": lambda text: restate_dates(text, known.dates, lang),
        "words": lambda text: restate_words(text, lang),
    }

    def draw(example: Example, rng: random.Random) -> Iterator[Edit]:
        for way in ways:
            options: dict[tuple[int, int], list[str]] = {}
            for edit in restate[way](example.text):
                options.setdefault((edit.start, edit.end), []).append(edit.text)
            for (start, end), texts in options.items():
                named = way == "words" and _in_mention(example, start)
                if not named and rng.random() < rate:
                    yield Edit(start, end, rng.choice(texts))

    yield from vary(passages, "numbers", share, draw)


def _in_mention(example: Example, at: int) -> bool:
    return any(entity.start <= at < entity.end for entity in example.entities)
