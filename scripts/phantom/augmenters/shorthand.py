"""Text in the shorthand of a trade, such as that of wards."""

import random
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from phantom.augmenters.base import Passages, Share, vary
from phantom.packs.tables import read_table
from phantom.passages.rewrite import Edit
from phantom.records import Example
from phantom.registry import phantom_registry


@phantom_registry.phantom_augmenters("shorthand")
def shorthand(
    passages: Passages,
    *,
    share: Share,
    table: Annotated[str, Field(min_length=1)],
    rate: Annotated[float, Field(gt=0, le=1)] = 0.7,
) -> Iterator[Example]:
    """Copies of passages in which words give way to the short forms of a trade.

    Within mentions, too: severe hypertension becomes severe HTN.

    share (Share): Probability that a passage gets a copy.
    table (str): A file of the pack with the columns long and short; several short forms
        of one long form are drawn from.
    rate (float): Probability that a word is shortened.
    """
    forms: defaultdict[str, list[str]] = defaultdict(list)
    for row in read_table(passages.pack.path / table, *[("long", "short")] * 2):
        forms[row["long"].casefold()].append(row["short"])
    # The longer of two that begin alike is tried first.
    longest = sorted(forms, key=len, reverse=True)
    pattern = re.compile(
        rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest))})(?!\w)", re.IGNORECASE
    )

    def draw(example: Example, rng: random.Random) -> Iterator[Edit]:
        for match in pattern.finditer(example.text) if forms else ():
            known = forms.get(match.group().casefold())
            if known and rng.random() < rate:
                short = rng.choice(known)
                if match.group()[0].isupper() and short.islower():
                    short = short[0].upper() + short[1:]
                yield Edit(*match.span(), short)

    yield from vary(passages, "shorthand", share, draw)
