"""Plots of the report as inline SVG."""

from collections.abc import Callable
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from phantom.reports.svg import draw_svg

BLUE, ORANGE, GREY, RED, GREEN = "#2a6f97", "#e07a1f", "#9aa5b1", "#b3261e", "#3a7d44"
OUTCOMES = {
    "rejected": RED,
    "repaired": GREEN,
    "to review": ORANGE,
    "downweighted": BLUE,
    "noted": GREY,
}


def make_plots(report: dict[str, Any]) -> list[dict[str, str]]:
    """Draw what the report has data for; measures of one title share a plot.

    RETURNS (List[Dict[str, str]]): title, caption and svg of each plot.
    """
    plots: dict[str, dict[str, Any]] = {}
    if outcome := _outcome(report):
        plots["What the checks did"] = outcome
    for measure in report["measures"]:
        plot = measure.get("plot")
        if plot and plot["points"]:
            shared = plots.setdefault(plot["title"], {**plot, "points": []})
            shared["points"] = [*shared["points"], *plot["points"]]
    return [
        {
            "title": title,
            "caption": plot["caption"],
            "svg": _draw(plot, *KINDS[plot["kind"]]),
        }
        for title, plot in plots.items()
    ]


def _draw(
    plot: dict[str, Any],
    draw: Callable[[Axes, dict[str, Any]], None],
    rows: Callable[[int], float],
) -> str:
    settings: Any = {
        "font.family": "sans-serif",
        "font.size": 10,
        "axes.spines.top": False,
        "axes.spines.right": False,
    }
    with matplotlib.rc_context(settings):
        height = 1.1 + 0.32 * rows(len(plot["points"]))
        figure = Figure(figsize=(6.2, height), layout="constrained")
        axes = figure.add_subplot()
        draw(axes, plot)
        axes.set_xlabel(plot["axis"])
        for value in plot["lines"]:
            axes.axvline(value, color=GREY, linestyle=":")
        return draw_svg(figure)


def _outcome(report: dict[str, Any]) -> dict[str, Any] | None:
    """The plot of the findings by check and by what became of them."""
    rows = [row for row in report["checks"] if row["state"] == "found"]
    if not rows:
        return None
    return {
        "kind": "stacked",
        "caption": "Findings by check and by what became of them.",
        "axis": "findings",
        "lines": [],
        "points": rows,
    }


def _draw_stacked(axes: Axes, plot: dict[str, Any]) -> None:
    rows = plot["points"][::-1]
    names = [row["check"].replace("_", " ") for row in rows]
    left = [0] * len(rows)
    for action, color in OUTCOMES.items():
        values = [row[action] for row in rows]
        if any(values):
            axes.barh(names, values, left=left, color=color, label=action)
        left = [a + b for a, b in zip(left, values, strict=True)]
    axes.legend(frameon=False, fontsize=9)


def _draw_bars(axes: Axes, plot: dict[str, Any]) -> None:
    points = plot["points"][::-1]
    colors = [ORANGE if point["marked"] else BLUE for point in points]
    # By place, since two bars may bear one label.
    axes.barh(range(len(points)), [point["value"] for point in points], color=colors)
    axes.set_yticks(range(len(points)), [_shorten(p["label"]) for p in points])


def _draw_intervals(axes: Axes, plot: dict[str, Any]) -> None:
    points = plot["points"][:20][::-1]
    for i, point in enumerate(points):
        if point["expected"]:
            low, high = point["expected"]
            axes.barh(i, high - low, left=low, color=GREEN, alpha=0.2, height=0.9)
        if point["low"] is not None:
            ends = [point["low"], point["high"]]
            axes.plot(ends, [i, i], color=BLUE, linewidth=6, alpha=0.4)
        axes.plot(point["value"], i, "o", color=BLUE, markersize=5)
        place = (point["value"], i)
        axes.annotate(
            f"{point['value']:.2f}",
            place,
            xytext=(0, 6),
            textcoords="offset points",
            ha="center",
            fontsize=8,
        )
    axes.set_yticks(range(len(points)), [_shorten(p["label"]) for p in points])
    axes.set_ylim(-0.6, len(points) - 0.3)
    if plot["limits"]:
        axes.set_xlim(*plot["limits"])


def _draw_steps(axes: Axes, plot: dict[str, Any]) -> None:
    for name in dict.fromkeys(point["label"] for point in plot["points"]):
        line = [point for point in plot["points"] if point["label"] == name]
        x, y = [p["at"] for p in line], [p["value"] for p in line]
        color = BLUE if name == "synthetic" else GREY
        axes.fill_between(x, y, step="post", alpha=0.45, color=color, label=name)
    axes.legend(frameon=False)


def _shorten(label: str) -> str:
    return label if len(label) <= 38 else label[:37] + "…"


# By the kind that a measure names: what draws it, and how many rows high it is.
KINDS: dict[str, Any] = {
    "stacked": (_draw_stacked, lambda n: max(2, n)),
    "bars": (_draw_bars, lambda n: max(2, 0.65 * n)),
    "intervals": (_draw_intervals, lambda n: max(2, 0.65 * min(n, 20))),
    "steps": (_draw_steps, lambda n: 5),
}
