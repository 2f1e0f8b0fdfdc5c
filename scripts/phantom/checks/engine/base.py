"""What a check is given and what it yields; the registry of checks."""

from collections.abc import Callable, Iterator
from typing import Any, Literal

import catalogue
from pydantic import Field

from phantom.records import Example, Record

Action = Literal["reject", "repair", "downweight", "review", "note"]
Severity = Literal["info", "warning", "error", "block"]
Status = Literal["ok", "warning", "fail", "info"]

phantom_checks = catalogue.create("phantom", "checks")


class Finding(Record):
    """One fault, where it is and what becomes of the passage.

    check (str): The check's registered name.
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

    check: str
    ids: tuple[str, ...]
    severity: Severity
    reason: str
    detail: str
    value: float | None = None
    low_is_worse: bool = False
    action: Action = "review"
    weight: float = Field(default=0.5, gt=0, le=1)
    replacement: Example | None = Field(default=None, exclude=True)


class Measure(Record):
    """One number about the whole corpus.

    low, high (Optional[float]): Ends of its 95% interval.
    target (str): What was asked for, in words; "" if nothing was.
    status (Status): "fail" fails the corpus unless waived.
    detail (str): What the number means, for a person.
    rows (List[Dict[str, Any]]): A table that belongs to it.
    """

    check: str
    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    target: str = ""
    status: Status = "info"
    detail: str = ""
    rows: list[dict[str, Any]] = []


def tabulate(
    check: str,
    name: str,
    rows: list[dict[str, Any]],
    *,
    size: Callable[[dict[str, Any]], int],
    limit: int,
    detail: str,
) -> Measure:
    """The number of rows as a measure, with the largest of them as its table."""
    largest = sorted(rows, key=lambda row: -size(row))[:limit]
    return Measure(check=check, name=name, value=len(rows), detail=detail, rows=largest)


class CheckSkipped(Exception):
    """Raised by a check that lacks what it needs; the message says what."""


Check = Callable[..., Iterator[Finding | Measure]]


def get_check(name: str) -> Check:
    """A check by its registered name. RAISES: ValueError listing the names."""
    if name not in phantom_checks:
        known = ", ".join(sorted(phantom_checks.get_all()))
        raise ValueError(f"checks.yml: no check named {name!r}; use one of: {known}")
    check: Check = phantom_checks.get(name)
    return check
