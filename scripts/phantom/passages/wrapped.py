"""Hard-wrapped text: passages out of lines, and words whatever the lines do."""

import html
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
_MARKUP = re.compile(r"<[^<>]{1,80}>|\\(?:pard?|line|tab|cell|row)\b|\\[nrt]")
# Characters as mail writes them (quoted-printable).
_QUOTED = re.compile(r"(?:=[0-9A-F]{2})+")
_DIGITS = re.compile(r"\d+")
_CAPITALS = re.compile(r"[A-Z]+")
_COLUMNS = re.compile(r"\t|\s{3,}")
# A line of so few words may be a header or a page number.
_FEW = 8
# Lines of a file, below which their lengths say nothing of a width.
_LEAST = 5
# Share of lines with a margin, or with columns, that makes it one.
_MOST = 0.6


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
    """The lines of a file read in several ways, for finding what was copied from it.

    As they are; without numbers of lines, margins such as times or initials, markup,
    and lines that recur (page headers); of those without short lines, since a header
    may stand on one page alone; and column by column, if there are any.
    """
    plain = _numbered(lines)
    bare = _without_margins([Line(n, _bare(text)) for n, text in plain])
    kinds = Counter(_kind(text) for _, text in bare)
    once = [line for line in bare if kinds[_kind(line.text)] == 1]
    long = [line for line in once if len(line.text.split()) > _FEW]
    columns = _by_column(plain)
    return [plain, once, long, *([columns] if columns else [])]


def _bare(text: str) -> str:
    """A line without markup and number, escaped characters as they are."""
    text = _QUOTED.sub(lambda match: _decode(match.group()), html.unescape(text))
    return _NUMBERED.sub("", _MARKUP.sub(" ", text))


def _decode(quoted: str) -> str:
    return bytes.fromhex(quoted.replace("=", "")).decode("utf-8", "replace")


def _without_margins(lines: list[Line]) -> list[Line]:
    """Lines without a first or last word of one form, such as 08:15, JD: or [12]."""
    for place in (0, -1):
        words = [line.text.split() for line in lines]
        forms = [_form(found[place]) if len(found) > 1 else "" for found in words]
        counts = Counter(form for form in forms if not form.isalpha())
        form, count = counts.most_common(1)[0] if counts else ("", 0)
        if form and count >= max(3, _MOST * len(lines)):
            lines = [
                Line(line.number, " ".join(found[1:] if place == 0 else found[:-1]))
                if own == form
                else line
                for line, found, own in zip(lines, words, forms, strict=True)
            ]
    return lines


def _form(word: str) -> str:
    return _CAPITALS.sub("A", _DIGITS.sub("0", word))


def _by_column(lines: list[Line]) -> list[Line]:
    """The first cell of every line, then the second ...; nothing if most have one.

    A page of two columns comes out of some programs row by row.
    """
    cells = [_COLUMNS.split(line.text) for line in lines]
    if sum(len(row) > 1 for row in cells) < max(2, _MOST * len(lines)):
        return []
    return [
        Line(line.number, row[column])
        for column in range(max(map(len, cells)))
        for line, row in zip(lines, cells, strict=True)
        if column < len(row) and row[column]
    ]


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
