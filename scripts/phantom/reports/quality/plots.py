"""Plots of the report as inline SVG."""

import io
from collections.abc import Callable
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

BLUE, ORANGE, GREY, RED, GREEN = "#2a6f97", "#e07a1f", "#9aa5b1", "#b3261e", "#3a7d44"
Measures = dict[str, dict[str, Any]]


def make_plots(report: dict[str, Any]) -> list[dict[str, str]]:
    """Draw what the report has data for.

    RETURNS (List[Dict[str, str]]): title, caption and svg of each plot.
    """
    measures = {f"{m['check']}.{m['name']}": m for m in report["measures"]}
    plots: list[tuple[str, str, Callable[[Axes], None] | None, int]] = [
        (
            "What the checks did",
            "Findings by check and by what became of them.",
            _outcome(report),
            max(2, len([c for c in report["checks"] if c["state"] == "found"])),
        ),
        (
            "Told apart from real text",
            "0.5 means that a classifier can't tell, 1 that it always can; bars are "
            "95% intervals.",
            _intervals(measures),
            3,
        ),
        (
            "Distance from real text",
            "Difference of means in standard deviations; beyond the dotted lines a "
            "reader would notice.",
            _effects(measures),
            9,
        ),
        (
            "Length of passages",
            "Share of passages by number of words.",
            _histogram(measures),
            5,
        ),
        (
            "Words that give the corpus away",
            "How many times more frequent a word is than in real text.",
            _tell_tales(measures),
            9,
        ),
        (
            "Coverage of the plan",
            "Passages per attribute value, as a share of the quota; the thinnest.",
            _quotas(measures),
            9,
        ),
        (
            "People in the text",
            "Share of the passages that name any group of the dimension, with 95% "
            "intervals; green is what the pack expects.",
            _people(measures),
            11,
        ),
    ]
    return [
        {"title": title, "caption": caption, "svg": _draw(draw, rows)}
        for title, caption, draw, rows in plots
        if draw is not None
    ]


def _draw(draw: Callable[[Axes], None], rows: int) -> str:
    settings: Any = {
        "svg.fonttype": "none",
        "svg.hashsalt": "phantom",
        "font.family": "sans-serif",
        "font.size": 10,
        "axes.spines.top": False,
        "axes.spines.right": False,
    }
    with matplotlib.rc_context(settings):
        figure = Figure(figsize=(6.2, 1.1 + 0.32 * rows), layout="constrained")
        draw(figure.add_subplot())
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    svg = out.getvalue()
    return svg[svg.index("<svg") :]


def _outcome(report: dict[str, Any]) -> Callable[[Axes], None] | None:
    rows = [c for c in report["checks"] if c["state"] == "found"][::-1]
    if not rows:
        return None
    actions = {
        "rejected": RED,
        "repaired": GREEN,
        "to review": ORANGE,
        "downweighted": BLUE,
        "noted": GREY,
    }

    def draw(axes: Axes) -> None:
        left = [0] * len(rows)
        names = [row["check"].replace("_", " ") for row in rows]
        for action, colour in actions.items():
            values = [row[action] for row in rows]
            if any(values):
                axes.barh(names, values, left=left, color=colour, label=action)
            left = [a + b for a, b in zip(left, values, strict=True)]
        axes.set_xlabel("findings")
        axes.legend(frameon=False, fontsize=9)

    return draw


def _intervals(measures: Measures) -> Callable[[Axes], None] | None:
    names = {
        "adversarial.auc_n-grams": "word and letter n-grams",
        "adversarial.auc_embeddings": "encoder vectors",
        "memorisation.memorisation_score": "nearer to text seen",
    }
    rows = [(names[k], measures[k]) for k in names if k in measures][::-1]
    if not rows:
        return None

    def draw(axes: Axes) -> None:
        for i, (_, m) in enumerate(rows):
            axes.plot([m["low"], m["high"]], [i, i], color=BLUE, linewidth=6, alpha=0.4)
            axes.plot(m["value"], i, "o", color=BLUE)
            axes.annotate(
                f"{m['value']:.2f}",
                (m["value"], i),
                xytext=(0, 8),
                textcoords="offset points",
                ha="center",
            )
        axes.axvline(0.5, color=GREY, linestyle=":")
        axes.set_yticks(range(len(rows)), [name for name, _ in rows])
        axes.set_xlim(0.3, 1.03)
        axes.set_ylim(-0.6, len(rows) - 0.3)

    return draw


def _effects(measures: Measures) -> Callable[[Axes], None] | None:
    measure = measures.get("realism_statistics.features_far_from_real")
    if measure is None:
        return None
    rows = measure["rows"][:12][::-1]

    def draw(axes: Axes) -> None:
        values = [row["effect"] for row in rows]
        colours = [ORANGE if abs(v) > 0.5 else BLUE for v in values]
        axes.barh([row["feature"] for row in rows], values, color=colours)
        for x in (-0.5, 0.5):
            axes.axvline(x, color=GREY, linestyle=":")
        axes.set_xlabel("fewer in synthetic text  |  more in synthetic text")

    return draw


def _histogram(measures: Measures) -> Callable[[Axes], None] | None:
    measure = measures.get("realism_statistics.histogram_words")
    if measure is None:
        return None

    def draw(axes: Axes) -> None:
        x = [row["from"] for row in measure["rows"]]
        for side, colour in (("real", GREY), ("synthetic", BLUE)):
            y = [row[side] for row in measure["rows"]]
            axes.fill_between(x, y, step="post", alpha=0.45, color=colour, label=side)
        axes.set_xlabel("words")
        axes.legend(frameon=False)

    return draw


def _tell_tales(measures: Measures) -> Callable[[Axes], None] | None:
    measure = measures.get("adversarial.tell_tales")
    rows = [r for r in measure["rows"] if r["z"] > 0] if measure else []
    rows = sorted(rows[:25], key=lambda row: -row["times"])[:14]
    if not rows:
        return None

    def draw(axes: Axes) -> None:
        shown = rows[::-1]
        axes.barh([r["word"] for r in shown], [r["times"] for r in shown], color=ORANGE)
        axes.set_xlabel("times more frequent")

    return draw


def _quotas(measures: Measures) -> Callable[[Axes], None] | None:
    measure = measures.get("quotas.cells_under_quota")
    if measure is None or not measure["rows"]:
        return None
    rows = sorted(measure["rows"], key=lambda row: -row["of quota"])[-14:]

    def draw(axes: Axes) -> None:
        names = [f"{row['attribute']}: {row['value']}" for row in rows]
        names = [n if len(n) <= 38 else n[:37] + "…" for n in names]
        colours = [RED if row["of quota"] < 0.5 else BLUE for row in rows]
        axes.barh(names, [row["of quota"] for row in rows], color=colours)
        axes.axvline(1, color=GREY, linestyle=":")
        axes.set_xlabel("share of the quota")

    return draw


def _people(measures: Measures) -> Callable[[Axes], None] | None:
    rows: list[tuple[str, dict[str, Any]]] = []
    for key, measure in measures.items():
        if key.startswith("people.") and measure["value"] >= 10:
            top = sorted(measure["rows"], key=lambda row: -row["share"])[:5]
            dimension = measure["name"].removeprefix("people_").replace("_", " ")
            rows += [(f"{dimension}: {row['group']}", row) for row in top]
    if not rows:
        return None
    rows = rows[:20][::-1]

    def draw(axes: Axes) -> None:
        for i, (_, row) in enumerate(rows):
            if row["expected"]:
                low, high = (float(x) for x in row["expected"].split(" to "))
                axes.barh(i, high - low, left=low, color=GREEN, alpha=0.2, height=0.9)
            axes.plot([row["low"], row["high"]], [i, i], color=BLUE, linewidth=3)
            axes.plot(row["share"], i, "o", color=BLUE, markersize=5)
        axes.set_yticks(range(len(rows)), [name for name, _ in rows], fontsize=9)
        axes.set_xlim(0, 1)

    return draw
