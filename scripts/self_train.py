"""Train a pipeline on what it is sure of in unlabelled public text."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.adapting import show_adaptation
from console.step import run_step
from phantom.jsonl import write_jsonl
from phantom.packs.pack import load_pack
from phantom.privacy.paths import parse_paths
from phantom.runtime import load_pipeline, register_components
from phantom.training import adapted
from phantom.training.adapt import adapt
from phantom.training.passes import AdaptSettings
from phantom.training.public_text import read_public_text
from phantom.training.self_training import calibrate, pseudo_label
from phantom.training.to_gold import read_corpus, to_gold


def self_train(
    pack_path: Annotated[Path, Argument(help="Folder of the domain pack")],
    pipeline: Annotated[str, Argument(help="Folder, or name of an installed wheel")],
    texts: Annotated[str, Argument(help="Public text, commas between")],
    synthetic: Annotated[Path, Argument(help="Folder that `convert` filled")],
    output: Annotated[Path, Argument(help="Folder for the pipeline")],
    bound: Annotated[
        float, Option(help="Share of right ones from which a mention is sure")
    ] = 0.9,
    take: Annotated[int, Option(help="Only so many texts, by seed; 0 for all")] = 2000,
    passes: Annotated[int, Option(help="Over what is kept")] = 1,
    seed: Annotated[int, Option(help="Which texts, and their order")] = 0,
    benchmarks: Annotated[
        Path, Option(help="Folder of the test sets, whose texts stay out")
    ] = Path("assets/benchmarks"),
    private: Annotated[str, Option(help="Private files and folders")] = "",
) -> None:
    """Label what is sure by calibrated chances; train on it beside synthetic text."""
    pack, paths = load_pack(pack_path), parse_paths(texts)
    if not paths:
        raise ValueError("no text; name public files (in the project: public_text)")
    text = read_public_text(
        *(pack, paths),
        benchmarks=benchmarks,
        private=parse_paths(private),
        take=take,
        seed=seed,
    )
    register_components()
    nlp = load_pipeline(pipeline, pack.known)
    old, dev = (read_corpus(nlp, synthetic / f"{x}.spacy") for x in ("train", "dev"))
    labelled, counts = pseudo_label(nlp, text.examples, calibrate(nlp, dev), bound)
    msg.info(
        f"{counts.kept:,} of {counts.texts:,} texts are sure, with {counts.mentions:,} "
        f"mentions; {counts.torn:,} are torn, {counts.empty:,} more have no mention"
    )
    labels = nlp.pipe_labels["ner"]
    pairs = to_gold(nlp, labelled, labels=labels, relations=(), permits=text.permits)
    settings = AdaptSettings(passes=passes, seed=seed)
    done = adapt(nlp, pairs, old, dev, labels=labels, settings=settings)
    show_adaptation(done)
    adapted.save(nlp, output, pairs, done)
    write_jsonl(output.with_name(f"{output.name}_texts.jsonl"), labelled)
    msg.good(f"Pipeline in {output}", "What it was trained on lies beside it")


if __name__ == "__main__":
    run_step(self_train)
