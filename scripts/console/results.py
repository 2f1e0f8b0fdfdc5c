"""What evaluate, extract, evaluate-extract, mix and adapt say of what they read."""

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from wasabi import msg

from console.step import print_counts
from phantom.curation.labelling import Figures, Labelling
from phantom.training.labelled import LabelledText


def show_split_notes(name: str, report: dict[str, Any]) -> None:
    """Say what was read of a dataset, and what was not and why."""
    for split, scores in report["splits"].items():
        seconds = scores["seconds"]
        note = f" ({scores['note']})" if scores["note"] else ""
        msg.info(
            f"{name} {split}: {scores['records']:,} records, {seconds['predict']} s to "
            f"predict, {seconds['score']} s to score; {scores['unaligned_entities']:,} "
            f"of {scores['gold_entities']:,} gold entities not on token bounds{note}"
        )
        if scores["without_prediction"]:
            msg.warn(f"{name} {split}: {scores['without_prediction']} not predicted")
    for state in ("absent", "not_predicted"):
        if report[state]:
            msg.text(f"{name}: {state.replace('_', ' ')}: {', '.join(report[state])}")


def require_scores(counts: Collection[Any], benchmarks: Path) -> None:
    """RAISES: ValueError if nothing was scored, which is no success."""
    if not counts:
        raise ValueError(
            f"nothing was scored: no test set of the domain with a prediction lies in "
            f"{benchmarks}, or in --dev"
        )


def show_caveats(strangers: Collection[str], limit: int | None) -> None:
    """Warn of predictions that match no record, and of a trial on a part of them."""
    if strangers:
        some = sorted(strangers)[:5]
        msg.warn(f"{len(strangers)} predictions have no record: {some} ...")
    if limit is not None:
        msg.warn(f"A trial: only the first {limit} records of every split were read")


def show_labelling(run: Labelling) -> None:
    """Say what a run of the LLM as labeller took, and what could not be used.

    RAISES: ValueError if texts have no answer yet, with what can be done about it.
    """
    if run.lost:
        print_counts("not used", run.lost, run.lost.total())
    summary = run.summary
    if summary.pending:
        why = summary.stopped or summary.reasons.most_common(1)[0][0]
        raise ValueError(
            f"{summary.pending:,} texts have no answer: {why}\n{summary.remedy}"
        )
    cost = run.figures.cost_per_1000
    price = "no price" if cost is None else f"{cost:,.2f} {run.figures.currency}"
    seconds = run.figures.latency_seconds_per_1000
    msg.text(f"Per 1,000 texts: {price}, {seconds:,.0f} s one request after the other")


def show_unanswered(runs: Iterable[tuple[str, Figures]]) -> None:
    """Warn of texts that the LLM has not answered, or answered in vain."""
    for name, figures in runs:
        if figures.pending:
            msg.warn(
                f"{name}: {figures.pending:,} texts have no answer yet; they are left "
                "out for both. Run extract again."
            )
        if figures.failed:
            msg.warn(f"{name}: {figures.failed:,} texts failed; they count as missed")


def show_labelled_text(path: Path, text: LabelledText) -> None:
    """Say what was left out of labelled text that is to train, and what it costs."""
    if text.scored:
        msg.warn(f"{path} is scored by `evaluate`: its scores are worth nothing then")
    for line in text.report.lines():
        msg.text(line)
    if text.left_out:
        print_counts("left out", text.left_out, text.left_out.total())
