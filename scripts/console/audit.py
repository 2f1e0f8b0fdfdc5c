"""What audit prints: groups that are worse off, the widest gaps, what swaps change."""

from collections.abc import Sequence

from wasabi import msg

from phantom.evaluation.audit.change import Change, Cost
from phantom.evaluation.audit.records import ALL, Audit, Cell

MOST = 12
WIDE = 90


def print_audit(audit: Audit) -> None:
    """Print what was found; groups too small to say anything are named."""
    shown = audit.alarms[:MOST]
    if shown:
        _print_cells(shown, "worse off")
        if len(audit.alarms) > MOST:
            msg.info(f"{len(audit.alarms) - MOST:,} more on the page")
    else:
        msg.info("No group is worse off than chance has it")
    spreads = sorted(audit.spreads, key=lambda x: x.by_chance - x.gap)[:MOST]
    rows = [
        (
            f"{s.metric} of {s.task} by {s.dimension}",
            s.worst[:28],
            s.best[:28],
            f"{100 * s.gap:.1f}",
            f"{100 * s.by_chance:.1f}",
        )
        for s in spreads
    ]
    if rows:
        header = ("from worst to best", "worst", "best", "gap", "by chance up to")
        msg.table(rows, header=header, aligns=("l", "l", "l", "r", "r"), divider=True)
    if audit.flips:
        _print_flips(audit)
    for dimension, groups in audit.small.items():
        told = ", ".join(f"{group} ({count})" for group, count in groups.items())
        told = told if len(told) <= WIDE else f"{told[:WIDE]} ... (all on the page)"
        msg.info(f"{dimension}: too few to say anything: {told}")
    for note in audit.notes:
        msg.info(note[0].upper() + note[1:])


def _print_cells(cells: list[Cell], title: str) -> None:
    rows = [
        (
            f"{c.dimension} = {c.group}"[:44],
            f"{c.metric} of {c.task if c.label == ALL else c.label}",
            f"{100 * (c.value or 0):.1f}",
            f"{100 * (c.rest or 0):.1f}",
            f"{100 * (c.low or 0):+.1f} to {100 * (c.high or 0):+.1f}",
            f"{c.support:,}",
        )
        for c in cells
    ]
    header = (title, "score", "group", "others", "gap, 95%", "of")
    msg.table(rows, header=header, aligns=("l", "l", *"rrrr"), divider=True)


def _print_flips(audit: Audit) -> None:
    rows = [
        (
            f"{f.dimension}: {f.old} to {f.new}"[:44] if f.old else f.dimension,
            f.task,
            f"{f.changed:,} of {f.passages:,}",
            f"{f.flips:,} of {f.predictions:,}",
            f"{100 * f.share:.1f}%",
        )
        for f in audit.flips
        if f.label == ALL and not f.old and f.predictions
    ]
    header = ("swap", "", "twins changed", "predictions flipped", "")
    msg.table(rows, header=header, aligns=("l", "l", *"rrr"), divider=True)


def print_changes(changes: Sequence[Change], costs: Sequence[Cost]) -> None:
    """Print what of each gap was closed, and F1 of all documents beside it."""
    rows = [
        (
            c.name[:60],
            _points(c.before),
            _points(c.after),
            _points(c.gap_before, "+"),
            _points(c.gap_after, "+"),
            "" if c.closed is None else f"{100 * c.closed:.0f}%",
        )
        for c in changes
    ]
    rows += [
        (
            f"F1 of {c.task}, all documents",
            _points(c.before),
            _points(c.after),
            "",
            _points(c.after - c.before, "+"),
            "",
        )
        for c in costs
    ]
    header = ("before and after", "before", "after", "gap", "gap now", "closed")
    msg.table(rows, header=header, aligns=("l", *"rrrrr"), divider=True)


def _points(value: float | None, sign: str = "") -> str:
    return "" if value is None else f"{100 * value:{sign}.1f}"
