"""Tokens for formats that need some, parted where entities begin and end."""

import re
from collections.abc import Sequence

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


def cover_text(text: str, spans: Sequence[Span]) -> list[Span]:
    """Spans as spaCy wants them: white space that is no single blank is a token.

    spans (Sequence[Span]): Of tokens without white space, in order.
    """
    found: list[Span] = []
    end = 0
    for start, stop in [*spans, (len(text), len(text))]:
        # The blank after a token is its own.
        begin = end + (bool(found) and text[end : end + 1] == " ")
        if begin < start:
            found.append((begin, start))
        found.append((start, stop))
        end = stop
    return found[:-1]


def tokens_of(spans: Sequence[Span], start: int, end: int) -> tuple[int, int]:
    """The first token inside of two offsets, and the one after the last."""
    inside = [i for i, (a, b) in enumerate(spans) if start <= a and b <= end]
    return inside[0], inside[-1] + 1
