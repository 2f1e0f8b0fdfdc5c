"""Tables for the terminal; steps print them."""

from collections.abc import Iterable
from typing import NamedTuple

from rich.table import Table

from phantom.evaluation.evaluator import Row
from phantom.evaluation.split_scores import OURS


def score_table(found: Iterable[Row], name: str) -> Table:
    """Scores in %, one line per label and system, repeated cells left blank.

    name (str): What to call the predictions beside the baselines.
    """
    header = ("data", "task", "label", "system", "P", "R", "F1", "95%", "MCC", "gold")
    table = Table(box=None, padding=(0, 1), title="Scores in %")
    for i, column in enumerate(header):
        table.add_column(column, justify="left" if i < 4 else "right", no_wrap=True)
    last: tuple[str, ...] = ("", "", "")
    for row in found:
        start = (f"{row.dataset} {row.split}", row.task, row.label)
        fresh = next((i for i in range(3) if start[i] != last[i]), 3)
        shown = ["" if i < fresh else text for i, text in enumerate(start)]
        score, last = row.score, start
        if fresh == 0:
            table.add_section()
        low, high = score.get("f_ci", ("", ""))
        table.add_row(
            *shown,
            name if row.system == OURS else row.system,
            *(_percent(score[key]) for key in "prf"),
            f"{_percent(low)}-{_percent(high)}" if low != "" else "",
            _percent(score["mcc"]) if "mcc" in score else "",
            f"{score['support']:,}",
        )
    return table


class Arm(NamedTuple):
    """A score of one of two ways to extract, with what it takes per 1,000 texts.

    cost (Optional[float]): In `currency`; None if unknown. seconds (float): Latency.
    """

    row: Row
    name: str
    cost: float | None
    currency: str
    seconds: float


def arm_table(arms: Iterable[Arm]) -> Table:
    """Scores of whole tasks, in %, beside cost and latency; no baselines."""
    table = Table(box=None, padding=(0, 1), title="Scores in %, cost and latency")
    header = ("data", "task", "label", "system", "P", "R", "F1", "95%", "gold")
    for i, column in enumerate((*header, "cost / 1,000", "s / 1,000")):
        table.add_column(column, justify="left" if i < 4 else "right", no_wrap=True)
    best: dict[tuple[str, ...], dict[str, Arm]] = {}
    for arm in arms:
        row = arm.row
        # "micro" comes first where a task has several labels.
        if row.system == OURS:
            key = (f"{row.dataset} {row.split}", row.task)
            best.setdefault(key, {}).setdefault(arm.name, arm)
    for (data, task), systems in best.items():
        table.add_section()
        for number, arm in enumerate(systems.values()):
            score = arm.row.score
            low, high = score.get("f_ci", ("", ""))
            table.add_row(
                *(("", "") if number else (data, task)),
                arm.row.label,
                arm.name,
                *(_percent(score[key]) for key in "prf"),
                f"{_percent(low)}-{_percent(high)}" if low != "" else "",
                f"{score['support']:,}",
                "?" if arm.cost is None else f"{arm.cost:,.2f} {arm.currency}",
                f"{arm.seconds:,.1f}",
            )
    return table


def _percent(value: float) -> str:
    return f"{100 * value:.1f}"
