"""Where the words of a BioC document lie: its text, unit and frame of offsets."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from phantom.formats.base import Report
from phantom.formats.mentions import same_words
from phantom.formats.units import SIZES, UNITS, find_unit

# Bounds of a mention's pieces, and its words.
Marked = tuple[tuple[tuple[int, int], ...], str | None]


@dataclass
class Parts:
    """A document as it is gathered.

    pieces (List[Tuple[int, str]]): Offset and text of each passage or sentence.
    marks (List[Tuple[Dict, str]]): Annotations, with a key that is unique.
    frames (List[int]): Offset of the passage or sentence of each annotation.
    relations (List[Tuple[Dict, Dict[str, str]]]): Each with the keys of its level.
    """

    pieces: list[tuple[int, str]] = field(default_factory=list)
    marks: list[tuple[dict[str, Any], str]] = field(default_factory=list)
    frames: list[int] = field(default_factory=list)
    relations: list[tuple[dict[str, Any], dict[str, str]]] = field(default_factory=list)


class Placed(NamedTuple):
    """A document's text, the unit that its offsets count, and where the marks lie."""

    text: str
    unit: str
    marks: list[Marked]


def place_marks(
    parts: Parts, marks: list[Marked], candidates: list[str], report: Report
) -> Placed:
    """Place marks as the document counts, or as passages do if words lie only so.

    RAISES: ValueError if no unit fits the words, as the document counts.
    """
    moved: list[Marked] = [
        (tuple((a + by, b + by) for a, b in bounds), words)
        for (bounds, words), by in zip(marks, parts.frames, strict=True)
    ]
    placed = _fit(parts.pieces, marks, candidates)
    if placed is None:
        placed = _fit(parts.pieces, moved, candidates)
        if placed is not None:
            report.note("offsets of annotations count from their passage or sentence")
    placed = placed or _place(parts.pieces, marks, candidates)
    if placed.unit != "characters":
        report.note(f"offsets count {placed.unit}")
    return placed


def _fit(
    pieces: list[tuple[int, str]], marks: list[Marked], candidates: list[str]
) -> Placed | None:
    """None unless all words lie where the offsets say."""
    try:
        placed = _place(pieces, marks, candidates)
        found = [
            " ".join(
                placed.text[slice(*(UNITS[placed.unit](placed.text, x) for x in ends))]
                for ends in bounds
            )
            for bounds, _ in marks
        ]
    except ValueError:
        return None
    words = [words for _, words in marks]
    fits = all(x is None or same_words(x, y) for x, y in zip(words, found, strict=True))
    return placed if fits else None


def _place(
    pieces: list[tuple[int, str]], marks: list[Marked], candidates: list[str]
) -> Placed:
    """With blanks between passages where offsets leave room."""
    texts = {unit: _join(pieces, unit) for unit in candidates}
    found = {unit: text for unit, text in texts.items() if text is not None}
    if not found:
        raise ValueError(f"offsets of passages overlap in {', '.join(candidates)}")
    spans = [(x[0][0], x[0][1], words) for x, words in marks if len(x) == 1]
    error: ValueError | None = None
    for text in dict.fromkeys(found.values()):
        units = [unit for unit in found if found[unit] == text]
        try:
            return Placed(text, find_unit(text, spans, units), marks)
        except ValueError as problem:
            error = problem
    raise error or ValueError("no text")


def _join(pieces: list[tuple[int, str]], unit: str) -> str | None:
    text = ""
    for offset, words in sorted(pieces, key=lambda x: x[0]):
        room = offset - SIZES[unit](text)
        if room < 0:
            return None
        text += " " * room + words
    return text
