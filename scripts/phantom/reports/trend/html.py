"""The trend page: one file, drawn as SVG, that opens from disk."""

from html import escape
from pathlib import Path
from typing import Any

from markupsafe import Markup

from phantom.reports.comparison import signed
from phantom.reports.pages import page_environment
from phantom.reports.tables import percent

WIDTH, HEIGHT = 440, 210
LEFT, RIGHT, TOP, BOTTOM = 38, 14, 12, 34
MOST_NAMES = 4


def trend_html(trend: dict[str, Any]) -> str:
    """Render what `build_trend` gathered. RETURNS (str): A page on its own."""
    environment = page_environment(Path(__file__).parent)
    environment.filters["percent"] = lambda x: "" if x is None else percent(x)
    environment.filters["signed"] = signed
    page = environment.get_template("trend.html.jinja")
    return page.render(trend=trend, draw=lambda plot: Markup(draw_line(plot)))


def draw_line(plot: dict[str, Any]) -> str:
    """F1 over the runs with its interval; hollow where the records are others.

    plot (Dict[str, Any]): One of the plots of `build_trend`.
    RETURNS (str): An SVG element that takes its colors from the page.
    """
    points = plot["points"]
    inner = WIDTH - LEFT - RIGHT
    step = inner / max(1, len(points) - 1)
    xs = [
        LEFT + (i * step if len(points) > 1 else inner / 2) for i in range(len(points))
    ]
    parts = [_axis(value) for value in (0, 0.25, 0.5, 0.75, 1)]
    every = -(-len(points) // MOST_NAMES)
    for i, (x, point) in enumerate(zip(xs, points, strict=True)):
        if (len(points) - 1 - i) % every == 0:
            end = "start" if i == 0 and len(points) > 1 else "middle"
            end = "end" if i and i == len(points) - 1 else end
            name = escape(point["id"])
            parts.append(_text(x, HEIGHT - 10, name, end))
    known = [(x, p) for x, p in zip(xs, points, strict=True) if p["f"] is not None]
    for x, p in known:
        if p["low"] is not None:
            ends = f'y1="{_y(p["low"]):.1f}" y2="{_y(p["high"]):.1f}"'
            parts.append(f'<line class="range" x1="{x:.1f}" x2="{x:.1f}" {ends}/>')
    path = " ".join(
        f"{'L' if i and p['same_records'] else 'M'}{x:.1f},{_y(p['f']):.1f}"
        for i, (x, p) in enumerate(known)
    )
    parts.append(f'<path class="line" d="{path}"/>')
    for i, (x, p) in enumerate(known):
        kind = "dot" if p["same_records"] else "dot other"
        note = f"{p['id']}: {percent(p['f'])}"
        note += "" if p["same_records"] else ", on other records than before"
        parts.append(
            f'<circle class="{kind}" cx="{x:.1f}" cy="{_y(p["f"]):.1f}" r="4">'
            f"<title>{escape(note)}</title></circle>"
        )
        if i == len(known) - 1:
            parts.append(_text(x - 7, _y(p["f"]) - 9, percent(p["f"]), "end", "value"))
    title = f"{plot['dataset']} {plot['split']}, {plot['task']}"
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(title)}">{"".join(parts)}</svg>'
    )


def _y(value: float) -> float:
    return TOP + (1 - value) * (HEIGHT - TOP - BOTTOM)


def _axis(value: float) -> str:
    y = _y(value)
    line = f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>'
    return line + _text(LEFT - 6, y + 4, f"{100 * value:.0f}", "end")


def _text(x: float, y: float, text: str, anchor: str, kind: str = "") -> str:
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">'
        f"{text}</text>"
    )
