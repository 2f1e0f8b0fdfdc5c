"""Convert examples to DocBin corpora: train and dev, leak-free, read back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option
from wasabi import msg

from console.step import print_counts, run_step
from phantom.augmenters.base import augment, vary_windows
from phantom.corpora.docbin import NOMINAL, Alignment, to_doc, write_docbin
from phantom.corpora.origins import Permits
from phantom.corpora.split import split_examples
from phantom.corpora.windows import feed_documents, part_documents
from phantom.jsonl import read_jsonl, read_some, write_json, write_jsonl
from phantom.packs.benchmarks import load_benchmarks
from phantom.packs.pack import load_pack
from phantom.records import Example
from phantom.review.corrections import Corrections
from phantom.review.decisions import DecisionLog
from phantom.runtime import token_pipeline

if TYPE_CHECKING:
    from spacy.language import Language


def convert(
    pack_path: Annotated[Path, Argument(help="Folder of the domain pack")],
    examples_path: Annotated[Path, Argument(help="Curated examples (.jsonl)")],
    output: Annotated[Path, Argument(help="Folder for train.spacy and dev.spacy")],
    dev_share: Annotated[float, Option(help="Share of examples held out as dev")] = 0.1,
    seed: Annotated[int, Option(help="Which examples these are")] = 0,
    train_on_private: Annotated[
        list[str] | None,
        Option(help="A source of private text that may train the pipeline"),
    ] = None,
    hold_out: Annotated[
        str, Option(help="Dev side of an earlier round (.jsonl), which stays one")
    ] = "",
    reviews: Annotated[
        Path | None, Option(help="Decisions of people, which replace what they saw")
    ] = None,
) -> None:
    """Write train and dev corpora; related passages stay on one side."""
    examples = read_some(examples_path, Example)
    if reviews is not None and reviews.is_file():
        examples = _correct(examples, reviews, output)
    held = read_jsonl(Path(hold_out), Example) if hold_out else iter(())
    # A window of a document stands for the document.
    ids = {key for x in held for key in (x.id, *x.derived_from)}
    train, dev = split_examples(examples, dev_share, seed=seed, held_out=ids)
    pack = load_pack(pack_path)
    nlp = token_pipeline(pack.domain.lang)
    permits = Permits(load_benchmarks(pack).datasets, train_on_private or ())
    short, documents = part_documents(pack, train)
    windows = list(feed_documents(pack, documents, seed=seed, training=True))
    train = [*augment(pack, short, seed), *vary_windows(pack, windows, seed)]
    short, documents = part_documents(pack, dev)
    dev = [*short, *feed_documents(pack, documents, seed=seed)]
    sides = [("train", train), ("dev", dev)]
    rows = [_write(nlp, name, side, output, permits) for name, side in sides]
    msg.table(
        rows,
        header=("corpus", "examples", "entities", "nominal", "relations", "unaligned"),
        aligns=("l", "r", "r", "r", "r", "r"),
        divider=True,
    )
    (output / "mix").mkdir(exist_ok=True)
    write_json(output / "labels" / "relation_extractor.json", pack.schema())
    write_json(output / "labels" / "language.json", pack.domain.lang)
    msg.good(f"Corpora and labels in {output}")


def _correct(examples: list[Example], reviews: Path, output: Path) -> list[Example]:
    corrections = Corrections(DecisionLog(reviews))
    corrected = list(corrections.apply(examples))
    write_jsonl(output / "rejected_by_review.jsonl", corrections.rejected)
    print_counts("reviewed", corrections.counts, len(examples))
    return corrected


def _write(
    nlp: "Language", name: str, examples: list[Example], output: Path, permits: Permits
) -> tuple[str, int, int, int, int, int]:
    lost = Alignment()
    docs = [to_doc(nlp, example, lost) for example in examples]
    write_docbin(output / f"{name}.spacy", docs, nlp.vocab, permits)
    write_jsonl(output / f"{name}.jsonl", examples)
    for example_id, mention in lost.mentions:
        msg.warn(f"{name}: {example_id}: {mention!r} does not end on token bounds")
    if lost.relations:
        msg.warn(f"{name}: {lost.relations} relations lost with such mentions")
    entities = sum(len(doc.ents) for doc in docs)
    relations = sum(len(doc._.relations) for doc in docs)
    nominal = sum(len(doc.spans.get(NOMINAL, ())) for doc in docs)
    return name, len(docs), entities, nominal, relations, len(lost.mentions)


if __name__ == "__main__":
    run_step(convert, torch=False)
