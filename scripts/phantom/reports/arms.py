"""The pipeline beside the LLM as the labeller: scores, cost and latency."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from rich.table import Table

from phantom.curation.labelling import Figures
from phantom.evaluation.evaluator import Row, score_rows
from phantom.evaluation.split_scores import OURS
from phantom.reports.tables import percent

LOCAL = "local pipeline"


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
                *(percent(score[key]) for key in "prf"),
                f"{percent(low)}-{percent(high)}" if low != "" else "",
                f"{score['support']:,}",
                "?" if arm.cost is None else f"{arm.cost:,.2f} {arm.currency}",
                f"{arm.seconds:,.1f}",
            )
    return table


def to_arms(
    figures: Figures, dataset: str, split: str, systems: dict[str, Any]
) -> Iterator[Arm]:
    """Each score of one run, and of the pipeline beside it, with what it takes.

    systems (Dict[str, Any]): Scores of the split by name.
    """
    for name, scores in systems.items():
        cost, seconds = figures.cost_per_1000, figures.latency_seconds_per_1000
        if name == LOCAL:
            cost, seconds = 0.0, scores["latency_seconds_per_1000"]
        for row in score_rows({dataset: {"splits": {split: scores}}}):
            if name != LOCAL:
                # It is given nothing: these are its own, where they fit.
                row = row._replace(task=re.sub("given .*", "own entities", row.task))
            yield Arm(row, name, cost, figures.currency, seconds)
