"""What plan and generate print: quotas, the forecast before, the summary after."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path

from typer import Exit
from wasabi import msg

from console.step import print_counts
from phantom.completions.failures import failed_path
from phantom.feedback.hints import NOTES, Hint
from phantom.llms import Summary
from phantom.llms.estimate import Forecast
from phantom.packs.pack import Pack
from phantom.planning.quotas import Cell
from phantom.planning.rounds import NextPlan
from phantom.records import Spec

MOST_VALUES = 12


def print_quotas(cells: Sequence[Cell]) -> None:
    """Print what a plan has of each value, beside its quota; many values in one row."""
    rows = []
    # What the pack gives no weight and nobody planned is not spoken of.
    told = [cell for cell in cells if cell.quota or cell.planned]
    for attribute, group in groupby(told, key=lambda cell: cell.attribute):
        values = [(str(x.value)[:60], x.quota, x.planned) for x in group]
        if attribute != "kind" and len(values) > MOST_VALUES:
            _, quotas, planned = zip(*values, strict=True)
            values = [(f"({len(values)} values)", sum(quotas), sum(planned))]
        rows += [(attribute, name, f"{q:.0f}", f"{n:,}") for name, q, n in values]
    header = ("attribute", "value", "quota", "planned")
    msg.table(rows, header=header, aligns=("l", "l", "r", "r"), divider=True)


def print_hints(
    path: Path, hints: Sequence[Hint], left_out: Mapping[str, int], made: NextPlan
) -> None:
    """Print how many specs carry hints of a file, and which hints are left out."""
    for reason, count in left_out.items():
        msg.info(f"{count:,} of the hints are left out: {reason}")
    if not hints:
        msg.warn(f"{path}: no hint to take up")
    elif not made.waiting:
        msg.warn(
            f"{path}: no spec to give hints to; all {len(made.specs):,} are answered",
            f"Ask for more than {len(made.specs):,} with --total (in the project: "
            "--vars.examples)",
        )
    else:
        new = made.waiting
        each = min(NOTES, len(hints))
        msg.info(f"{new:,} new specs carry {each} of {len(hints):,} hints each")


def print_moved(moved: tuple[Path, Path] | None) -> None:
    """Print that a plan from before rounds had folders lies elsewhere now."""
    if moved:
        msg.info(
            f"{moved[0]} is now {moved[1]}: each round has a folder",
            "Other files beside it, but for those of completions, can be deleted.",
        )


def print_planned(pack: Pack, output: Path, made: NextPlan, seed: int) -> None:
    """How many specs a plan has, and how many of them are new."""
    if not pack.relations:
        msg.info(f"{pack.path}: no relations; the pipeline will find entities alone")
    new = len(made.specs) - made.recorded
    msg.good(
        f"{len(made.specs):,} specs in {output}",
        f"{made.recorded:,} of the recording, {new:,} new (seed {seed})",
    )


def print_told(specs: Sequence[Spec]) -> None:
    """Print which events the specs of a plan tell, rare ones marked."""
    told = [spec.facts for spec in specs if spec.facts and spec.facts.event]
    if told:
        events = Counter(f"{f.event} (rare)" if f.rare else f.event for f in told)
        print_counts("events told", events, len(told))


def print_stale(path: Path, lines: Sequence[str]) -> None:
    """Warn of specs that a pack no longer has the kinds or labels for."""
    if lines:
        title = f"{path}: specs of what domain.yml does not have (any more)"
        msg.warn(title, "\n".join(lines))


def print_forecast(forecast: Forecast) -> None:
    """Print what a run will take."""
    if forecast.requests:
        _print_requests(forecast)
    elif forecast.answered:
        msg.info(f"The recording answers {forecast.answered:,} specs, at no cost")
    elif not forecast.specs:
        msg.info("Nothing to ask for: the journal has an answer to every spec")
    if forecast.lacking:
        msg.warn(f"{forecast.lacking:,} specs have no completion", forecast.remedy)


def _print_requests(forecast: Forecast) -> None:
    low, high, price = forecast.low, forecast.high, forecast.price
    rows = [
        ("specs to complete", f"{forecast.specs:,}"),
        ("requests", f"{forecast.requests:,}"),
        ("input tokens", f"{low.input_tokens:,} to {high.input_tokens:,}"),
        ("output tokens", f"{low.output_tokens:,} to {high.output_tokens:,}"),
    ]
    if price.known:
        cost = f"{price.cost(low):,.2f} to {price.cost(high):,.2f} {price.currency}"
        rows.append(("price, nothing cached", cost))
    msg.table(rows, header=("forecast", ""), aligns=("l", "r"), divider=True)
    if not forecast.learned:
        msg.info("An estimate: the journal has no answers yet to learn the margin from")


def print_summary(summary: Summary) -> None:
    """Print what a run came to."""
    states = {
        "completed": summary.completed,
        "failed": summary.failed,
        "pending": summary.pending,
    }
    print_counts("specs", states, summary.asked)
    if summary.reasons:
        print_counts("reason", summary.reasons, summary.reasons.total())
    if summary.repeats:
        msg.warn(f"{summary.repeats:,} specs repeat an id of the plan")
    if summary.other_prompt:
        msg.info(
            f"{summary.other_prompt:,} answers in the journal are of another prompt; "
            "they count unless --no-reuse says otherwise"
        )
    if summary.requests:
        spent = summary.spent
        msg.text(
            f"{summary.requests:,} requests in {summary.seconds:,.0f} s, "
            f"{spent.input_tokens:,} tokens in ({spent.cached_tokens:,} cached), "
            f"{spent.output_tokens:,} out"
        )
    if summary.cost is not None and summary.cost_total is not None:
        cost, currency = summary.cost, summary.currency
        msg.text(f"{cost:.4f} {currency} now, {summary.cost_total:.4f} in all")
        fresh = summary.completed - summary.before
        if fresh and cost and not summary.interrupted:
            msg.text(f"{cost / fresh:.5f} {currency} per completed spec")


def conclude(summary: Summary, journal_path: Path) -> None:
    """End a step as its run ended, and say what can be done about what is missing.

    RAISES: typer.Exit with 130 after an interrupt; ValueError where specs are
        missing and the run stopped or gave them up.
    """
    missing = f"{summary.pending:,} specs have no completion"
    if summary.interrupted:
        msg.warn(f"Interrupted: {missing}", summary.remedy)
        raise Exit(130)
    if summary.stopped:
        raise ValueError(f"{missing}: {summary.stopped}\n{summary.remedy}")
    if summary.pending and not summary.optional:
        reason = summary.reasons.most_common(1)[0][0]
        raise ValueError(f"{missing}, most for: {reason}\n{summary.remedy}")
    if summary.pending:
        msg.warn(f"{missing} in the recording", summary.remedy)
    if summary.failed:
        path = failed_path(journal_path)
        msg.warn(f"{summary.failed:,} specs failed; their answers are in {path}")
    if summary.asked and not summary.completed:
        raise ValueError(f"None of {summary.asked:,} specs was completed")
    done = f"{summary.completed:,} of {summary.asked:,} specs completed"
    msg.good(f"{done}, in {journal_path}")
