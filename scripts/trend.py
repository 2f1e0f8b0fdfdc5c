"""Draw the scores of all runs, real beside synthetic, as one page."""

from pathlib import Path
from typing import Annotated

from typer import Argument
from wasabi import msg

from console.step import run_step
from phantom.evaluation.history import (
    EvaluatedRun,
    counts_path,
    read_counts,
    read_history,
)
from phantom.evaluation.task_counts import TaskCounts
from phantom.jsonl import write_text
from phantom.reports.trend import build_trend, trend_html


def trend(
    history: Annotated[Path, Argument(help="The history that evaluate wrote (.jsonl)")],
    output: Annotated[Path, Argument(help="Where the page goes (.html)")],
) -> None:
    """Write the page; runs whose counts were deleted have no gap."""
    runs = read_history(history)
    lost = [run.id for run in runs if not counts_path(history, run).is_file()]

    def read(run: EvaluatedRun) -> list[TaskCounts]:
        return [] if run.id in lost else read_counts(history, run)

    write_text(output, trend_html(build_trend(runs, read)))
    if lost:
        folder = history.with_suffix("")
        msg.warn(f"{len(lost)} runs have no counts in {folder}: no gap for them")
    msg.good(f"{len(runs)} runs: {output}")


if __name__ == "__main__":
    run_step(trend)
