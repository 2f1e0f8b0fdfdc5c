"""Figures as pictures: scores beside baselines, curves, a hint's origin."""

import re
from collections.abc import Callable, Iterable, Sequence
from html import escape
from pathlib import Path
from statistics import mean
from typing import Any

from docs.shapes import frame, rect, text

PAGE = Path(__file__).with_name("measurements") / "scores.md"
LEFT, SPAN = 330, 560  # where bars begin, and how long 100% is
COLORS = {"f1": "var(--edge)", "baseline": "var(--soft)"}


def bar(value: float, y: float, color: str) -> str:
    """A bar of so many percent with its number behind it."""
    long = SPAN * value / 100
    return rect(LEFT, y, long, 15, color, "none", 3)


def label(
    x: float, y: float, words: str, anchor: str = "end", strong: bool = False
) -> str:
    """Words that end or start at a point."""
    style = f"text-anchor: {anchor}" + ("; fill: var(--ink)" if strong else "")
    return f'<text x="{x}" y="{y}" style="{style}">{escape(words)}</text>'


def read_scores(row: dict[str, Any]) -> dict[str, Any]:
    """A row with the figures that the page of scores gives it.

    RAISES: ValueError if the page has no such row.
    """
    start = f"| {row['data']} | {row['task']}"
    number = r"(\d+\.\d)"
    wanted = rf"\| {number} \[{number}-{number}\].*{row['against']} {number}"
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        found = re.search(wanted, line) if start in line else None
        if found:
            names = ("f1", "low", "high", "baseline")
            return {**row, **dict(zip(names, map(float, found.groups()), strict=True))}
    raise ValueError(f"{PAGE.name}: no row '{start}' with {row['against']}")


def draw_scores(rows: list[dict[str, Any]]) -> str:
    """F1 of each task with its 95% interval, the baseline below it."""
    parts = [text(500, 28, "strict F1 in % on real text, with 95% intervals")]
    for i, row in enumerate(map(read_scores, rows)):
        y = 48 + 50 * i
        parts.append(label(LEFT - 12, y + 12, row["title"], strong=True))
        parts.append(bar(row["f1"], y, COLORS["f1"]))
        low, high = (LEFT + SPAN * row[end] / 100 for end in ("low", "high"))
        parts.append(
            f'<path style="stroke: var(--ink); stroke-width: 2; fill: none" '
            f'd="M{low:.1f},{y + 3} v9 m0,-4.5 H{high:.1f} m0,-4.5 v9"/>'
        )
        parts.append(label(high + 8, y + 12, f"{row['f1']}", "start", strong=True))
        parts.append(bar(row["baseline"], y + 18, COLORS["baseline"]))
        end = LEFT + SPAN * row["baseline"] / 100 + 8
        told = f"{row['baseline']} {row['against']}"
        parts.append(label(end, y + 30, told, "start"))
    return frame("Scores beside baselines", 1000, 64 + 50 * len(rows), parts)


def draw_curve(points: list[dict[str, float]]) -> str:
    """F1 on synthetic dev against steps, a line for each task."""
    left, top, wide, high = 70, 40, 800, 210
    steps = max(x["step"] for x in points)
    parts = [text(left + wide / 2, 24, "F1 on synthetic dev against steps")]
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = top + high * (1 - share)
        parts.append(
            '<path style="stroke: var(--soft); stroke-width: 0.5" '
            f'd="M{left},{y} H{left + wide}"/>'
        )
        parts.append(label(left - 10, y + 4, f"{share:.0%}"))
    for x in points:
        at = left + wide * x["step"] / steps
        parts.append(text(at, top + high + 22, f"{x['step']:,}"))
    for name, color in (("entities", "edge"), ("relations", "back")):
        places = [
            (left + wide * x["step"] / steps, top + high * (1 - x[name]))
            for x in points
        ]
        line = " L".join(f"{x:.1f},{y:.1f}" for x, y in places)
        style = f"stroke: var(--{color}); stroke-width: 2.5; fill: none"
        parts.append(f'<path style="{style}" d="M{line}"/>')
        x, y = places[-1]
        told = f"{name} {points[-1][name]:.1%}"
        parts.append(
            f'<text x="{x + 10}" y="{y + 4:.1f}" '
            f'style="text-anchor: start; fill: var(--{color})">{told}</text>'
        )
    return frame("Training curve", 1000, 290, parts)


def draw_hint(rows: list[dict[str, Any]]) -> str:
    """Shares in synthetic and in real passages, and the hint that comes of them."""
    parts = []
    for i, row in enumerate(rows):
        y = 30 + 96 * i
        parts.append(label(LEFT - 12, y + 12, row["title"], strong=True))
        for k, (who, color) in enumerate((("synthetic", "back"), ("real", "edge"))):
            share = row[who]
            parts.append(bar(share, y + 20 * k, f"var(--{color})"))
            end = LEFT + SPAN * share / 100 + 8
            parts.append(label(end, y + 12 + 20 * k, f"{share}% {who}", "start"))
        parts.append(label(LEFT, y + 60, f"hint: {row['hint']}", "start", strong=True))
    return frame("From a difference to a hint", 1000, 20 + 96 * len(rows), parts)


def read_curve(rows: Iterable[dict[str, Any]]) -> list[dict[str, float]]:
    """The points of a run from its `training.jsonl`."""
    return [
        {
            "step": row["step"],
            "entities": round(row["scores"]["ents_f"], 3),
            "relations": round(row["scores"]["rel_micro_f"], 3),
        }
        for row in rows
    ]


def draw_epsilons(
    points: list[dict[str, Any]],
    title: str,
    lines: dict[str, str],
    ticks: Sequence[int],
    before: str = "",
) -> str:
    """Figures against epsilon: a dot for each seed, lines by means.

    points (List[Dict]): As `by_epsilon` gives them.
    lines (Dict[str, str]): Color by the name of a figure.
    ticks (Sequence[int]): Of the axis, its ends among them.
    before (str): Words for the point "start", which is a dashed line.
    """
    left, top, wide, high = 90, 44, 640, 230
    marks = [x for x in points if x["epsilon"] != "start"]
    starts = [x for x in points if x["epsilon"] == "start"]
    parts = [text(left + wide / 2, 24, title)]

    def height(value: float) -> float:
        return top + high * (ticks[-1] - value) / (ticks[-1] - ticks[0])

    for value in ticks:
        y = height(value)
        style = "stroke: var(--soft); stroke-width: 0.5"
        parts.append(f'<path style="{style}" d="M{left},{y:.1f} H{left + wide}"/>')
        parts.append(label(left - 10, y + 4, str(value)))
    places = [left + wide * (i + 0.5) / len(marks) for i in range(len(marks))]
    for x, mark in zip(places, marks, strict=True):
        told = "without noise" if mark["epsilon"] == "inf" else str(mark["epsilon"])
        parts.append(text(x, top + high + 22, told))
    for name, color in lines.items():
        stroke = f"stroke: var(--{color}); fill: none"
        for start in starts:
            value = mean(start[name])
            dashes = f"{stroke}; stroke-width: 1.2; stroke-dasharray: 5 5"
            where = f"M{left},{height(value):.1f} H{left + wide}"
            parts.append(f'<path style="{dashes}" d="{where}"/>')
            told = f"{value:.1f} {before}"
            parts.append(label(left + wide + 10, height(value) + 6, told, "start"))
        means = [height(mean(mark[name])) for mark in marks]
        line = " L".join(f"{x:.1f},{y:.1f}" for x, y in zip(places, means, strict=True))
        parts.append(f'<path style="{stroke}; stroke-width: 2.5" d="M{line}"/>')
        parts += [
            f'<circle cx="{x:.1f}" cy="{height(value):.1f}" r="3.5" '
            f'style="fill: var(--{color})"/>'
            for x, mark in zip(places, marks, strict=True)
            for value in mark[name]
        ]
        told = f"{name} {mean(marks[-1][name]):.1f}"
        parts.append(
            f'<text x="{left + wide + 10}" y="{means[-1] + 2:.1f}" '
            f'style="text-anchor: start; fill: var(--{color})">{told}</text>'
        )
    return frame(title, 1000, top + high + 40, parts)


def draw_private(points: list[dict[str, Any]]) -> str:
    """F1 of private training against epsilon."""
    title = "F1 on synthetic dev against epsilon"
    lines = {"entities": "edge", "relations": "back"}
    return draw_epsilons(points, title, lines, range(0, 101, 20), "before private text")


def draw_rows(points: list[dict[str, Any]]) -> str:
    """What rows made of a private table are worth against epsilon."""
    real, *made = points
    told = f"{mean(real['made rows']):.1f} with real rows"
    title = f"area under the curve, on held-out rows, against epsilon ({told})"
    return draw_epsilons(made, title, {"made rows": "edge"}, range(40, 101, 20))


def by_epsilon(
    rows: Iterable[dict[str, Any]], names: Sequence[str]
) -> list[dict[str, Any]]:
    """Lines of a measurement, all seeds of an epsilon together.

    rows (Iterable[Dict[str, Any]]): As measurements print them, of one run or several.
    names (Sequence[str]): Of their figures; lines without them are left out.
    """
    points: dict[float, dict[str, Any]] = {}
    for row in rows:
        if any(name not in row for name in names):
            continue
        start = row["epsilon"] == "start"
        epsilon = -1.0 if start else float(row["epsilon"])
        told = "start" if start else f"{epsilon:g}"
        empty: dict[str, Any] = {"epsilon": told, **{name: [] for name in names}}
        for name in names:
            points.setdefault(epsilon, empty)[name].append(row[name])
    return [points[epsilon] for epsilon in sorted(points)]


DRAW: dict[str, Callable[[Any], str]] = {
    "scores": draw_scores,
    "curve": draw_curve,
    "hint": draw_hint,
    "private": draw_private,
    "rows": draw_rows,
}
