"""Compare two evaluated runs: what changed, and whether the scores really differ."""

from pathlib import Path
from typing import Annotated

from rich.console import Console
from typer import Argument, Option
from wasabi import msg

from console.step import run_step
from phantom.evaluation.compare import RESAMPLES, compare_counts, list_changes
from phantom.evaluation.history import find_run, read_counts, read_history
from phantom.jsonl import write_json
from phantom.reports.comparison import change_table, difference_table


def compare(
    history: Annotated[Path, Argument(help="The history that evaluate wrote (.jsonl)")],
    before: Annotated[str, Argument(help="A run: its id, or a name for its latest")],
    after: Annotated[str, Argument(help="The run to compare it with")],
    output: Annotated[Path | None, Option(help="Where the figures go (.json)")] = None,
    resamples: Annotated[int, Option(help="Bootstrap resamples")] = RESAMPLES,
    seed: Annotated[int, Option(help="Seed of the bootstrap")] = 0,
) -> None:
    """Print what two runs don't share, and each difference with its interval."""
    runs = read_history(history)
    old, new = find_run(runs, before), find_run(runs, after)
    changes = list_changes(old, new)
    counts = read_counts(history, old), read_counts(history, new)
    differences = list(compare_counts(*counts, resamples=resamples, seed=seed))

    console = Console(width=150)
    if changes:
        console.print(change_table(changes, old.id, new.id))
    else:
        msg.info(f"{old.id} and {new.id} were made of the same, with the same settings")
    for run in (old, new):
        if run.is_trial:
            msg.warn(f"{run.id} is a trial: only {run.settings['limit']} records each")
    if not differences:
        raise ValueError(
            f"{old.id} and {new.id} have no scored text in common\nEvaluate both on "
            "the same benchmarks, or on the same dev data"
        )
    console.print(difference_table(differences, old.id, new.id))
    if output:
        rows = [{**x.model_dump(), "differs": x.is_significant} for x in differences]
        told = {"before": old.id, "after": new.id, "resamples": resamples, "seed": seed}
        changed = [change._asdict() for change in changes]
        write_json(output, {**told, "changes": changed, "differences": rows})
        msg.text(f"Figures in {output}")
    found = sum(x.is_significant for x in differences)
    msg.good(
        f"{found} of {len(differences)} differences hold at 5%",
        "Paired bootstrap over documents, corrected by Holm over the labels of a task",
    )


if __name__ == "__main__":
    run_step(compare)
