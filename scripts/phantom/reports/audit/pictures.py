"""Gaps with their intervals, drawn as SVG."""

from collections.abc import Sequence
from html import escape

from phantom.evaluation.audit.records import Cell

WIDTH, ROW, TOP, BOTTOM, LEFT, RIGHT = 460, 24, 8, 24, 150, 14
_MOST_LETTERS = 20


def draw_gaps(cells: Sequence[Cell]) -> str:
    """One row per group: its score less that of the others, 0 in the middle.

    cells (Sequence[Cell]): Of one dimension, score and label; none too small.
    RETURNS (str): An SVG element that takes its colors from the page.
    """
    edges = [abs(x) for c in cells for x in (c.low, c.high) if x is not None]
    most = max([0.1, *edges])
    height = TOP + ROW * len(cells) + BOTTOM
    half = (WIDTH - LEFT - RIGHT) / 2
    middle = LEFT + half

    def place(value: float) -> float:
        return middle + half * value / most

    parts = []
    for share in (-1.0, -0.5, 0.0, 0.5, 1.0):
        x, kind = place(share * most), "grid" if share else "zero"
        parts.append(
            f'<line class="{kind}" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" '
            f'y2="{height - BOTTOM}"/>'
        )
        label = f"{100 * share * most:+.0f}" if share else "0"
        parts.append(_text(x, height - 7, label, "middle"))
    for i, cell in enumerate(cells):
        y = TOP + ROW * (i + 0.5)
        gap, low, high = cell.gap or 0.0, cell.low or 0.0, cell.high or 0.0
        kind = " bad" if cell.alarm else ""
        name = cell.group
        if len(name) > _MOST_LETTERS:
            name = name[: _MOST_LETTERS - 1] + "\u2026"
        note = (
            f"{cell.name}: {100 * (cell.value or 0):.1f}, others "
            f"{100 * (cell.rest or 0):.1f}; {100 * gap:+.1f} ({100 * low:+.1f} to "
            f"{100 * high:+.1f}) on {cell.support:,} in {cell.documents:,} documents"
        )
        parts.append(
            f"<g><title>{escape(note)}</title>"
            + _text(LEFT - 8, y + 4, escape(name), "end")
            + f'<line class="range{kind}" x1="{place(low):.1f}" '
            f'x2="{place(high):.1f}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<circle class="dot{kind}" cx="{place(gap):.1f}" cy="{y:.1f}" r="4"/></g>'
        )
    title = f"Gaps of {cells[0].metric} by {cells[0].dimension}"
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(title)}">{"".join(parts)}</svg>'
    )


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>'
