"""What prompts prints of a round."""

from collections.abc import Mapping

from wasabi import msg

from phantom.reports.prompts import Scored
from phantom.reports.prompts.build import show_scores


def print_round(scored: Mapping[str, Scored]) -> None:
    """Print the scores of a round, the best first."""
    rows = sorted(scored.values(), key=lambda x: -x.total)
    names = list(dict.fromkeys(name for x in rows for name in show_scores(x)))
    told = [
        (x.name, x.asked, *(_show(show_scores(x).get(name)) for name in names))
        for x in rows
    ]
    header = ("variant", "specs", *names)
    msg.table(told, header=header, aligns=("l", *"r" * (1 + len(names))), divider=True)


def _show(value: float | str | None) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return f"{value:.4g}"
