"""Distil a trained pipeline into a quicker one with fewer layers."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.distilling import show_distillation, track_steps
from console.step import run_step
from phantom.jsonl import load_json, write_json
from phantom.packs.pack import load_pack
from phantom.privacy.paths import parse_paths
from phantom.runtime import check_labels
from phantom.training.cost import CostMeter
from phantom.training.distill import distill as distill_pipeline
from phantom.training.public_text import read_public_text
from phantom.training.student import find_folder
from phantom.training.studentship import DistillSettings


def distill(
    pack_path: Annotated[Path, Argument(help="Folder of the domain pack")],
    pipeline: Annotated[str, Argument(help="Folder, or name of an installed wheel")],
    corpus: Annotated[Path, Argument(help="Folder that `convert` filled")],
    output: Annotated[Path, Argument(help="Folder for the student's pipelines")],
    metrics: Annotated[Path, Option(help="Folder for cost and report")],
    layers: Annotated[int, Option(help="Of the encoder, that are kept")] = 3,
    text: Annotated[str, Option(help="Public text, commas between")] = "",
    take: Annotated[int, Option(help="Only so many, drawn by seed; 0 for all")] = 0,
    config: Annotated[
        Path, Option(help="Training config, for batches and optimizer")
    ] = Path("configs/train.cfg"),
    match_steps: Annotated[int, Option(help="That match hidden states")] = 300,
    steps: Annotated[int, Option(help="Of training on labels after them")] = 300,
    seed: Annotated[int, Option(help="Of order and draws")] = 0,
    resume: Annotated[bool, Option(help="Go on with an interrupted run")] = True,
    benchmarks: Annotated[
        Path, Option(help="Folder of the test sets, whose texts stay out")
    ] = Path("assets/benchmarks"),
    private: Annotated[str, Option(help="Private files and folders")] = "",
    train_on_private: Annotated[
        list[str] | None, Option(help="A source of private text that may train")
    ] = None,
) -> None:
    """Match hidden states, then train on gold and on the teacher's labels."""
    pack, teacher = load_pack(pack_path), find_folder(pipeline)
    labels = load_json(teacher / "meta.json")["labels"].values()
    check_labels(teacher, (x for names in labels for x in names), pack.known)
    public = read_public_text(
        *(pack, parse_paths(text)),
        benchmarks=benchmarks,
        private=parse_paths(private),
        take=take,
        seed=seed,
    )
    permits = replace(public.permits, private=train_on_private or ())
    settings = DistillSettings(
        layers=layers, match_steps=match_steps, steps=steps, seed=seed
    )
    goes_on = resume and (output / "work").is_dir()
    with CostMeter(metrics / "cost.json", goes_on), track_steps() as tell:
        best, done = distill_pipeline(
            *(teacher, corpus, output, config, public.examples, permits, settings),
            resume=resume,
            tell=tell,
            out=sys.stdout,
        )
    write_json(metrics / "student.json", done)
    show_distillation(
        done, load_json(teacher / "meta.json"), load_json(best / "meta.json")
    )
    msg.good(f"Student in {best}", "Package it as any other; its meta.json says so")


if __name__ == "__main__":
    run_step(distill)
