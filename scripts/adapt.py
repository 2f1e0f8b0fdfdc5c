"""Adapt a trained pipeline to few labelled examples, without forgetting."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.adapting import show_adaptation
from console.results import show_labelled_text
from console.step import run_step
from phantom.corpora.docbin import Alignment
from phantom.corpora.mix import KINDS
from phantom.corpora.origins import Permits
from phantom.jsonl import write_json
from phantom.packs.benchmarks import load_benchmarks
from phantom.packs.pack import load_pack
from phantom.runtime import load_pipeline, register_components
from phantom.training import adapted
from phantom.training.adapt import adapt as adapt_pipeline
from phantom.training.labelled import read_labelled_text
from phantom.training.passes import AdaptSettings
from phantom.training.to_gold import read_corpus, to_gold


def adapt(
    pack_path: Annotated[Path, Argument(help="Folder of the domain pack")],
    pipeline: Annotated[str, Argument(help="Folder, or name of an installed wheel")],
    data_path: Annotated[Path, Argument(help="Labelled text, in any format")],
    output: Annotated[Path, Argument(help="Folder for the adapted pipeline")],
    kind: Annotated[str, Option(help=", ".join(KINDS))],
    format_: Annotated[
        str, Option("--format", help="Of docs/reference/formats.md; '' to find it out")
    ] = "",
    take: Annotated[int, Option(help="Only so many, drawn by seed; 0 for all")] = 0,
    synthetic: Annotated[
        Path | None, Option(help="Folder that `convert` filled, to rehearse on")
    ] = None,
    report: Annotated[Path | None, Option(help="What was done, as JSON")] = None,
    benchmarks: Annotated[
        Path, Option(help="Folder of the test sets, whose texts stay out")
    ] = Path("assets/benchmarks"),
    passes: Annotated[int, Option(help="Over the examples; 0 to cross-validate")] = 0,
    folds: Annotated[int, Option(help="Of the cross-validation")] = 3,
    learn_rate: Annotated[float, Option(help="Of the uppermost layer")] = 1e-4,
    decay: Annotated[float, Option(help="From each layer to the one below")] = 0.8,
    freeze: Annotated[int, Option(help="Lowest layers that stay as they are")] = 0,
    seed: Annotated[int, Option(help="Which examples, folds and order")] = 0,
    leave_out: Annotated[
        list[str] | None, Option(help="A label of the file that the domain lacks")
    ] = None,
    train_on_private: Annotated[
        list[str] | None, Option(help="A source of private text that may train")
    ] = None,
) -> None:
    """Train on few examples beside synthetic text; keep the better pipeline."""
    pack = load_pack(pack_path)
    rates = {"learn_rate": learn_rate, "decay": decay, "freeze": freeze}
    chosen = {"passes": passes or None, "folds": folds, "seed": seed}
    settings = AdaptSettings.model_validate(rates | chosen)
    text = read_labelled_text(
        *(pack, data_path, kind, format_, take, seed),
        benchmarks=benchmarks,
        unknown=leave_out or (),
    )
    show_labelled_text(data_path, text)
    register_components()
    nlp, lost = load_pipeline(pipeline, pack.known), Alignment()
    permits = Permits(load_benchmarks(pack).datasets, train_on_private or ())
    marks = {"labels": text.labels, "relations": text.relations}
    gold = to_gold(nlp, text.examples, **marks, permits=permits, lost=lost)
    if lost.mentions:
        msg.warn(f"{len(lost.mentions):,} mentions do not end on token bounds")
    old, dev = (
        read_corpus(nlp, synthetic / f"{side}.spacy") if synthetic else []
        for side in ("train", "dev")
    )
    done = adapt_pipeline(
        nlp, gold, old, dev, groups=text.groups(), labels=text.labels, settings=settings
    )
    show_adaptation(done)
    adapted.save(nlp, output, gold, done)
    if report:
        write_json(report, done)
    msg.good(f"Adapted pipeline in {output}", "Its meta.json says what trained it")


if __name__ == "__main__":
    run_step(adapt)
