"""Where the words of a BioC document lie: its text, unit and frame of offsets."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

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


def frame(
    parts: Parts, marks: list[Marked], candidates: list[str], report: Report
) -> list[Marked]:
    """The marks as the document counts; moved only if so, and not before, words fit."""
    moved: list[Marked] = [
        (tuple((a + by, b + by) for a, b in bounds), words)
        for (bounds, words), by in zip(marks, parts.frames, strict=True)
    ]
    if _lie(parts, marks, candidates) or not _lie(parts, moved, candidates):
        return marks
    report.note("offsets of annotations count from their passage or sentence")
    return moved


def _lie(parts: Parts, marks: list[Marked], candidates: list[str]) -> bool:
    """Whether all words lie where the offsets say."""
    try:
        text, unit = place_text(parts.pieces, marks, candidates, Report())
        found = [
            " ".join(text[UNITS[unit](text, a) : UNITS[unit](text, b)] for a, b in x)
            for x, _ in marks
        ]
    except ValueError:
        return False
    words = [words for _, words in marks]
    return all(x is None or same_words(x, y) for x, y in zip(words, found, strict=True))


def place_text(
    pieces: list[tuple[int, str]],
    marks: Sequence[Marked],
    candidates: list[str],
    report: Report,
) -> tuple[str, str]:
    """The text, blanks between passages where offsets leave room, and its unit."""
    texts = {unit: _join(pieces, unit) for unit in candidates}
    found = {unit: text for unit, text in texts.items() if text is not None}
    if not found:
        raise ValueError(f"offsets of passages overlap in {', '.join(candidates)}")
    spans = [(x[0][0], x[0][1], words) for x, words in marks if len(x) == 1]
    error: ValueError | None = None
    for text in dict.fromkeys(found.values()):
        units = [unit for unit in found if found[unit] == text]
        try:
            unit = find_unit(text, spans, units)
        except ValueError as problem:
            error = problem
            continue
        if unit != "characters":
            report.note(f"offsets count {unit}")
        return text, unit
    raise error or ValueError("no text")


def _join(pieces: list[tuple[int, str]], unit: str) -> str | None:
    text = ""
    for offset, words in sorted(pieces, key=lambda x: x[0]):
        room = offset - SIZES[unit](text)
        if room < 0:
            return None
        text += " " * room + words
    return text
