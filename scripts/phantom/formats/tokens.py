"""Tokens for formats that need some, parted where entities begin and end."""

import re

from phantom.formats.spacing import Span, align
from phantom.records import Example

TOKEN = re.compile(r"\w+|[^\w\s]")


def split_tokens(example: Example) -> list[Span]:
    """Character spans of the source's own tokens, or of words and signs.

    A token in which an entity begins or ends is parted there.
    """
    text = example.text
    spans = align(example.tokens or [], text, 0) or [
        match.span() for match in TOKEN.finditer(text)
    ]
    bounds = {x for entity in example.entities for x in (entity.start, entity.end)}
    pieces: list[Span] = []
    for start, end in spans:
        cuts = [start, *sorted(x for x in bounds if start < x < end), end]
        pieces += zip(cuts, cuts[1:], strict=False)
    return pieces
