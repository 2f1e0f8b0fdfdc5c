"""What a check yields: findings, measures with their plots, scores, hints."""

from collections.abc import Callable, Iterator
from typing import Any, Literal

from pydantic import Field

from phantom.feedback.hints import Hint
from phantom.records import Example, Record

Action = Literal["reject", "repair", "downweight", "review", "note"]
Severity = Literal["info", "warning", "error", "block"]
Status = Literal["ok", "warning", "fail", "info"]


class Finding(Record):
    """One fault, where it is and what becomes of the passage.

    check (str): The check's registered name, which `run_check` writes.
    ids (Tuple[str, ...]): Examples concerned, the one acted upon first.
    severity (Severity): "block" fails the corpus unless waived.
    reason (str): Short code, counted in the tables.
    detail (str): What exactly and where, for a person.
    value (Optional[float]): The number behind the verdict (similarity, count ...).
    low_is_worse (bool): Whether the worst findings are those of the lowest value.
    action (Action): reject, repair, downweight, review or note.
    weight (float): Share of the training epochs in which the passage is seen, if the
        action is "downweight".
    replacement (Optional[Example]): The repaired passage if it is "repair".
    """

    check: str = ""
    ids: tuple[str, ...]
    severity: Severity
    reason: str
    detail: str
    value: float | None = None
    low_is_worse: bool = False
    action: Action = "review"
    weight: float = Field(default=0.5, gt=0, le=1)
    replacement: Example | None = Field(default=None, exclude=True)


class Point(Record):
    """One bar or dot of a plot.

    at (Optional[float]): Place on the axis across, for "steps".
    low, high (Optional[float]): Ends of the 95% interval.
    expected (Optional[Tuple[float, float]]): Where it should lie.
    marked (bool): Whether it stands out.
    """

    label: str
    value: float
    at: float | None = None
    low: float | None = None
    high: float | None = None
    expected: tuple[float, float] | None = None
    marked: bool = False


class Plot(Record):
    """How a measure is drawn; measures with the same title share a plot.

    kind ("bars", "intervals" or "steps"): "steps" draws a line for each label.
    axis (str): What the axis counts.
    lines (List[float]): Values that are marked by a dotted line.
    limits (Optional[Tuple[float, float]]): Ends of the axis.
    """

    kind: Literal["bars", "intervals", "steps"]
    title: str
    caption: str = ""
    axis: str = ""
    lines: list[float] = []
    limits: tuple[float, float] | None = None
    points: list[Point] = []


class Measure(Record):
    """One number about the whole corpus.

    low, high (Optional[float]): Ends of its 95% interval.
    target (str): What was asked for, in words; "" if nothing was.
    status (Status): "fail" fails the corpus unless waived.
    detail (str): What the number means, for a person.
    rows (List[Dict[str, Any]]): A table that belongs to it.
    plot (Optional[Plot]): How the report draws it.
    giveaways (List[str]): Sentences on what gives the corpus away, the worst first;
        none quotes the real text.
    """

    check: str = ""
    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    target: str = ""
    status: Status = "info"
    detail: str = ""
    rows: list[dict[str, Any]] = []
    plot: Plot | None = None
    giveaways: list[str] = []


class PassageScores(Record):
    """A number for each of many passages, which goes into their `meta`.

    name (str): The key there.
    values (Dict[str, float]): By example id; those without one stay as they are.
    """

    check: str = ""
    name: str
    values: dict[str, float]


def tabulate(
    name: str,
    rows: list[dict[str, Any]],
    *,
    size: Callable[[dict[str, Any]], int],
    limit: int,
    detail: str,
) -> Measure:
    """The number of rows as a measure, with the largest of them as its table."""
    largest = sorted(rows, key=lambda row: -size(row))[:limit]
    return Measure(name=name, value=len(rows), detail=detail, rows=largest)


class CheckSkipped(Exception):
    """Raised by a check that lacks what it needs; the message says what."""


Item = Finding | Measure | PassageScores | Hint
Check = Callable[..., Iterator[Item]]
