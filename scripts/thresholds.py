"""Fit thresholds of relations that narrow the gaps which an audit found."""

from pathlib import Path
from typing import Annotated, Any

from typer import Argument, Option
from wasabi import msg

from console.options import PackPath
from console.step import run_step
from phantom.checks.engine.config import load_config
from phantom.checks.engine.context import CheckContext
from phantom.checks.groups import make_finder
from phantom.evaluation.audit.auditor import number_units
from phantom.evaluation.audit.membership import find_dimensions
from phantom.evaluation.audit.records import Audit
from phantom.evaluation.audit.thresholds import GRID, fit_thresholds
from phantom.evaluation.cases import make_cases, make_requests
from phantom.evaluation.gold import find_gold
from phantom.evaluation.predictor import Predictor
from phantom.jsonl import load_record, write_json
from phantom.packs.pack import load_pack

NAME = "relation_extractor"


def thresholds(
    pack_path: PackPath,
    audit_path: Annotated[Path, Argument(help="audit.json")],
    gold_path: Annotated[Path, Argument(help="Annotated dev text (.jsonl)")],
    output: Annotated[Path, Argument(help="The file to write (.json)")],
    pipeline: Annotated[Path, Option(help="A trained pipeline")],
    cost: Annotated[
        float, Option(help="Points of F1 of relations that it may cost", min=0)
    ] = 1.0,
    groups: Annotated[
        list[str] | None, Option(help="'dimension: group' in place of the alarms")
    ] = None,
) -> None:
    """Write settings for `spacy.load`; judge them on other text."""
    pack = load_pack(pack_path)
    worse = load_record(audit_path, Audit).worse(groups)
    if not worse:
        msg.good("No group is worse off: nothing to mend")
        return
    gold = find_gold(pack, gold_path)
    if gold.dataset.splits[gold.split].use == "test":
        raise ValueError(f"{gold_path}: a test split; fit thresholds on dev data")
    predictor = Predictor(pipeline, None, pack.known)
    component: Any = predictor.nlp.get_pipe(NAME)
    settings = component.cfg
    base = float(settings["threshold"])
    every = {"threshold": min(GRID), "thresholds": {}, "threshold_apart": None}
    settings.update({**settings, **every})
    examples = list(gold.read())
    requests = make_requests(gold.dataset, examples, pack.relations)
    found = predictor([x.id for x in examples], requests)
    cases = make_cases(gold.dataset, examples, requests, found)
    finder = make_finder(CheckContext(pack, load_config(pack_path)))
    units = number_units(gold.dataset, examples)
    dimensions = find_dimensions(pack, examples, units, finder)
    fitted = fit_thresholds(
        *(pack, gold.dataset, cases, units, dimensions, worse, base), cost / 100
    )
    write_json(output, {"components": {NAME: {"thresholds": dict(fitted.thresholds)}}})
    rows = [
        ("gaps of F1, added up", fitted.gap_before, fitted.gap_after),
        ("F1 of relations, all documents", fitted.f1_before, fitted.f1_after),
    ]
    msg.table(
        [(name, f"{100 * old:.1f}", f"{100 * new:.1f}") for name, old, new in rows],
        header=("", "before", "after"),
        aligns=("l", "r", "r"),
        divider=True,
    )
    msg.good(
        f"{len(fitted.thresholds)} relations with another threshold than {base:.2f}",
        f"spacy.load(pipeline, config=...) takes {output}; judge it on other text",
    )


if __name__ == "__main__":
    run_step(thresholds)
