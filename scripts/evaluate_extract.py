"""Evaluate what the LLM labelled itself against gold, and the pipeline beside it."""

from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

from rich.console import Console
from typer import Argument, Option
from wasabi import msg

from console.results import show_unanswered
from console.step import run_step
from phantom.curation.labelling import Figures, read_figures
from phantom.evaluation.evaluator import Evaluator
from phantom.evaluation.gold import find_gold
from phantom.evaluation.predictor import Predictor
from phantom.jsonl import write_json
from phantom.packs.pack import load_pack
from phantom.records import Example
from phantom.reports.arms import LOCAL, Arm, arm_table, to_arms


def evaluate_extract(
    pack_path: Annotated[Path, Argument(help="Folder of the domain pack")],
    folder: Annotated[Path, Argument(help="What extract wrote")],
    output: Annotated[Path, Option(help="Where the metrics go (.json)")],
    pipeline: Annotated[
        Path | None, Option(help="The trained pipeline to set beside it")
    ] = None,
    resamples: Annotated[int, Option(help="Bootstrap resamples")] = 1000,
    seed: Annotated[int, Option(help="Seed of the bootstrap")] = 0,
) -> None:
    """Score each run of extract, and the pipeline if given, with cost and latency."""
    runs = sorted(folder.glob("*.predictions.jsonl"))
    if not runs:
        raise ValueError(f"{folder}: no predictions here\nRun extract first")
    pack = load_pack(pack_path)
    local = Predictor(pipeline, None) if pipeline else None
    arms: list[Arm] = []
    taken: list[tuple[str, Figures]] = []
    report: dict[str, Any] = {}
    evaluator: Evaluator | None = None
    for path in runs:
        run = path.name.removesuffix(".predictions.jsonl")
        figures = read_figures(folder / f"{run}.json")
        taken.append((run, figures))
        gold = find_gold(pack, Path(figures.data))
        labeller = Predictor(None, path)
        examples = [x for x in gold.read() if x.id in labeller.answered]
        if not any(x.entities or x.relations for x in examples):
            msg.warn(f"{figures.data}: no gold labels, nothing to agree with")
            continue
        # One for all runs: its dictionaries take seconds.
        evaluator = evaluator or Evaluator(pack, labeller, [], None, resamples, seed)
        predictors = {**({LOCAL: local} if local else {}), figures.name: labeller}
        systems: dict[str, Any] = {}
        for name, predictor in predictors.items():
            systems[name] = evaluator.split(gold.dataset, examples, predictor)
            if systems[name] is None:
                raise ValueError(f"{path}: no prediction for the texts it names")
        if local:
            seconds = measure_pipeline(local, examples)
            systems[LOCAL]["latency_seconds_per_1000"] = seconds
        report[run] = {"figures": figures.model_dump(), "systems": systems}
        arms += to_arms(figures, gold.name, gold.split, systems)

    show_unanswered(taken)
    if not report:
        raise ValueError(f"{folder}: no run on text with gold labels")
    Console(width=140).print(arm_table(arms))
    msg.text(
        "Per 1,000 texts. The LLM: its server's seconds, one request after the other. "
        "The pipeline: this machine's; it sends nothing."
    )
    write_json(output, report)
    msg.good(f"Metrics in {output}")


def measure_pipeline(local: Predictor, examples: list[Example]) -> float:
    """Seconds that the pipeline takes for 1,000 texts."""
    texts = list({example.text for example in examples})
    started = perf_counter()
    for _ in local.nlp.pipe(texts):
        pass
    return (perf_counter() - started) * 1_000 / len(texts)


if __name__ == "__main__":
    run_step(evaluate_extract)
