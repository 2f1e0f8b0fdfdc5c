"""Diagnose a pipeline: what its errors have in common, and what training text lacks."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.diagnosis import print_diagnosis
from console.step import run_step
from phantom.evaluation.cases import make_cases, make_requests
from phantom.evaluation.diagnosis.diagnose import Diagnoser
from phantom.evaluation.gold import find_gold
from phantom.evaluation.predictor import Predictor
from phantom.features import Encoder
from phantom.jsonl import read_some, write_json, write_jsonl, write_text
from phantom.packs.language import load_language
from phantom.packs.pack import load_pack
from phantom.records import Example
from phantom.reports.diagnosis.html import to_html
from phantom.review.by_diagnosis import list_by_weakness
from phantom.review.corrections import Corrections
from phantom.review.decisions import DecisionLog


def diagnose(
    pack_path: Annotated[Path, Argument(help="Folder of the domain pack")],
    gold_path: Annotated[Path, Argument(help="Annotated dev data (.jsonl)")],
    output: Annotated[Path, Argument(help="Folder for the diagnosis")],
    pipeline: Annotated[Path | None, Option(help="A trained pipeline")] = None,
    predictions: Annotated[
        Path | None, Option(help="Predicted examples (.jsonl) in place of a pipeline")
    ] = None,
    train: Annotated[Path | None, Option(help="The training text (.jsonl)")] = None,
    reviews: Annotated[
        Path | None,
        Option(help="Decisions of people: gold is what they decided, no more"),
    ] = None,
    model: Annotated[bool, Option(help="Find the nearest training text")] = True,
    limit: Annotated[int | None, Option(help="Read no more texts, for a trial")] = None,
) -> None:
    """Write what errors have in common as diagnosis.json and .html, and the examples
    concerned for `review`."""
    pack = load_pack(pack_path)
    gold = find_gold(pack, gold_path)
    if gold.dataset.splits[gold.split].use == "test":
        raise ValueError(
            f"{gold_path}: a test split; what is learnt from its errors would make it "
            "worthless as one. Diagnose on dev data"
        )
    examples = list(gold.read(limit))
    ids = [x.id for x in examples]
    if reviews is not None:
        examples, ids = _reviewed(examples, reviews)
    if not examples:
        raise ValueError(f"{gold_path}: nothing to diagnose on")
    training = [x.named() for x in read_some(train, Example)] if train else []
    taught = len({x.text for x in examples} & {x.text for x in training})
    if taught:
        msg.warn(f"{taught:,} of the texts are training text, which hides errors")
    diagnoser = Diagnoser(
        pack,
        gold.dataset,
        load_language(pack.domain.lang, pack_path),
        training,
        Encoder() if model and training else None,
    )
    predictor = Predictor(pipeline, predictions, pack.known)
    requests = make_requests(gold.dataset, examples, pack.relations)
    predicted = predictor(ids, requests)
    cases = make_cases(gold.dataset, examples, requests, predicted)
    diagnosis = diagnoser(cases, f"{gold.name}, {gold.split}")

    write_json(output / "diagnosis.json", diagnosis)
    write_text(output / "diagnosis.html", to_html(diagnosis))
    write_jsonl(output / "diagnosis_cells.jsonl", list_by_weakness(diagnosis, examples))
    print_diagnosis(diagnosis)
    msg.good(
        f"{len(diagnosis.mistakes):,} errors, {len(diagnosis.weaknesses)} weaknesses",
        f"{output / 'diagnosis.html'} and .json; `review --order findings --findings "
        f"{output / 'diagnosis_cells.jsonl'}` shows the examples by weakness",
    )


def _reviewed(
    examples: Sequence[Example], reviews: Path
) -> tuple[list[Example], list[str]]:
    """What people accepted or edited, as they left it, and the ids it had before."""
    corrections = Corrections(DecisionLog(reviews))
    decided = list(corrections.take_decided(examples))
    before = {edited.id: raw.id for raw, edited in corrections.edits}
    told = (f"{count:,} {what}" for what, count in corrections.counts.items())
    msg.info(f"Reviewed: {'; '.join(told) or 'none'}")
    return decided, [before.get(x.id, x.id) for x in decided]


if __name__ == "__main__":
    run_step(diagnose)
