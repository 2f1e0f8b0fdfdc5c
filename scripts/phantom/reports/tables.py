"""Tables for the terminal; steps print them."""

from collections.abc import Iterable

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
            *(percent(score[key]) for key in "prf"),
            f"{percent(low)}-{percent(high)}" if low != "" else "",
            percent(score["mcc"]) if "mcc" in score else "",
            f"{score['support']:,}",
        )
    return table


def percent(value: float) -> str:
    """A fraction in %, with one digit."""
    return f"{100 * value:.1f}"
