"""How text stands on a page: a letter, two columns, a table, a form."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain

from phantom.scans.sheets import MARGIN, WIDTH, Frame, Sheets
from phantom.scans.words import FormWords

# Where a part of the text begins and ends.
Part = tuple[int, int]
Layout = Callable[[Sheets, Sequence[Part], FormWords], None]
_INK, _PAD, _TOP = 60, 16, 60
_RIGHT = WIDTH - MARGIN


def letter(sheets: Sheets, parts: Sequence[Part], words: FormWords) -> None:
    """A heading with a reference, and the text as paragraphs below."""
    frames = sheets.frames(_head(sheets, words))
    frame = next(frames)
    for start, end in _paragraphs(sheets.text, parts):
        frame = sheets.flow(start, end, frame, frames)
        frame = frame._replace(top=frame.top + sheets.hand.line // 2)


def columns(sheets: Sheets, parts: Sequence[Part], words: FormWords) -> None:
    """Two columns of like length, as in a journal or a brochure."""
    top = _head(sheets, words)
    frames = sheets.frames(top, columns=2)
    first = next(frames)
    width = sum(sheets.hand.measure(x + " ") for x in sheets.text.split())
    paragraphs = _paragraphs(sheets.text, parts)
    lines = int(1.08 * width / (first.right - first.left)) + len(paragraphs)
    bottom = top + sheets.hand.line * (1 + lines // 2)
    if bottom < first.bottom:
        second = next(frames)._replace(bottom=bottom + 2 * sheets.hand.line)
        first = first._replace(bottom=bottom)
        frames = chain([second], sheets.frames(MARGIN, columns=2, page=1))
    for start, end in paragraphs:
        first = sheets.flow(start, end, first, frames)


def table(sheets: Sheets, parts: Sequence[Part], words: FormWords) -> None:
    """A row with a number for each sentence, between rules."""
    hand, middle = sheets.hand, MARGIN + 110
    top, page = _TOP, 0
    if words.number and words.titles:
        title = words.titles[sheets.rng.integers(len(words.titles))]
        sheets.label(words.number, (0, MARGIN + _PAD, top), hand)
        sheets.label(title, (0, middle + _PAD, top), hand, gap=" ")
        top += hand.line + _PAD
    begin = top
    sheets.pen(0).line((MARGIN, top, _RIGHT, top), fill=_INK, width=3)
    for number, (start, end) in enumerate(parts, start=1):
        frames = sheets.frames(MARGIN)
        room = Frame(page, middle + _PAD, top + _PAD, _RIGHT - _PAD, 10**6)
        height = _height(sheets, start, end, room)
        if top + height > next(frames).bottom and top > MARGIN:
            _rules(sheets, page, begin, top, middle)
            page, top, begin = page + 1, MARGIN, MARGIN
            sheets.pen(page).line((MARGIN, top, _RIGHT, top), fill=_INK, width=3)
        place = (page, MARGIN + _PAD, top + _PAD)
        sheets.label(f"{number}", place, hand, gap="\n\n")
        room = room._replace(page=page, top=top + _PAD, bottom=next(frames).bottom)
        later = sheets.frames(MARGIN, page=page + 1)
        rest = (x._replace(left=room.left) for x in later)
        room = sheets.flow(start, end, room, rest, gap=" ")
        page, top = room.page, room.top + _PAD
        sheets.pen(page).line((MARGIN, top, _RIGHT, top), fill=_INK, width=2)
    _rules(sheets, page, begin, top, middle)


def form(sheets: Sheets, parts: Sequence[Part], words: FormWords) -> None:
    """Boxes with a printed label each, the text within."""
    small = replace(sheets.hand, size=max(sheets.hand.size - 3, 18), wobble=0.0)
    top, page = _head(sheets, words), 0
    fields = list(words.fields) or [""]
    size = -(-len(parts) // min(len(fields), len(parts)))
    for number, first in enumerate(range(0, len(parts), size)):
        start, end = parts[first][0], parts[min(first + size, len(parts)) - 1][1]
        room = Frame(page, MARGIN + _PAD, top + _PAD, _RIGHT - _PAD, 10**6)
        height = _height(sheets, start, end, room) + small.line
        frames = sheets.frames(MARGIN)
        bottom = next(frames).bottom
        if top + height > bottom and top > MARGIN:
            page, top = page + 1, MARGIN
        place = (page, MARGIN + _PAD, top + _PAD)
        if fields[number]:
            sheets.label(f"{fields[number]}:", place, small)
        room = room._replace(page=page, top=top + _PAD + small.line, bottom=bottom)
        room = sheets.flow(start, end, room, sheets.frames(MARGIN, page=page + 1))
        if room.page == page:
            box = (MARGIN, top, _RIGHT, room.top + _PAD)
            sheets.pen(page).rectangle(box, outline=_INK, width=2)
        page, top = room.page, room.top + 2 * _PAD


LAYOUTS: dict[str, Layout] = {
    "letter": letter,
    "columns": columns,
    "table": table,
    "form": form,
}


def _head(sheets: Sheets, words: FormWords) -> int:
    """Print a title and a reference. RETURNS (int): Where the text may begin."""
    if not words.titles:
        return MARGIN
    rng, hand = sheets.rng, replace(sheets.hand, wobble=0.0)
    title = words.titles[rng.integers(len(words.titles))]
    large = replace(hand, size=hand.size + 10)
    sheets.label(title, (0, MARGIN, _TOP), large)
    top = _TOP + large.line
    if words.reference:
        code = f"{rng.integers(100, 1000)}-{rng.integers(10, 100)}"
        sheets.label(f"{words.reference}: {code}", (0, MARGIN, top), hand)
        top += hand.line
    sheets.pen(0).line((MARGIN, top + 6, _RIGHT, top + 6), fill=_INK, width=2)
    return top + hand.line


def _paragraphs(text: str, parts: Sequence[Part]) -> list[Part]:
    """Sentences joined to what stands between the line ends of the text."""
    joined: list[Part] = []
    for start, end in parts:
        if joined and "\n" not in text[joined[-1][1] : start]:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _height(sheets: Sheets, start: int, end: int, room: Frame) -> int:
    width = sheets.hand.measure(" ".join(sheets.text[start:end].split()))
    lines = 1 + int(1.15 * width / (room.right - room.left))
    return lines * sheets.hand.line + 2 * _PAD


def _rules(sheets: Sheets, page: int, top: int, bottom: int, middle: int) -> None:
    pen = sheets.pen(page)
    for left in (MARGIN, middle, _RIGHT):
        if bottom > top:
            pen.line((left, top, left, bottom), fill=_INK, width=2)
