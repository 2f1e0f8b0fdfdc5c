"""Render examples as worn pages, read them by Tesseract, carry the labels along."""

from functools import partial
from pathlib import Path
from typing import Annotated

from rich.progress import Progress
from typer import Argument, Option
from wasabi import msg

from console.options import read_sizes, split_names
from console.step import run_step
from phantom.corpora.mix import take_some
from phantom.jsonl import read_some
from phantom.records import Example
from phantom.scans.folder import LOST, SCANNED, TRUTH, render_folder
from phantom.scans.layouts import LAYOUTS
from phantom.scans.render import Look
from phantom.scans.wear import WEAR


def render(
    examples_path: Annotated[Path, Argument(help="Examples (.jsonl)")],
    output: Annotated[Path, Argument(help="Folder for pages and what was read")],
    lang: Annotated[str, Option(help="Language of the text, such as en")] = "en",
    take: Annotated[int, Option(help="Only so many, drawn by seed; 0 for all")] = 0,
    levels: Annotated[str, Option(help="How bad, 1 to 3, commas between")] = "1,2,3",
    devices: Annotated[str, Option(help=f"Of {', '.join(WEAR)}")] = ",".join(WEAR),
    layouts: Annotated[str, Option(help=f"Of {', '.join(LAYOUTS)}")] = ",".join(
        LAYOUTS
    ),
    handwritten: Annotated[
        float, Option(help="Share set as hands write", min=0, max=1)
    ] = 0.05,
    stamped: Annotated[float, Option(help="Share with a stamp", min=0, max=1)] = 0.2,
    workers: Annotated[int, Option(help="Processes", min=1)] = 1,
    seed: Annotated[int, Option(help="The same seed gives the same pages")] = 0,
) -> None:
    """Write page images with their ground truth, and examples as they were read."""
    examples = take_some(read_some(examples_path, Example), take, seed)
    look = Look(
        tuple(split_names(layouts)),
        tuple(split_names(devices)),
        tuple(read_sizes(levels)),
        handwritten=handwritten,
        stamped=stamped,
        lang=lang,
        seed=seed,
    )
    with Progress(transient=True) as bar:
        task = bar.add_task("Examples", total=len(examples))
        step = partial(bar.advance, task)
        done = render_folder(examples, look, output, workers, step)
    rows = [
        (
            str(level),
            f"{done.characters[level]:,}",
            f"{done.errors[level] / done.characters[level]:.1%}",
        )
        for level in sorted(done.characters)
    ]
    header = ("level", "characters", "misread")
    msg.table(rows, header=header, aligns=("r", "r", "r"), divider=True)
    if done.lost:
        msg.warn(f"{done.lost:,} of {done.mentions:,} mentions lost: {output / LOST}")
    msg.good(
        f"{done.examples:,} examples on {done.pages:,} pages in {output / TRUTH}",
        f"As they were read, with their labels: {output / SCANNED}",
    )


if __name__ == "__main__":
    run_step(render, torch=False)
