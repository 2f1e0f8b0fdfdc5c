"""Counts of a diagnosis: labels confused, and right and wrong ones of a text."""

from collections import Counter
from collections.abc import Sequence

from phantom.evaluation.cases import Case
from phantom.evaluation.diagnosis.records import Mistake


def count_confusion(
    cases: Sequence[Case], mistakes: Sequence[Mistake], family: str
) -> dict[str, dict[str, int]]:
    """Counts by gold and predicted label, the right ones among them; wrong bounds
    stand under their labels."""
    totals: Counter[str] = Counter()
    for case in cases:
        if family == "mentions":
            totals.update(e.label for e in case.example.entities)
        else:
            totals.update(r.label for r in case.example.relations)
    table: dict[str, Counter[str]] = {name: Counter() for name in sorted(totals)}
    table[""] = Counter()
    for mistake in mistakes:
        if mistake.family == family:
            table.setdefault(mistake.gold, Counter())[mistake.predicted] += 1
            totals[mistake.gold] -= 1
    for name in table:
        if name:
            table[name][name] += totals[name]
    return {name: dict(row) for name, row in table.items()}


def count_outcomes(gold: set, found: set) -> tuple[int, int, int]:
    """Right, spurious and missed ones."""
    return len(gold & found), len(found - gold), len(gold - found)
