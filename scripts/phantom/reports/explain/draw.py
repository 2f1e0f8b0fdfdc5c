"""An explanation drawn in its text: words by what they add, mentions, the arc."""

from html import escape
from itertools import pairwise

from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

from phantom.evaluation.explain.records import Explained, Explanation
from phantom.reports.layout import (
    FONT,
    LABEL,
    PAD,
    Arc,
    Box,
    lay_out,
    text_width,
    units,
)
from phantom.runtime import register_components

# The colour of the strongest word; more would hide what is written on it.
STRONGEST = 0.55
# For screens of desks and of phones; the page shows the one that fits.
WIDTHS = {"wide": 860, "narrow": 340}


def draw_explanation(explained: Explained, explanation: Explanation) -> str:
    """Draw one explanation, once per width.

    RETURNS (str): SVG in two figures, whose styles are in `style.css`.
    """
    doc = _make_doc(explained, explanation)
    strongest = max(map(abs, explanation.values), default=0.0) or 1.0
    sums = [
        sum(explanation.values[a:b]) for a, b in units(doc) if doc[a:b].text.strip()
    ]
    figures = []
    for name, width in WIDTHS.items():
        layout = lay_out(doc, width)
        parts = [_arc(arc) for arc in layout.arcs]
        parts += [
            _box(box, value, value / strongest)
            for box, value in zip(layout.boxes, sums, strict=True)
        ]
        figures.append(
            f'<svg class="why {name}" role="img"'
            f' aria-label="{_say(explained, explanation)}"'
            f' viewBox="0 0 {layout.width:.0f} {layout.height:.0f}"'
            f' width="{layout.width:.0f}">{"".join(parts)}</svg>'
        )
    return "".join(figures)


def _make_doc(explained: Explained, explanation: Explanation) -> Doc:
    """The text as a doc with the mentions, and the relation if it is one."""
    register_components()
    tokens, text = explained.tokens, explained.text
    gaps = [b[0] > a[1] for a, b in pairwise(tokens)]
    words = [text[a:b] for a, b in tokens]
    doc = Doc(Vocab(), words=words, spaces=[*gaps, False] if words else [])
    first = {a: i for i, (a, _) in enumerate(tokens)}
    last = {b: i + 1 for i, (_, b) in enumerate(tokens)}
    shown = explanation.spans if explanation.family == "mentions" else None
    doc.ents = [
        Span(doc, first[a], last[b], label)
        for a, b, label in explained.mentions
        if shown is None or (a, b) in shown
    ]
    doc._.relations = []
    if explanation.family == "relations":
        head, tail = ([first[a], last[b]] for a, b in explanation.spans)
        doc._.relations = [{"head": head, "tail": tail, "label": explanation.label}]
    return doc


def _say(explained: Explained, explanation: Explanation) -> str:
    names = [explained.text[a:b] for a, b in explanation.spans]
    return escape(f" {explanation.label} ".join(names))


def _box(box: Box, value: float, share: float) -> str:
    side = "for" if value > 0 else "against"
    strength = STRONGEST * min(abs(share), 1.0)
    mention = " mention" if box.label else ""
    x = box.x + (PAD if box.label is not None else 0)
    width = text_width(box.text)
    parts = [
        f'<rect class="{side}{mention}" x="{box.x - 1:.1f}" y="{box.y - FONT - 2:.1f}"'
        f' width="{box.width + 2:.1f}" height="{FONT + 8}" rx="4"'
        f' fill-opacity="{strength:.2f}"/>',
        _text(box.text, x, box.y, width, FONT),
    ]
    if box.label:
        small = FONT * LABEL
        start = x + width + PAD
        wide = text_width(box.label, small)
        parts.append(_text(box.label, start, box.y - 1, wide, small, "label"))
    note = f"{box.text}: {value:+.2f}"
    return f"<g><title>{escape(note)}</title>{''.join(parts)}</g>"


def _arc(arc: Arc) -> str:
    start = f"M{arc.x1:.1f},{arc.y if arc.starts else arc.top:.1f} V{arc.top:.1f}"
    end = f" H{arc.x2:.1f}" + (f" V{arc.y:.1f}" if arc.ends else "")
    parts = [f'<path class="arc" d="{start}{end}"/>']
    if arc.arrow:
        x = arc.x1 if arc.arrow == "left" else arc.x2
        parts.append(f'<path class="tip" d="M{x:.1f},{arc.y + 1:.1f} l-4,-7 h8 z"/>')
    width = text_width(arc.label, 11)
    left = (arc.x1 + arc.x2 - width) / 2
    parts.append(
        f'<rect class="behind" x="{left - 3:.1f}" y="{arc.top - 7:.1f}"'
        f' width="{width + 6:.1f}" height="14"/>'
    )
    parts.append(_text(arc.label, left, arc.top + 4, width, 11, "label"))
    return "".join(parts)


def _text(
    text: str, x: float, y: float, width: float, size: float, kind: str = "word"
) -> str:
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" font-size="{size:.1f}"'
        f' textLength="{width:.1f}" lengthAdjust="spacingAndGlyphs">'
        f"{escape(text)}</text>"
    )
