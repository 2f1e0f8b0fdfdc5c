"""The page of made rows as one HTML file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from phantom.planning.scenarios.generative.columns import Columns
from phantom.planning.scenarios.generative.quality import Quality
from phantom.reports.pages import page_environment
from phantom.reports.synthetic.pictures import (
    draw_associations,
    draw_columns,
    draw_marginals,
)


def build_page(
    table: Columns,
    made: Mapping[str, Columns],
    found: Mapping[str, Quality],
    target: str,
    title: str,
) -> tuple[str, dict[str, Any]]:
    """Render what the rows of models are worth.

    table (Columns): What they were fitted to.
    made (Mapping[str, Columns]): Rows by model, the one that is used first.
    found (Mapping[str, Quality]): The same models.
    target (str): What TSTR predicts; "" for nothing.
    RETURNS (Tuple[str, Dict]): HTML with its pictures inside, and the figures.
    """
    first = next(iter(made))
    figures = {
        "rows": len(table),
        "target": target,
        "models": {name: summarize(quality) for name, quality in found.items()},
    }
    pictures = [
        draw_marginals(found),
        draw_columns(table, made[first], found[first], first),
        draw_associations(table.names, found[first], first),
    ]
    html = (
        page_environment(Path(__file__).parent)
        .get_template("synthetic.html.jinja")
        .render(
            title=title,
            figures=figures,
            pictures=[{**p, "svg": Markup(p["svg"])} for p in pictures],
            sample=made[first].rows()[:8],
        )
    )
    return html, figures


def summarize(quality: Quality) -> dict[str, Any]:
    """The figures of a model, rounded."""
    distances = [row.distance for row in quality.marginals]
    return {
        "marginals": round(sum(distances) / len(distances), 4),
        "association": round(quality.association, 4),
        "detection": round(quality.detection, 4),
        "trtr": _points(quality.real),
        "tstr": _points(quality.synthetic),
        "copied": round(quality.copied, 4),
        "columns": {
            row.column: {row.measure: round(row.distance, 4)}
            for row in quality.marginals
        },
    }


def _points(score: float | None) -> float | None:
    return None if score is None else round(100 * score, 1)
