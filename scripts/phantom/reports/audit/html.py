"""An audit as one HTML page that opens from disk, with nothing to fetch."""

from collections.abc import Sequence
from pathlib import Path

from markupsafe import Markup

from phantom.evaluation.audit.records import ALL, Audit, Cell
from phantom.reports.audit.pictures import draw_gaps
from phantom.reports.comparison import signed
from phantom.reports.pages import page_environment
from phantom.reports.tables import percent


def to_html(audit: Audit) -> str:
    """Render an audit. RETURNS (str): A page with its drawings, without any script."""
    environment = page_environment(Path(__file__).parent)
    environment.filters["percent"] = lambda x: "" if x is None else percent(x)
    environment.filters["signed"] = lambda x: "" if x is None else signed(x)
    return environment.get_template("audit.html.jinja").render(
        a=audit,
        dimensions=[(name, _plots(cells)) for name, cells in _by_dimension(audit)],
        cells=[cell for cell in audit.cells if not cell.is_too_small],
        flips=[flip for flip in audit.flips if flip.predictions],
    )


def _by_dimension(audit: Audit) -> list[tuple[str, list[Cell]]]:
    found: dict[str, list[Cell]] = {}
    for cell in audit.cells:
        found.setdefault(cell.dimension, []).append(cell)
    return list(found.items())


def _plots(cells: Sequence[Cell]) -> list[dict]:
    """A picture for each score over all labels."""
    groups: dict[tuple[str, str, str], list[Cell]] = {}
    labelled = {cell.task for cell in cells if cell.label == ALL}
    for cell in cells:
        if cell.label == ALL or cell.task not in labelled:
            groups.setdefault((cell.task, cell.metric, cell.label), []).append(cell)
    plots = []
    for (task, metric, label), found in groups.items():
        fit = [cell for cell in found if not cell.is_too_small]
        plots.append(
            {
                "title": f"{metric} of {task if label == ALL else label}",
                "svg": Markup(draw_gaps(fit)) if fit else "",
                "small": [
                    f"{c.group} ({c.support:,} in {c.documents:,})"
                    for c in found
                    if c.is_too_small
                ],
            }
        )
    return plots
