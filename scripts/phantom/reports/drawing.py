"""Relations as arcs over a text with its entities."""

from collections.abc import Iterable
from html import escape
from typing import Any

from spacy.displacy.templates import TPL_TITLE
from spacy.tokens import Doc

from phantom.reports.layout import (
    FONT,
    LABEL,
    PAD,
    Arc,
    Box,
    Layout,
    lay_out,
    text_width,
    units,
)

PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Relations</title></head>
<body style="font-family: sans-serif; padding: 2rem; background: #fff">
{content}
</body>
</html>
"""
PALETTE = (
    *("#7aecec", "#feca74", "#9cc9cc", "#d7b4fb", "#ffb3bf"),
    *("#bfeeb7", "#ffeb80", "#bfe1d9", "#e4e7d2", "#ddd"),
)
INKS = ("#444", "#1f5fa8", "#a3341f", "#2b7a3d", "#7b3f98", "#8a6100", "#00767a")
STYLE = (
    "font-family: -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif; "
    "max-width: 100%; height: auto; background: #fff"
)


def render_relations(
    docs: Doc | Iterable[Doc],
    *,
    colors: dict[str, str] | None = None,
    symmetric: Iterable[str] = (),
    width: int = 960,
    page: bool = True,
) -> str:
    """Draw docs with entities as displaCy marks them and relations as arcs.

    Lines are wrapped; an arc that leaves a line goes on at the start of the next.

    docs (Union[Doc, Iterable[Doc]]): Docs with `ents` and `_.relations`; a title is
        taken from `user_data["title"]`.
    colors (Optional[Dict[str, str]]): Background by entity label, over a palette
        that is dealt out by label name.
    symmetric (Iterable[str]): Relation labels to draw without an arrow.
    width (int): Width of the drawing in pixels.
    page (bool): A whole HTML page, or only its figures.
    RETURNS (str): Self-contained HTML.
    """
    docs = [docs] if isinstance(docs, Doc) else list(docs)
    labels = sorted({ent.label_ for doc in docs for ent in doc.ents})
    palette = {label: PALETTE[i % len(PALETTE)] for i, label in enumerate(labels)}
    palette |= colors or {}
    plain = set(symmetric)
    figures = []
    for doc in docs:
        title = doc.user_data.get("title")
        figure = TPL_TITLE.format(title=escape(str(title))) if title else ""
        svg = _draw(lay_out(doc, width), palette, plain)
        figures.append(f'<figure style="margin: 0 0 3rem">{figure}{svg}</figure>')
    html = "\n".join(figures)
    return PAGE.format(content=html) if page else html


def relations_to_displacy(doc: Doc) -> dict[str, Any]:
    """Words and arcs for `displacy.render(..., style="dep", manual=True)`.

    Every mention is one word, with its entity label where displaCy puts the tag.

    RETURNS (Dict[str, Any]): `words`, `arcs` and `title`.
    """
    labels = {(ent.start, ent.end): ent.label_ for ent in doc.ents}
    words: list[dict[str, str]] = []
    places: dict[int, int] = {}
    for start, end in units(doc):
        places[start] = len(words)
        tag = labels.get((start, end), "")
        words.append({"text": doc[start:end].text, "tag": tag})
    arcs = []
    for relation in doc._.relations or ():
        # An end may lie in a larger entity that came later.
        ends = (relation["head"][0], relation["tail"][0])
        head, tail = (places[max(s for s in places if s <= end)] for end in ends)
        arcs.append(
            {
                "start": min(head, tail),
                "end": max(head, tail),
                "label": relation["label"],
                "dir": "right" if head < tail else "left",
            }
        )
    return {"words": words, "arcs": arcs, "title": doc.user_data.get("title")}


def _draw(layout: Layout, colors: dict[str, str], symmetric: set[str]) -> str:
    parts = [_draw_arc(arc, arc.label in symmetric) for arc in layout.arcs]
    parts += [_draw_box(box, colors) for box in layout.boxes]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="displacy" role="img" '
        f'width="{layout.width:.0f}" height="{layout.height:.0f}" '
        f'viewBox="0 0 {layout.width:.0f} {layout.height:.0f}" style="{STYLE}">'
        + "".join(parts)
        + "</svg>"
    )


def _draw_box(box: Box, colors: dict[str, str]) -> str:
    x, parts, size = box.x, [], text_width(box.text)
    if box.label is not None:
        color = escape(colors.get(box.label, PALETTE[-1]))
        parts.append(
            f'<rect x="{x:.1f}" y="{box.y - FONT - PAD / 2:.1f}" rx="5" '
            f'width="{box.width:.1f}" height="{FONT + 2 * PAD}" fill="{color}"/>'
        )
        x += PAD
    parts.append(_text(box.text, x, box.y, size, FONT))
    if box.label:
        small = FONT * LABEL
        start = x + size + PAD
        width = text_width(box.label, small)
        parts.append(_text(box.label, start, box.y - 1, width, small, "bold"))
    return "".join(parts)


def _draw_arc(arc: Arc, symmetric: bool) -> str:
    ink = INKS[arc.group % len(INKS)]
    turn = min(8.0, abs(arc.x2 - arc.x1) / 2)
    left, right = arc.x1 + turn, arc.x2 - turn
    path = f"M{arc.x1:.1f},{arc.top:.1f}"
    if arc.starts:
        path = f"M{arc.x1:.1f},{arc.y:.1f} V{arc.top + turn:.1f} "
        path += f"Q{arc.x1:.1f},{arc.top:.1f} {left:.1f},{arc.top:.1f}"
    if arc.ends:
        path += f" H{right:.1f} Q{arc.x2:.1f},{arc.top:.1f} "
        path += f"{arc.x2:.1f},{arc.top + turn:.1f} V{arc.y:.1f}"
    else:
        path += f" H{arc.x2:.1f}"
    parts = [f'<path d="{path}" fill="none" stroke="{ink}" stroke-width="1.4"/>']
    if arc.arrow and not symmetric:
        x = arc.x1 if arc.arrow == "left" else arc.x2
        parts.append(f'<path d="M{x:.1f},{arc.y + 1:.1f} l-4,-7 h8 z" fill="{ink}"/>')
    width = text_width(arc.label, 11)
    start = (arc.x1 + arc.x2 - width) / 2
    parts.append(
        f'<rect x="{start - 3:.1f}" y="{arc.top - 7:.1f}" width="{width + 6:.1f}" '
        'height="14" fill="#fff"/>'
    )
    parts.append(_text(arc.label, start, arc.top + 4, width, 11, ink=ink))
    return f"<g><title>{escape(arc.note)}</title>{''.join(parts)}</g>"


def _text(
    text: str,
    x: float,
    y: float,
    width: float,
    size: float,
    weight: str = "normal",
    ink: str = "#000",
) -> str:
    """Text made to fit, since the font of the reader is not known."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:.1f}" '
        f'font-weight="{weight}" fill="{ink}" textLength="{width:.1f}" '
        f'lengthAdjust="spacingAndGlyphs">{escape(text)}</text>'
    )
