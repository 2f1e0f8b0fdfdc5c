"""Words read line by line across a page, with its columns one after the other."""

from collections.abc import Iterator, Sequence
from itertools import takewhile
from statistics import median
from typing import NamedTuple

# On each side of a gutter; a table of names and figures has fewer.
WORDS = 3
# Widths of the usual blank that a gutter has at least.
BLANKS = 2.5


class ReadWord(NamedTuple):
    """A word as OCR read it.

    left, right, top, bottom (int): Its box, in pixels from the upper left corner.
    confidence (float): In percent. paragraph (Tuple[int, int]): Block and paragraph.
    """

    text: str
    left: int
    right: int
    top: int
    bottom: int
    confidence: float
    paragraph: tuple[int, int]

    @property
    def middle(self) -> float:
        """Halfway between left and right."""
        return (self.left + self.right) / 2


Line = Sequence[ReadWord]


def order_columns(lines: Sequence[Line]) -> list[Line]:
    """Lines in the order in which one reads them.

    Where half of the longer lines have a wide blank at the same place, with three words
    and more on either side, each of their parts is a line: first those on the left of a
    run of such lines, then those on the right.

    lines (Sequence[Line]): From top to bottom, no line empty.
    """
    gutter = _find_gutter(lines)
    if gutter is None:
        return list(lines)
    return [line for part in _part(lines, gutter) for line in part]


def _part(lines: Sequence[Line], gutter: float) -> Iterator[list[Line]]:
    left: list[Line] = []
    right: list[Line] = []
    for line in lines:
        before = [word for word in line if word.middle < gutter]
        after = [word for word in line if word.middle >= gutter]
        reaches = any(word.left < gutter < word.right for word in line)
        # What stands on one side alone is a heading, unless a column goes on beside it.
        if reaches or not (right or (before and after)):
            yield order_columns(left)
            yield order_columns(right)
            left, right = [], []
            yield [line]
            continue
        left += [before] if before else []
        right += [after] if after else []
    yield order_columns(left)
    yield order_columns(right)


def _find_gutter(lines: Sequence[Line]) -> float | None:
    long = [line for line in lines if len(line) >= 2 * WORDS]
    if len(long) < 3:
        return None
    words = [word for line in lines for word in line]
    height = median(word.bottom - word.top for word in words)
    blanks = [
        b.left - a.right for line in lines for a, b in zip(line, line[1:], strict=False)
    ]
    wide = max(height, BLANKS * median(blanks))
    gaps = [gap for line in long for gap in _wide_gaps(line, wide)]
    # Where most gaps lie over one another: the middle of the first such place.
    edges = sorted({(a + b) / 2 for gap in gaps for a in gap for b in gap})
    counts = [sum(start <= x <= end for start, end in gaps) for x in edges]
    most = max(counts, default=0)
    if most < max(3, len(long) / 2):
        return None
    first = counts.index(most)
    rest = takewhile(lambda i: counts[i] == most, range(first, len(counts)))
    return median(edges[i] for i in rest)


def _wide_gaps(line: Line, wide: float) -> Iterator[tuple[int, int]]:
    for number in range(WORDS, len(line) - WORDS + 1):
        start, end = line[number - 1].right, line[number].left
        if end - start >= wide:
            yield start, end
