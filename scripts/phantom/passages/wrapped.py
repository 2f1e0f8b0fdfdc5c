"""Hard-wrapped text: passages out of lines, and words whatever the lines do."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

# Marks of quoted mail and of lists at the start of a line.
_QUOTE = re.compile(r"^\s*(?:[>|]\s?)+")
_BULLET = re.compile(r"^\s*(?:[*•·‣◦▪●–—-]+|\(?(?:\d{1,3}|[a-zA-Z])[.)])\s+")
_NUMBERED = re.compile(r"^\s*\(?\d{1,4}[.):]?\s+")
_CLOSED = re.compile(r"[.!?…:;][\"'”’)\]]*$")
_HYPHENS = "-\u00ad\u2010\u2011"
_MARKUP = re.compile(r"<[^<>]{1,80}>|&\w{2,6};|\\[nrt]")
_DIGITS = re.compile(r"\d+")
# A line of so few words may be a header or a page number.
_FEW = 8
# Lines of a file, below which their lengths say nothing of a width.
_LEAST = 5


class Line(NamedTuple):
    """A line of a file that holds something, without marks of quoted mail."""

    number: int
    text: str


def read_passages(lines: Sequence[str]) -> Iterator[Line]:
    """Passages of a text file, each with the number of its first line.

    Lines that follow one another are one passage where they were wrapped: where most
    of them break off in the middle of a sentence. Otherwise each is a passage.
    """
    for block in _blocks(lines, _width(lines)):
        text = block[0].text
        for line in block[1:]:
            text = _join(text, line.text)
        yield Line(block[0].number, text)


def loosen(lines: Sequence[str]) -> list[list[Line]]:
    """The lines of a file read in three ways, for finding what was copied from it.

    As they are; without numbers of lines, markup, and lines that recur (page headers);
    and of those without short lines, since a header may stand on one page alone.
    """
    plain = _numbered(lines)
    bare = [Line(n, _NUMBERED.sub("", _MARKUP.sub(" ", text))) for n, text in plain]
    kinds = Counter(_kind(text) for _, text in bare)
    once = [line for line in bare if kinds[_kind(line.text)] == 1]
    long = [line for line in once if len(line.text.split()) > _FEW]
    return [plain, once, long]


def _numbered(lines: Sequence[str]) -> list[Line]:
    found = [Line(i, _QUOTE.sub("", x).strip()) for i, x in enumerate(lines, start=1)]
    return [line for line in found if line.text]


def _kind(text: str) -> str:
    return _DIGITS.sub("0", text.casefold())


def _width(lines: Sequence[str]) -> int:
    """The length at which most lines were wrapped, if they were."""
    lengths = sorted(len(line.rstrip()) for line in lines if line.strip())
    if len(lengths) < _LEAST:
        return sum(lengths)
    return lengths[round(0.9 * (len(lengths) - 1))]


def _blocks(lines: Sequence[str], width: int) -> Iterator[list[Line]]:
    """Lines that stand together, those of one passage each."""
    together: list[list[Line]] = [[]]
    for number, raw in enumerate(lines, start=1):
        line = Line(number, _QUOTE.sub("", raw).rstrip())
        if not line.text.strip() or _BULLET.match(line.text):
            together.append([])
        if line.text.strip():
            together[-1].append(line)
    for block in together:
        breaks = [_breaks_off(a.text, b.text, width) for a, b in _pairs(block)]
        stripped = [Line(n, _BULLET.sub("", text).strip()) for n, text in block]
        stripped = [line for line in stripped if line.text]
        if 2 * sum(breaks) >= max(len(breaks), 1):
            yield from [stripped] if stripped else []
        else:
            yield from ([line] for line in stripped)


def _pairs(block: list[Line]) -> list[tuple[Line, Line]]:
    return list(zip(block, block[1:], strict=False))


def _breaks_off(line: str, following: str, width: int) -> bool:
    """Whether a sentence goes on in the next line."""
    if _CLOSED.search(line):
        return False
    first = following.split()[0]
    # The next word, though a capital or a number, had no room any more.
    return first[0].islower() or len(line) + 1 + len(first) > width


def _join(text: str, line: str) -> str:
    """One line behind the other; a word that was divided is put together."""
    if len(text) > 1 and text[-1] in _HYPHENS and text[-2].isalpha():
        return text[:-1] + line if line[0].islower() else text + line
    return f"{text} {line}"
