"""What judge prints: what its verdicts are worth, then what they did."""

from collections.abc import Mapping, Sequence
from typing import Any

from wasabi import msg

from console.step import print_counts
from phantom.checks.engine.base import CheckSkipped
from phantom.curation.judge import Planted, Ruling, Worth
from phantom.packs.pack import Pack
from phantom.packs.rubric import Rubric
from phantom.records import Example
from phantom.reports.judging import measure_label_errors


def print_worth(
    worth: Sequence[Worth],
    gates: Mapping[str, str],
    pairs: Mapping[str, Any],
    beside: Worth | None = None,
) -> None:
    """Print precision and recall on planted faults, and which gates are open.

    beside (Optional[Worth]): Of the model-based check on the same faults.
    """
    rows = []
    for x in (*worth, *([beside] if beside else [])):
        who = "label_errors" if x is beside else "judge"
        rows.append(
            (
                who,
                x.criterion,
                f"{x.found} of {x.planted}",
                _share(x.recall, x.recall_ci),
                f"{x.found} of {x.denied}",
                _share(x.precision, x.precision_ci),
                "-" if x.agreement is None else f"{x.agreement:.2f}",
                "a check" if x is beside else gates[x.criterion] or "may reject",
            )
        )
    header = ("by", "criterion", "found", "recall", "right", "precision")
    aligns = ("l", "l", *"rrrrr", "l")
    msg.table(rows, header=(*header, "votes agree", ""), aligns=aligns, divider=True)
    if pairs["pairs"]:
        first = "-" if pairs["first"] is None else f"{pairs['first']:.0%}"
        msg.info(
            f"Pairs: the same choice in both orders for {pairs['consistent']} of "
            f"{pairs['pairs']}, right for {pairs['right']} of these; whatever stood "
            f"first was chosen {first} of the time"
        )


def beside_judge(
    pack: Pack,
    rubric: Rubric,
    examples: Sequence[Example],
    trial: Planted,
    use: bool = True,
) -> Worth | None:
    """The worth of the check for wrong labels; why there is none is printed."""
    try:
        return measure_label_errors(pack, rubric, examples, trial) if use else None
    except CheckSkipped as reason:
        msg.info(f"No label_errors beside the judge: {reason}")
        return None


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
