"""Mix other text into training: labelled files as DocBins beside the synthetic one."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.results import show_labelled_text
from console.step import print_counts, run_step
from phantom.corpora.docbin import Alignment, to_doc, write_docbin
from phantom.corpora.mix import KINDS, annotates_all, leave_open, leave_out
from phantom.corpora.origins import Permits
from phantom.jsonl import read_jsonl, write_jsonl
from phantom.packs.benchmarks import load_benchmarks
from phantom.packs.pack import load_pack
from phantom.records import Example
from phantom.review.corrections import Corrections
from phantom.review.decisions import DecisionLog
from phantom.runtime import blank_pipeline
from phantom.training.labelled import read_labelled_text


def mix(
    pack_path: Annotated[Path, Argument(help="Folder of the domain pack")],
    data_path: Annotated[Path, Argument(help="Labelled text")],
    output: Annotated[Path, Argument(help="Folder for the DocBins, one per kind")],
    kind: Annotated[str, Option(help=", ".join(KINDS))],
    format_: Annotated[
        str,
        Option("--format", help="Of docs/reference/formats.md; '' for JSON lines"),
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
    reviews: Annotated[
        str, Option(help="Decisions of people on it: what they accepted alone")
    ] = "",
) -> None:
    """Write KIND.spacy and KIND.jsonl, for configs/hybrid.cfg to draw from."""
    pack = load_pack(pack_path)
    if reviews and not Path(reviews).is_file():
        raise ValueError(f"{reviews}: no decisions yet; `review` writes them")
    corrections = Corrections(DecisionLog(Path(reviews))) if reviews else None
    dev = output.parent / "dev.jsonl"

    def change(read: Iterator[Example], left_out: Counter[str]) -> Iterator[Example]:
        decided = corrections.take_decided(read) if corrections else read
        others = read_jsonl(dev, Example) if dev.is_file() else ()
        yield from leave_out(decided, others, left_out)

    text = read_labelled_text(
        *(pack, data_path, kind, format_, take, seed),
        benchmarks=benchmarks,
        change=change,
    )
    if corrections:
        print_counts("reviewed", corrections.counts, corrections.counts.total())
    show_labelled_text(data_path, text)
    nlp, lost = blank_pipeline(pack.domain.lang), Alignment()
    labels, relations = (complete or x for x in annotates_all(text.dataset, pack))
    docs = [
        leave_open(to_doc(nlp, x, lost), labels, relations and bool(pack.relations))
        for x in text.examples
    ]
    path, datasets = output / f"{kind}.spacy", load_benchmarks(pack).datasets
    write_docbin(path, docs, nlp.vocab, Permits(datasets, train_on_private or ()))
    write_jsonl(path.with_suffix(".jsonl"), text.examples)
    if not labels:
        msg.info("Labels that it never marks: words outside of entities stay open")
    if pack.relations and not relations:
        msg.info("It does not mark all relations: none are taught from it")
    if lost.mentions:
        msg.warn(f"{len(lost.mentions):,} mentions do not end on token bounds")
    msg.good(f"{len(docs):,} of {text.found:,} examples in {path}")


if __name__ == "__main__":
    run_step(mix)
