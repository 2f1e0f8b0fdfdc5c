"""Words that carry a label, put where they mean nothing."""

import random
from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from phantom.augmenters.base import Passages, Share, vary
from phantom.passages.decoys import put_in
from phantom.passages.rewrite import Edit
from phantom.records import Example
from phantom.registry import phantom_registry


@phantom_registry.phantom_augmenters("decoys")
def decoys(
    passages: Passages,
    *,
    share: Share,
    words: Annotated[list[str], Field(min_length=1)],
) -> Iterator[Example]:
    """Variants with a word put in at a place drawn by chance; what they bear stays.

    For words that `shortcuts` lists: where a label came up whenever a word did, the
    word now stands where nothing bears the label.

    share (Share): Probability that a passage gets a variant.
    words (List[str]): To draw from; a passage that has the word is left as it is.
    """

    def draw(example: Example, rng: random.Random) -> Iterator[Edit]:
        return put_in(example, rng.choice(words), rng)

    yield from vary(passages, "decoys", share, draw)
