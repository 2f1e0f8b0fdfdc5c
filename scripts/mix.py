"""Mix other text into training: labelled files as DocBins beside the synthetic one."""

from collections import Counter
from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.step import print_counts, run_step
from phantom.corpora.docbin import Alignment, to_doc, write_docbin
from phantom.corpora.mix import KINDS, annotates_all, leave_open, prepare, take_some
from phantom.corpora.origins import Permits
from phantom.curation.labelling import read_labelled
from phantom.evaluation.benchmarks import read_test_texts
from phantom.evaluation.gold import Gold, find_gold
from phantom.formats.base import Report
from phantom.jsonl import write_jsonl
from phantom.packs.benchmarks import load_benchmarks
from phantom.packs.pack import load_pack
from phantom.runtime import blank_pipeline

LLM = "llm_labelled"


def mix(
    pack_path: Annotated[Path, Argument(help="Folder of the domain pack")],
    data_path: Annotated[Path, Argument(help="Labelled text")],
    output: Annotated[Path, Argument(help="Folder for the DocBins, one per kind")],
    kind: Annotated[str, Option(help=", ".join(KINDS))],
    format_: Annotated[
        str, Option("--format", help="A name of docs/formats.md; '' for JSON lines")
    ] = "",
    take: Annotated[int, Option(help="Only so many, drawn by seed; 0 for all")] = 0,
    seed: Annotated[int, Option(help="Which these are")] = 0,
    benchmarks: Annotated[
        Path, Option(help="Folder of the test sets, whose texts stay out")
    ] = Path("assets/benchmarks"),
    complete: Annotated[
        bool, Option(help="What a data set never marks does not occur in its text")
    ] = False,
    train_on_private: Annotated[
        list[str] | None, Option(help="A source of private text that may train")
    ] = None,
) -> None:
    """Write KIND.spacy and KIND.jsonl, for configs/hybrid.cfg to draw from."""
    if kind not in KINDS:
        raise ValueError(f"kind {kind!r}: use one of {', '.join(KINDS)}")
    pack = load_pack(pack_path)
    datasets = load_benchmarks(pack).datasets
    gold, left_out, report = find_gold(pack, data_path), Counter[str](), Report()
    refuse_test(gold, data_path)
    if kind == LLM:
        figures, labelled = read_labelled(data_path, left_out)
        refuse_test(find_gold(pack, Path(figures.data)), Path(figures.data))
        read = iter(labelled)
    elif format_:
        read = gold.read_as(format_, data_path, report)
    else:
        read = gold.read()
    held_out = read_test_texts(datasets, benchmarks)
    kept = list(prepare(read, kind, gold.dataset, pack, held_out, left_out))
    for line in report.lines():
        msg.text(line)
    if left_out:
        print_counts("left out", left_out, left_out.total())
    examples = take_some(kept, take, seed)
    if not examples:
        raise ValueError(f"{data_path}: no example is left to train on")
    nlp, lost = blank_pipeline(pack.domain.lang), Alignment()
    labels, relations = (complete or x for x in annotates_all(gold.dataset, pack))
    docs = [
        leave_open(to_doc(nlp, x, lost), labels, relations and bool(pack.relations))
        for x in examples
    ]
    path = output / f"{kind}.spacy"
    write_docbin(path, docs, nlp.vocab, Permits(datasets, train_on_private or ()))
    write_jsonl(path.with_suffix(".jsonl"), examples)
    if not labels:
        msg.info("Labels that it never marks: words outside of entities stay open")
    if pack.relations and not relations:
        msg.info("It does not mark all relations: none are taught from it")
    if lost.mentions:
        msg.warn(f"{len(lost.mentions):,} mentions do not end on token bounds")
    msg.good(f"{len(docs):,} of {len(kept):,} examples in {path}")


def refuse_test(gold: Gold, path: Path) -> None:
    """RAISES: ValueError if a file is held out; a warning if it is scored as dev."""
    use = gold.dataset.splits[gold.split].use
    if use == "test" or path.name.partition(".")[0] == "test":
        raise ValueError(f"{path}: a test split is held out; train on another split")
    if use == "dev" and gold.origin == "public":
        msg.warn(f"{path} is scored by `evaluate`: its scores are worth nothing then")


if __name__ == "__main__":
    run_step(mix)
