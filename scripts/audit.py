"""Audit a pipeline: scores by group, with what changes when a group is swapped."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.audit import print_audit, print_changes
from console.options import PackPath
from console.step import run_step
from phantom.checks.engine.config import load_config
from phantom.checks.engine.context import CheckContext
from phantom.checks.groups import make_finder
from phantom.evaluation.audit.auditor import audit_cases
from phantom.evaluation.audit.change import compare_audits
from phantom.evaluation.audit.flips import swap_and_measure
from phantom.evaluation.audit.gaps import Sizes
from phantom.evaluation.audit.metadata import read_metadata
from phantom.evaluation.audit.records import Audit
from phantom.evaluation.cases import make_cases, make_requests
from phantom.evaluation.gold import find_gold
from phantom.evaluation.predictor import Predictor
from phantom.jsonl import load_record, write_json, write_text
from phantom.packs.pack import load_pack
from phantom.reports.audit.html import to_html


def audit(
    pack_path: PackPath,
    gold_path: Annotated[Path, Argument(help="Annotated text (.jsonl)")],
    output: Annotated[Path, Argument(help="Folder for the audit")],
    pipeline: Annotated[Path | None, Option(help="A trained pipeline")] = None,
    predictions: Annotated[
        Path | None, Option(help="Predicted examples (.jsonl) in place of a pipeline")
    ] = None,
    metadata: Annotated[
        Path | None,
        Option(help="Groups by record: .jsonl, .csv or .tsv with a column id"),
    ] = None,
    least: Annotated[
        int, Option(help="Documents below which a group says nothing", min=2)
    ] = 10,
    parity: Annotated[
        bool | None,
        Option(help="Parity by fairlearn; without a word, where it is installed"),
    ] = None,
    swaps: Annotated[
        int, Option(help="Passages to swap, of each dimension; 0 for none", min=0)
    ] = 400,
    before: Annotated[
        Path | None, Option(help="audit.json of before, to tell what changed")
    ] = None,
    limit: Annotated[int | None, Option(help="Read no more texts, for a trial")] = None,
) -> None:
    """Write audit.json and audit.html: who the pipeline is wrong about."""
    pack = load_pack(pack_path)
    gold = find_gold(pack, gold_path)
    examples = list(gold.read(limit))
    config = load_config(pack_path)
    finder = make_finder(CheckContext(pack, config))
    predictor = Predictor(pipeline, predictions, pack.known)
    requests = make_requests(gold.dataset, examples, pack.relations)
    predicted = predictor([x.id for x in examples], requests)
    cases = make_cases(gold.dataset, examples, requests, predicted)
    has_parity = bool(find_spec("fairlearn")) if parity is None else parity
    if parity is None and not has_parity:
        msg.info("Parity is left out; for it, pip install 'spacy-phantom[audit]'")
    found = audit_cases(
        *(pack, gold.dataset, cases, finder, f"{gold.name}, {gold.split}"),
        metadata=read_metadata(metadata) if metadata else None,
        sizes=Sizes(least, 2 * least),
        parity=has_parity,
    )
    if swaps and pipeline:
        found = swap_and_measure(
            found, pack, examples, config.person_labels, predictor.find, swaps
        )
    elif swaps:
        msg.info("Without a pipeline nothing can be predicted on swapped passages")
    write_json(output / "audit.json", found)
    write_text(output / "audit.html", to_html(found))
    print_audit(found)
    if before:
        then = load_record(before, Audit)
        print_changes(*compare_audits(then, found))
    msg.good(
        f"{len(found.alarms):,} scores of groups are worse than elsewhere",
        f"{output / 'audit.html'} and .json",
    )


if __name__ == "__main__":
    run_step(audit)
