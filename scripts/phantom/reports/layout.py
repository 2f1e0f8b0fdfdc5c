"""Where the boxes and arcs of a relation drawing go: wrapped lines, stacked arcs."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from spacy.tokens import Doc

FONT, SPACE, PAD, LABEL = 15, 4.5, 5, 0.62
LEVEL, LEADING, MARGIN = 20, 34, 12
NARROW, WIDE = set("iljtfrI.,;:'|!()[]/-\"`"), set("mwMW@%")


@dataclass
class Box:
    """A word, or a mention with its label; x, y (float): left edge and baseline."""

    text: str
    label: str | None
    line: int
    x: float
    width: float
    y: float = 0


@dataclass
class Arc:
    """A relation, or the part of it on one line; x1, x2, top, y in pixels.

    group (int): Number of the head mention, for a colour.
    note (str): The relation in words.
    starts, ends (bool): Whether the left and right end stand on a mention.
    arrow (Optional[str]): The end that points to the tail: "left" or "right".
    """

    label: str
    group: int
    note: str
    line: int
    x1: float
    x2: float
    starts: bool
    ends: bool
    arrow: str | None
    level: int = 0
    top: float = 0
    y: float = 0


@dataclass
class Layout:
    """A drawing: boxes, arcs, width and height in pixels."""

    width: float
    height: float = 0
    boxes: list[Box] = field(default_factory=list)
    arcs: list[Arc] = field(default_factory=list)


def units(doc: Doc) -> Iterator[tuple[int, int]]:
    """Token ranges that are drawn as one: mentions, and the words between them."""
    spans = {(ent.start, ent.end) for ent in doc.ents}
    for relation in doc._.relations or ():
        spans |= {tuple(relation["head"]), tuple(relation["tail"])}
    position = 0
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start < position:
            continue
        yield from ((i, i + 1) for i in range(position, start))
        yield start, end
        position = end
    yield from ((i, i + 1) for i in range(position, len(doc)))


def text_width(text: str, size: float = FONT) -> float:
    """Roughly how wide a text is in a sans-serif font, in pixels."""
    total = 0.0
    for char in text:
        if unicodedata.east_asian_width(char) in "WF":
            total += 1.0
        elif char in NARROW:
            total += 0.34
        elif char in WIDE:
            total += 0.88
        elif char.isupper():
            total += 0.69
        elif not unicodedata.combining(char):
            total += 0.56
    return total * size


def lay_out(doc: Doc, width: float) -> Layout:
    """Place the units of a doc on lines and its relations above them."""
    layout = Layout(width)
    labels = {(ent.start, ent.end): ent.label_ for ent in doc.ents}
    places: dict[int, Box] = {}
    x, line = float(MARGIN), 0
    for start, end in units(doc):
        span = doc[start:end]
        text = " ".join(span.text.split())
        if not text:
            line, x = (
                (line + 1, MARGIN) if "\n" in span.text and x > MARGIN else (line, x)
            )
            continue
        label = labels.get((start, end), "" if end - start > 1 else None)
        size = text_width(text)
        if label is not None:
            size += 2 * PAD + (text_width(label, FONT * LABEL) + PAD if label else 0)
        if x > MARGIN and x + size > width - MARGIN:
            line, x = line + 1, MARGIN
        box = Box(text, label, line, x, size)
        layout.boxes.append(box)
        places.update(dict.fromkeys(range(start, end), box))
        layout.width = max(layout.width, x + size + MARGIN)
        x += size + (SPACE if doc[end - 1].whitespace_ else 0)
    groups: dict[int, int] = {}
    for relation in doc._.relations or ():
        head, tail = places[relation["head"][0]], places[relation["tail"][0]]
        score = relation.get("score")
        note = f"{head.text} {relation['label']} {tail.text}"
        note += f" ({score:.2f})" if score is not None else ""
        group = groups.setdefault(id(head), len(groups))
        parts = _split(relation["label"], group, note, head, tail, layout.width)
        layout.arcs.extend(parts)
    _stack(layout, line + 1)
    return layout


def _split(
    label: str, group: int, note: str, head: Box, tail: Box, width: float
) -> Iterator[Arc]:
    """One arc per line that a relation passes, as brat draws it."""
    forward = (head.line, head.x) <= (tail.line, tail.x)
    first, last = (head, tail) if forward else (tail, head)
    for line in range(first.line, last.line + 1):
        starts, ends = line == first.line, line == last.line
        left = first.x + first.width * (0.6 if forward else 0.4) if starts else 2.0
        right = last.x + last.width * (0.4 if forward else 0.6) if ends else width - 2
        arrow = "right" if forward and ends else None
        arrow = "left" if not forward and starts else arrow
        yield Arc(label, group, note, line, left, right, starts, ends, arrow)


def _stack(layout: Layout, lines: int) -> None:
    """Give every arc the lowest level that is free, and every line its height."""
    y = float(MARGIN)
    for line in range(lines):
        arcs = [arc for arc in layout.arcs if arc.line == line]
        taken: list[list[tuple[float, float]]] = []
        for arc in sorted(arcs, key=lambda arc: arc.x2 - arc.x1):
            middle, half = (arc.x1 + arc.x2) / 2, text_width(arc.label, 11) / 2 + 4
            low, high = min(arc.x1, middle - half), max(arc.x2, middle + half)
            arc.level = 0
            while arc.level < len(taken) and any(
                low < b and a < high for a, b in taken[arc.level]
            ):
                arc.level += 1
            if arc.level == len(taken):
                taken.append([])
            taken[arc.level].append((low, high))
        y += LEVEL * len(taken) + LEADING
        for box in layout.boxes:
            if box.line == line:
                box.y = y
        for arc in arcs:
            arc.y = y - FONT - PAD
            arc.top = arc.y - LEVEL * (arc.level + 0.55)
    layout.height = y + MARGIN
