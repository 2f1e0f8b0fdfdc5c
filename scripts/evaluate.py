"""Evaluate a pipeline on real benchmarks, beside baselines, with intervals."""

from pathlib import Path
from typing import Annotated, Any

from rich.console import Console
from typer import Argument, Option
from wasabi import msg

from console.results import require_scores, show_caveats, show_split_notes
from console.step import run_step
from phantom.evaluation.evaluator import DEV, Evaluator, score_rows, synthetic_dataset
from phantom.evaluation.gaps import measure_gaps
from phantom.evaluation.history import HISTORY, append_run
from phantom.evaluation.predictor import Predictor
from phantom.evaluation.sources import describe_sources
from phantom.evaluation.task_counts import TaskCounts
from phantom.jsonl import read_some, write_json
from phantom.packs.benchmarks import load_benchmarks
from phantom.packs.pack import load_pack
from phantom.records import Example
from phantom.reports.comparison import gap_table
from phantom.reports.scores import plot_scores
from phantom.reports.tables import score_table


def evaluate(
    pack_path: Annotated[Path, Argument(help="Folder of the domain pack")],
    output: Annotated[Path, Option(help="Where the metrics go (.json)")],
    pipeline: Annotated[Path | None, Option(help="A trained pipeline")] = None,
    predictions: Annotated[
        Path | None, Option(help="Predicted examples (.jsonl) in place of a pipeline")
    ] = None,
    name: Annotated[str, Option(help="What to call the predictions")] = "pipeline",
    benchmarks: Annotated[Path, Option(help="Folder of the benchmark data")] = Path(
        "assets/benchmarks"
    ),
    dev: Annotated[Path | None, Option(help="Synthetic dev data (.jsonl)")] = None,
    train: Annotated[
        Path | None, Option(help="Synthetic training data (.jsonl)")
    ] = None,
    split: Annotated[str, Option(help="dev, test, or all that the map names")] = "all",
    limit: Annotated[int | None, Option(help="Records per split, for a trial")] = None,
    resamples: Annotated[int, Option(help="Bootstrap resamples")] = 1000,
    seed: Annotated[int, Option(help="Seed of the bootstrap")] = 0,
) -> None:
    """Score entities and relations; write metrics, a chart, a line of the history."""
    pack = load_pack(pack_path)
    maps = {
        key: (entry, benchmarks)
        for key, entry in load_benchmarks(pack).datasets.items()
    }
    if dev:
        read_some(dev := dev.with_suffix(".jsonl"), Example)
        synthetic = synthetic_dataset(pack, dev.name)
        maps = {DEV: (synthetic, dev.parent), **maps}
    predictor = Predictor(pipeline, predictions, pack.known)
    training = [x.named() for x in read_some(train, Example)] if train else []
    evaluator = Evaluator(pack, predictor, training, limit, resamples, seed)

    datasets: dict[str, Any] = {}
    counts: list[TaskCounts] = []
    strangers = predictor.ids
    for dataset, (entry, folder) in maps.items():
        found = evaluator.dataset(dataset, entry, folder, split)
        datasets[dataset] = found.report
        counts += found.counts
        strangers -= found.ids
        show_split_notes(dataset, found.report)
    require_scores(counts, benchmarks)
    report: dict[str, Any] = {
        "domain": pack.name,
        "name": name,
        "source": str(pipeline or predictions),
        "precision": predictor.precision,
        "split": split,
        "limit": limit,
        "resamples": resamples,
        "seed": seed,
        "training_surfaces": len(evaluator.surfaces),
        "predictions_without_record": len(strangers),
        "datasets": datasets,
    }
    console = Console(width=140)
    console.print(score_table(score_rows(datasets), name))
    if gaps := list(measure_gaps(counts, resamples, seed)):
        console.print(gap_table(gaps))
    report["gaps"] = [gap.model_dump() for gap in gaps]
    write_json(output, report)
    plot_scores(report, output.with_suffix(".png"))
    data = {"training data": train, "dev data": dev}
    sources = describe_sources(pack_path, pipeline, predictions, data, training)
    history = output.parent / HISTORY
    run = append_run(history, output.stem, counts, report, sources)
    show_caveats(strangers, limit)
    msg.good(f"Metrics in {output}", f"Chart beside it; {run.id} in {history}")


if __name__ == "__main__":
    run_step(evaluate)
