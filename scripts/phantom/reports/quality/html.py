"""The report as one HTML page that opens from disk, with nothing to fetch."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from phantom.reports.pages import page_environment
from phantom.reports.quality.passages import colors, to_arcs, to_passage
from phantom.reports.quality.plots import make_plots


def to_html(report: dict[str, Any]) -> str:
    """Render the report.

    report (Dict[str, Any]): As `build_report` gives it.
    RETURNS (str): A page with its styles, scripts and plots inside.
    """
    environment = page_environment(Path(__file__).parent)
    environment.filters["number"] = show_number
    environment.filters["columns"] = find_columns
    shown = [f["example"] for group in report["worst"] for f in group["findings"]]
    palette = colors([*report["samples"], *shown])
    return environment.get_template("report.html.jinja").render(
        report=report,
        plots=[{**p, "svg": Markup(p["svg"])} for p in make_plots(report)],
        palette=palette,
        passage=lambda sample: Markup(to_passage(sample, palette)),
        arcs=lambda sample: Markup(to_arcs(sample, palette)),
    )


def find_columns(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Every key of any row, in the order in which they come up."""
    return list(dict.fromkeys(key for row in rows for key in row))


def show_number(value: Any) -> str:
    """Numbers for people: thousands apart, four significant digits."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "" if value is None else str(value)
    if isinstance(value, int) or float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:.4g}"
