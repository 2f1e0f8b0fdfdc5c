"""The confusion of labels, drawn; each cell leads to its mistakes."""

from collections.abc import Mapping
from html import escape

from phantom.reports.layout import text_width

NONE = "(none)"
CELL, HIGH, SMALL = 84, 34, 12


def anchor(family: str, gold: str, predicted: str) -> str:
    """The id of the list of a cell's mistakes."""
    return f"{family}-{gold or 'none'}-{predicted or 'none'}"


def draw_confusion(family: str, table: Mapping[str, Mapping[str, int]]) -> str:
    """Gold labels down, predicted labels across; the darker, the more.

    Right ones stand on the diagonal, wrong bounds of a right label, too; cells with
    mistakes are links to them.

    table (Mapping[str, Mapping[str, int]]): Counts by gold and predicted label, "" for
        none.
    RETURNS (str): SVG.
    """
    labels = [x for x in table if x]
    found = {label for row in table.values() for label in row if label}
    labels += sorted(found - set(labels))
    names = [*labels, ""]
    left = 20 + max(text_width(name or NONE, SMALL) for name in names)
    cell = max(CELL, 10 + max(text_width(name or NONE, SMALL) for name in names))
    width, height = left + cell * len(names) + 8, 44 + HIGH * len(names) + 8
    most = max(
        (n for g, row in table.items() for p, n in row.items() if g != p), default=1
    )
    parts = [
        f'<text x="{left + cell * len(names) / 2:.0f}" y="14" class="axis" '
        'text-anchor="middle">predicted</text>'
    ]
    for i, name in enumerate(names):
        x, y = left + cell * (i + 0.5), 44 + HIGH * (i + 0.62)
        shown = escape(name or NONE)
        parts.append(f'<text x="{x:.0f}" y="36" text-anchor="middle">{shown}</text>')
        parts.append(
            f'<text x="{left - 8:.0f}" y="{y:.0f}" text-anchor="end">{shown}</text>'
        )
    for row, gold in enumerate(names):
        for column, predicted in enumerate(names):
            if not (gold or predicted):
                continue
            count = table.get(gold, {}).get(predicted, 0)
            parts.append(
                _draw_cell(
                    left + cell * column,
                    44 + HIGH * row,
                    cell,
                    count,
                    count / max(1, most),
                    "" if gold == predicted else anchor(family, gold, predicted),
                )
            )
    return (
        f'<svg class="confusion" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" role="img" '
        f'aria-label="confusion of {family}">{"".join(parts)}</svg>'
    )


def _draw_cell(
    x: float, y: float, width: float, count: int, share: float, link: str
) -> str:
    fill = (
        f"rgba(179, 38, 30, {0.08 + 0.8 * min(1.0, share):.2f})" if link else "#d5ecd9"
    )
    ink = "#fff" if link and share > 0.55 else "#1d2733"
    fill, ink = (fill, ink) if count else ("#f2f4f7", "#6b7683")
    drawn = (
        f'<rect x="{x + 1:.0f}" y="{y + 1:.0f}" width="{width - 2:.0f}" '
        f'height="{HIGH - 2}" rx="5" fill="{fill}"/>'
        f'<text x="{x + width / 2:.0f}" y="{y + HIGH * 0.62:.0f}" '
        f'text-anchor="middle" fill="{ink}">{count:,}</text>'
    )
    return f'<a href="#{escape(link)}">{drawn}</a>' if link and count else drawn
