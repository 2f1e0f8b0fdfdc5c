"""How many of the newest answers curation would accept."""

from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

from phantom.completions.answers import Answer, items
from phantom.completions.journal import read_journal
from phantom.records import Completion

Judge = Callable[[Answer, Completion], Any]


def share_accepted(
    path: Path, judge: Judge, accepted: type, start: int = 0, limit: int = 2_000
) -> float | None:
    """Judge answers as curation will.

    judge (Callable): `Curator.judge`. accepted (Type): What it makes of good ones.
    start (int): Offset in the journal to begin at.
    limit (int): How many completions to look at.
    RETURNS (Optional[float]): Share of answers with an item; None without any.
    """
    good = total = 0
    for _, completion in islice(read_journal(path, start), limit):
        for answer in items(completion):
            if answer.item is not None:
                total += 1
                good += isinstance(judge(answer, completion), accepted)
    return good / total if total else None
