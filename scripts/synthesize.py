"""Make rows like those of a table, and say what they are worth."""

from pathlib import Path
from typing import Annotated

import numpy as np
from typer import Argument, Option
from wasabi import msg

from console.options import split_names
from console.step import run_step
from phantom.jsonl import write_json, write_text
from phantom.planning.scenarios.generative.columns import Columns, read_columns
from phantom.planning.scenarios.generative.fit import (
    ModelName,
    ModelSettings,
    make_rows,
)
from phantom.planning.scenarios.generative.quality import (
    NEAR_COPIES,
    TSTR_TIMES,
    Quality,
    measure_quality,
)
from phantom.reports.synthetic import build_page, summarize

Names = Annotated[str, Option(help="Columns, commas between; '' for none")]


def synthesize(
    table: Annotated[Path, Argument(help="Your table (.csv, .tsv)")],
    output: Annotated[Path, Argument(help="The made rows (.csv)")],
    report: Annotated[Path, Argument(help="Folder for synthetic.html and .json")],
    model: Annotated[ModelName, Option(help="vae, gan or copula")] = "vae",
    rows: Annotated[int, Option(help="Rows to make; 0 for as many as yours")] = 0,
    target: Annotated[str, Option(help="Column that others predict, for TSTR")] = "",
    condition: Annotated[str, Option(help="Category that the gan draws by")] = "",
    leave_out: Names = "",
    categories: Names = "",
    steps: Annotated[int, Option(help="Batches of training", min=1)] = 1_000,
    seed: Annotated[int, Option(help="The same seed makes the same rows")] = 0,
) -> None:
    """Fit a model to half of a table, judge it on the other half, then to all of it."""
    whole = read_columns(table, split_names(leave_out), split_names(categories))
    for name in filter(None, (target, condition)):
        if name not in whole.names:
            raise ValueError(f"{table}: no column {name!r}; {', '.join(whole.names)}")
    order = np.random.default_rng(seed).permutation(len(whole))
    train, held_out = whole.take(order[::2]), whole.take(order[1::2])
    made: dict[str, Columns] = {}
    found: dict[str, Quality] = {}
    both: list[ModelName] = [model, "copula"]
    for each in dict.fromkeys(both):
        settings = ModelSettings(model=each, steps=steps, condition=condition)
        made[each] = make_rows(train, settings, TSTR_TIMES * len(train), seed)
        found[each] = measure_quality(train, made[each], held_out, target, seed)
        said = summarize(found[each])
        scores = f", TSTR {said['tstr']}, TRTR {said['trtr']}" if target else ""
        msg.info(f"{each}: detection {said['detection']:.2f}{scores}")
        if said["detection"] < NEAR_COPIES:
            msg.warn(
                f"{each}: detection below {NEAR_COPIES} means that made rows stand "
                "close to single rows of the table, as near copies do"
            )
    title = f"Rows made after {table.name}"
    html, figures = build_page(train, made, found, target, title)
    write_text(report / "synthetic.html", html)
    write_json(report / "synthetic.json", figures)

    settings = ModelSettings(model=model, steps=steps, condition=condition)
    final = make_rows(whole, settings, rows or len(whole), seed)
    write_text(output, final.to_csv())
    msg.good(f"{len(final):,} rows in {output}, report in {report / 'synthetic.html'}")
    msg.warn("They are made after private rows; treat them as private")


if __name__ == "__main__":
    run_step(synthesize)
