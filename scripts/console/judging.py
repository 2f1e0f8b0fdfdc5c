"""What judge prints: what its verdicts are worth, then what they did."""

from collections.abc import Mapping, Sequence
from typing import Any

from wasabi import msg

from console.step import print_counts
from phantom.curation.judge import Ruling, Worth


def print_worth(
    worth: Sequence[Worth], gates: Mapping[str, str], pairs: Mapping[str, Any]
) -> None:
    """Print precision and recall on planted faults, and which gates are open."""
    rows = []
    for x in worth:
        rows.append(
            (
                x.criterion,
                f"{x.found} of {x.planted}",
                _share(x.recall, x.recall_ci),
                f"{x.found} of {x.denied}",
                _share(x.precision, x.precision_ci),
                "-" if x.agreement is None else f"{x.agreement:.2f}",
                gates[x.criterion] or "may reject",
            )
        )
    header = ("criterion", "found", "recall", "right", "precision", "votes agree", "")
    msg.table(rows, header=header, aligns=("l", *"rrrrr", "l"), divider=True)
    if pairs["pairs"]:
        first = "-" if pairs["first"] is None else f"{pairs['first']:.0%}"
        msg.info(
            f"Pairs: the same choice in both orders for {pairs['consistent']} of "
            f"{pairs['pairs']}, right for {pairs['right']} of these; whatever stood "
            f"first was chosen {first} of the time"
        )


def print_people(people: Mapping[str, Any]) -> None:
    """Print the agreement with people who reviewed the same passages."""
    if not people["passages"]:
        msg.warn("None of the judged passages was reviewed: no agreement with people")
        return
    kappa = "-" if people["kappa"] is None else f"{people['kappa']:.2f}"
    msg.info(
        f"Agrees with people on {people['agree']:.0%} of {people['passages']} reviewed "
        f"passages, kappa {kappa}"
    )


def print_ruling(ruling: Ruling, given: int) -> None:
    """Print what was rejected, and what is for people to look at."""
    counts = {
        "rejected": len(ruling.rejected),
        "to review": len(ruling.to_review),
        "without a verdict": ruling.without,
    }
    print_counts("passages", counts, given)


def _share(value: float | None, interval: tuple[float, float] | None) -> str:
    if value is None or interval is None:
        return "-"
    return f"{value:.2f} ({interval[0]:.2f} to {interval[1]:.2f})"
