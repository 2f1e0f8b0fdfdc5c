"""Hard-wrapped training text: passages in lines, as wards and mail store them."""

import random
import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from phantom.augmenters.base import Passages
from phantom.passages.rewrite import Edit, rewrite
from phantom.records import Example
from phantom.registry import phantom_registry

# Two in a row are a layout, and stay.
_BLANK = re.compile(r"(?<=\S) (?=\S)")


@phantom_registry.phantom_augmenters("wrap")
def wrap(
    passages: Passages,
    *,
    share: Annotated[float, Field(ge=0, le=1)],
    narrowest: Annotated[int, Field(ge=10)] = 40,
    widest: Annotated[int, Field(ge=10)] = 80,
) -> Iterator[Example]:
    """Copies of passages with line breaks, those of the augmenters before among them.

    For a config with spaCy's own ner. Our entity and relation components read and are
    taught text as if white space between words were one blank, so a wrapped copy
    teaches them no more than the passage itself.

    share (float): Probability that a passage gets a copy.
    narrowest (int): Least width of lines, in characters; each copy has a width of its
        own.
    widest (int): Greatest width.
    """
    if narrowest > widest:
        raise ValueError(
            f"augment.wrap: narrowest ({narrowest}) is above widest ({widest}); "
            "give the smaller width first"
        )
    for example in passages.found:
        rng = random.Random(f"{passages.seed}:wrap:{example.id}")
        if rng.random() < share:
            width = rng.randint(narrowest, widest)
            copy = wrap_example(example, width)
            if copy is not None:
                yield copy


def wrap_example(example: Example, width: int) -> Example | None:
    """Break a passage into lines; mentions with a break inside keep their words.

    width (int): Characters of a line at most, but for a longer word.
    RETURNS (Optional[Example]): None for a passage that fits into one line.
    """
    edits = []
    start, text = 0, example.text
    blanks = [match.start() for match in _BLANK.finditer(text)]
    for blank, following in zip(blanks, [*blanks[1:], len(text)], strict=True):
        start = max(start, text.rfind("\n", 0, blank) + 1)
        end = text.find("\n", blank, following)
        if (following if end < 0 else end) - start > width:
            edits.append(Edit(blank, blank + 1, "\n"))
            start = blank + 1
    if not edits:
        return None
    return rewrite(
        example,
        edits,
        id=f"{example.id}%{width}",
        derived_from=(example.id,),
        meta={**example.meta, "wrapped": width},
    )
