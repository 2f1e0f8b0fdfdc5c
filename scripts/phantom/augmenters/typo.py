"""Text with typing errors."""

import random
import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from phantom.augmenters.base import Passages, Share, vary
from phantom.augmenters.confusions import Confusions, find_table
from phantom.passages.names import is_symbol
from phantom.passages.rewrite import Edit
from phantom.records import Example
from phantom.registry import phantom_registry

_WORD = re.compile(r"[^\W\d_]{4,}")


@phantom_registry.phantom_augmenters("typo")
def typo(
    passages: Passages,
    *,
    share: Share,
    rate: Annotated[float, Field(gt=0, le=1)] = 0.05,
    table: str = "",
) -> Iterator[Example]:
    """Copies of passages with misspelled words, in the ways that people misspell.

    Of words of four letters and more that are no symbols, such as mRNA.

    share (Share): Probability that a passage gets a copy.
    rate (float): Probability that a word has an error.
    table (str): Confusions of your own, a file of the pack with the columns level (1),
        written (in lower case), read, count, of.
    """
    known = Confusions(find_table(passages.pack, table, "typo.tsv"), level=1)

    def draw(example: Example, rng: random.Random) -> Iterator[Edit]:
        for word in _WORD.finditer(example.text):
            if rng.random() < rate and not is_symbol(word.group()):
                edit = known.draw_one(example.text, *word.span(), rng)
                if edit:
                    yield edit

    yield from vary(passages, "typo", share, draw)
