"""Tables for the terminal: what two runs do not share, real beside synthetic."""

from collections.abc import Iterable

from rich.table import Table

from phantom.evaluation.compare import Change, Difference
from phantom.evaluation.gaps import Gap
from phantom.reports.tables import percent

LONGEST = 48


def change_table(changes: Iterable[Change], before: str, after: str) -> Table:
    """What changed between two runs, one line each.

    before, after (str): What the runs are called.
    """
    table = Table(box=None, padding=(0, 1), title="What changed")
    for column in ("", "", before, after):
        table.add_column(column)
    last = ""
    for change in changes:
        shown = (_shorten(change.before), _shorten(change.after))
        kind = "" if change.kind == last else change.kind
        table.add_row(kind, change.name, *shown)
        last = change.kind
    return table


def difference_table(
    differences: Iterable[Difference], before: str, after: str
) -> Table:
    """F1 of two runs in %, with the interval of the difference and its p-values."""
    table = Table(box=None, padding=(0, 1), title="F1 in %, on what both runs scored")
    header = ("data", "task", "label", before, after, "difference", "95%", "p", "Holm")
    for i, column in enumerate((*header, "units", "")):
        table.add_column(column, justify="left" if i < 3 else "right", no_wrap=True)
    last: tuple[str, ...] = ("", "")
    for row in differences:
        place = (f"{row.dataset} {row.split}", row.task)
        if place[0] != last[0]:
            table.add_section()
        fresh = ["" if a == b else a for a, b in zip(place, last, strict=True)]
        if fresh[0]:
            fresh[1] = place[1]
        last = place
        table.add_row(
            *fresh,
            row.label,
            percent(row.before),
            percent(row.after),
            signed(row.difference),
            f"{signed(row.low)} to {signed(row.high)}",
            f"{row.p:.4f}",
            f"{row.p_holm:.4f}",
            f"{row.units:,}" + f" (-{row.unpaired:,})" * bool(row.unpaired),
            "differs" if row.is_significant else "",
        )
    return table


def gap_table(gaps: Iterable[Gap]) -> Table:
    """Synthetic dev beside real splits, F1 in %; the gap is what to watch."""
    table = Table(box=None, padding=(0, 1), title="Synthetic and real, F1 in %")
    header = ("data", "task", "label", "synthetic", "real", "gap", "95%")
    for i, column in enumerate(header):
        table.add_column(column, justify="left" if i < 3 else "right", no_wrap=True)
    shown = list(gaps)
    for gap in shown:
        table.add_row(
            f"{gap.dataset} {gap.split}",
            gap.task + " *" * (not gap.same_task),
            gap.label,
            percent(gap.synthetic),
            percent(gap.real),
            signed(gap.gap),
            "" if gap.low is None else f"{signed(gap.low)} to {signed(gap.high or 0)}",
        )
    if not all(gap.same_task for gap in shown):
        table.caption = (
            "* synthetic dev has no such task: its relations, given entities"
        )
    return table


def signed(value: float) -> str:
    """A difference in percentage points, with its sign and one digit."""
    return f"{100 * value:+.1f}"


def _shorten(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
