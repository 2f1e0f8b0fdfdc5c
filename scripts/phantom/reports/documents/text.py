"""The text of a document as HTML: mentions marked, headings in bold, places quoted."""

from collections.abc import Iterable
from html import escape
from typing import Any

from phantom.reports.quality.passages import PALETTE

# Of a text; a browser is slow on more.
SHOWN = 20_000
# Characters around two mentions of a quote, and within it.
AROUND, QUOTED = 60, 320
Mark = tuple[int, int, str, str]


class Text:
    """The text of one row. name (str): Begins the ids of its mentions on the page."""

    def __init__(self, row: dict[str, Any], name: str) -> None:
        self.row, self.name = row, name
        self.shown = row["text"][:SHOWN]
        self.left = max(len(row["text"]) - SHOWN, 0)

    def mark(self, palette: dict[str, str]) -> str:
        """The beginning of the text. RETURNS (str): HTML, escaped."""
        marks = list(self._mentions(palette))
        taken = [(start, end) for start, end, _, _ in marks]
        for section in self.row["sections"]:
            stop = section["start"] + len(section["heading"])
            free = all(stop <= a or b <= section["start"] for a, b in taken)
            if stop <= len(self.shown) and free:
                marks.append((section["start"], stop, "<b>", "</b>"))
        return put_in(self.shown, 0, marks)

    def link(self, place: int) -> str:
        """Where a mention is on the page; "" if that is behind what is shown."""
        there = self.row["entities"][place]["end"] <= len(self.shown)
        return f"#{self.name}-{place}" if there else ""

    def quote(self, *places: int) -> str:
        """The sentences of some mentions, which are in bold. RETURNS (str): HTML."""
        text = self.row["text"]
        spans = sorted(
            (entity["start"], entity["end"])
            for entity in (self.row["entities"][place] for place in places)
        )
        first, last = spans[0][0], max(end for _, end in spans)
        start, end = max(first - AROUND, 0), min(last + AROUND, len(text))
        for a, b in self.row["sentences"]:
            start = a if a <= first < b and last - a < QUOTED else start
            end = b if a < last <= b and b - first < QUOTED else end
        if end - start <= 2 * QUOTED:
            return _piece(text, start, end, spans)
        # Far from each other: what is around each of them.
        cuts = [(max(a - AROUND, 0), b + AROUND, [(a, b)]) for a, b in spans]
        return " ... ".join(_piece(text, *cut) for cut in cuts)

    def _mentions(self, palette: dict[str, str]) -> Iterable[Mark]:
        for place, entity in enumerate(self.row["entities"]):
            if entity["end"] > len(self.shown):
                continue
            said = ", ".join(entity.get("context", {}).values())
            color = palette.get(entity["label"], PALETTE[-1])
            kind = ' class="said"' if said else ""
            tip = f"{entity['label']} ({said})" if said else entity["label"]
            id = f' id="{self.name}-{place}"'
            begin = f'<mark{id}{kind} style="background:{color}">'
            end = f"<small>{escape(tip)}</small></mark>"
            yield entity["start"], entity["end"], begin, end


def put_in(text: str, at: int, marks: Iterable[Mark]) -> str:
    """Put tags into a text that begins at an offset. RETURNS (str): HTML, escaped."""
    parts, last = [], 0
    for start, stop, begin, end in sorted(marks):
        inside = escape(text[start - at : stop - at])
        parts += [escape(text[last : start - at]), begin, inside, end]
        last = stop - at
    return "".join([*parts, escape(text[last:])])


def _piece(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> str:
    marks = [(a, b, "<b>", "</b>") for a, b in spans if start <= a and b <= end]
    piece = put_in(text[start:end], start, marks)
    cut = "... " if start and text[start - 1].isalnum() else ""
    return cut + " ".join(piece.split())
