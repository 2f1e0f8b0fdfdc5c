"""Two audits beside each other: what of a gap was closed, and what that cost."""

from collections.abc import Iterator

from phantom.evaluation.audit.records import Audit, Cell
from phantom.records import Record


class Change(Record):
    """A score of one group before and after.

    gap_before, gap_after (Optional[float]): Group less others; None where too few.
    closed (Optional[float]): Part of the gap before that is gone; below 0 if it grew.
    """

    name: str
    before: float | None = None
    after: float | None = None
    gap_before: float | None = None
    gap_after: float | None = None
    closed: float | None = None
    was_alarm: bool = False
    is_alarm: bool = False


class Cost(Record):
    """F1 over all documents of a task, before and after."""

    task: str
    before: float
    after: float


def compare_audits(before: Audit, after: Audit) -> tuple[list[Change], list[Cost]]:
    """Scores with an alarm in one of the two, and F1 of all.

    RAISES: ValueError if the two are of different domains or documents.
    """
    if (before.domain, before.documents) != (after.domain, after.documents):
        raise ValueError(
            f"audits of {before.documents:,} documents of {before.domain} and "
            f"{after.documents:,} of {after.domain}; audit both on the same text"
        )
    tasks = [task for task in before.scores if task in after.scores]
    costs = [
        Cost(task=task, before=before.scores[task], after=after.scores[task])
        for task in tasks
    ]
    return list(_changes(before, after)), costs


def _changes(before: Audit, after: Audit) -> Iterator[Change]:
    now = {_key(cell): cell for cell in after.cells}
    for cell in before.cells:
        other = now.get(_key(cell))
        if other is None or not (cell.alarm or other.alarm):
            continue
        closed = None
        if cell.gap and other.gap is not None:
            closed = round(1 - other.gap / cell.gap, 4)
        yield Change(
            name=cell.name,
            before=cell.value,
            after=other.value,
            gap_before=cell.gap,
            gap_after=other.gap,
            closed=closed,
            was_alarm=cell.alarm,
            is_alarm=other.alarm,
        )


def _key(cell: Cell) -> tuple[str, ...]:
    return cell.dimension, cell.group, cell.task, cell.metric, cell.label
