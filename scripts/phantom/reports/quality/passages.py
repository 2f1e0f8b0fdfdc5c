"""Sample passages: mentions marked in the text, relations as arcs."""

from html import escape
from typing import Any

PALETTE = ("#f4c7a1", "#b9d9eb", "#c5e0b4", "#e3c9ec", "#f6e3a1", "#d5d0c8")
WIDTH = 7.3
GAP = 28


def colors(samples: list[dict[str, Any]]) -> dict[str, str]:
    """A background colour by entity label."""
    labels = sorted({label for s in samples for *_, label in s["entities"]})
    return {label: PALETTE[i % len(PALETTE)] for i, label in enumerate(labels)}


def to_passage(sample: dict[str, Any], palette: dict[str, str]) -> str:
    """The text with its mentions marked. RETURNS (str): HTML, escaped."""
    parts, end = [], 0
    text = sample["text"]
    for start, stop, label in sample["entities"]:
        color = palette.get(label, PALETTE[-1])
        parts.append(escape(text[end:start]))
        parts.append(
            f'<mark style="background:{color}">{escape(text[start:stop])}'
            f"<small>{escape(label)}</small></mark>"
        )
        end = stop
    parts.append(escape(text[end:]))
    return "".join(parts)


def to_arcs(sample: dict[str, Any], palette: dict[str, str]) -> str:
    """The related mentions in a row with an arc for each relation.

    RETURNS (str): SVG, or "" for a passage without relations.
    """
    if not sample["relations"]:
        return ""
    used = sorted({i for head, tail, _ in sample["relations"] for i in (head, tail)})
    centre: dict[int, float] = {}
    boxes, x = [], 4.0
    rise = 20 + 18 * len(sample["relations"])
    for i in used:
        start, stop, label = sample["entities"][i]
        name = sample["text"][start:stop]
        width = WIDTH * len(name) + 14
        color = palette.get(label, PALETTE[-1])
        boxes.append(
            f'<rect x="{x:.0f}" y="{rise}" width="{width:.0f}" height="22" rx="4" '
            f'fill="{color}"/><text x="{x + width / 2:.0f}" y="{rise + 15}" '
            f'text-anchor="middle">{escape(name)}</text>'
        )
        centre[i] = x + width / 2
        x += width + GAP
    arcs = []
    for k, (head, tail, label) in enumerate(sample["relations"]):
        a, b = centre[head], centre[tail]
        top = rise - 22 - 24 * k
        middle = (a + b) / 2
        arcs.append(
            f'<path d="M{a:.0f},{rise} C{a:.0f},{top} {b:.0f},{top} '
            f'{b:.0f},{rise - 5}"/>'
            f'<path class="tip" d="M{b - 4:.0f},{rise - 7} l8,0 l-4,6 z"/>'
            f'<text class="name" x="{middle:.0f}" y="{(rise + 3 * top) / 4 - 3:.0f}" '
            f'text-anchor="middle">{escape(label)}</text>'
        )
    width, height = max(x, 180), rise + 28
    return (
        f'<svg class="arcs" width="{width:.0f}" height="{height}" '
        f'viewBox="0 0 {width:.0f} {height}" role="img" '
        f'aria-label="relations">{"".join(boxes)}{"".join(arcs)}</svg>'
    )
