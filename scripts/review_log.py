"""List every decision of a review: who, what, when, and what stood on the screen."""

import csv
from collections import Counter
from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.step import run_step
from phantom.jsonl import replace_file
from phantom.records import Example
from phantom.review.decisions import DecisionLog
from phantom.review.lines import ExampleFile
from phantom.review.trail import list_trail, plain


def review_log(
    examples_path: Annotated[Path, Argument(help="Examples as they were shown")],
    reviews_path: Annotated[Path, Argument(help="Decisions of people (.jsonl)")],
    output: Annotated[Path, Argument(help="The table (.csv)")],
    example: Annotated[str, Option(help="Only those on this example")] = "",
) -> None:
    """Write a table with a row for each line of the file of decisions."""
    if not reviews_path.is_file():
        raise ValueError(f"{reviews_path}: no decisions yet; `review` writes them")
    examples = ExampleFile(examples_path, Example)
    log = DecisionLog(reviews_path)
    rows = [
        row
        for row in list_trail(log, lambda x: examples[x] if x in examples else None)
        if not example or row["example"] == example
    ]
    if not rows:
        raise ValueError(
            f"{reviews_path}: no decision{f' on {example}' * bool(example)}"
        )
    with (
        replace_file(output) as temporary,
        temporary.open("w", encoding="utf-8", newline="") as file,
    ):
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows({k: plain(v) for k, v in row.items()} for row in rows)
    counts = Counter((x["annotator"], x["role"], x["verdict"]) for x in rows)
    table = [(*key, f"{count:,}") for key, count in sorted(counts.items())]
    header = ("annotator", "role", "verdict", "decisions")
    msg.table(table, header=header, aligns=("l", "l", "l", "r"), divider=True)
    changed = sum(x["text"] != "as it was" for x in rows)
    if changed:
        msg.warn(f"{changed:,} are on a text that is not there, or another by now")
    msg.good(
        f"{len(rows):,} decisions, {rows[0]['time']} to {rows[-1]['time']}: {output}"
    )


if __name__ == "__main__":
    run_step(review_log)
