"""The step refill: what it asks for, and what of private text never leaves."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.builders import MEDICINE, example
from typer.testing import CliRunner

import plan as plan_step
import refill
from console.step import make_app
from phantom.evaluation.cases import make_cases, make_requests
from phantom.evaluation.diagnosis.diagnose import Diagnoser
from phantom.evaluation.evaluator import synthetic_dataset
from phantom.evaluation.types import Prediction
from phantom.feedback.from_checks import FEW, FROM_FEW
from phantom.feedback.hints import QUOTES
from phantom.feedback.refill import read_refill
from phantom.jsonl import read_jsonl, write_json, write_jsonl
from phantom.packs.language import load_language
from phantom.packs.pack import load_pack
from phantom.prompts.prompter import Prompter
from phantom.records import Spec

# Words that nothing but the diagnosed text has.
PLANTED = ("zorbleth", "quixnar", "vumpish")
PACK = load_pack(MEDICINE)


def diagnose(folder: Path, count: int, origin: str) -> Path:
    """Every mention missed, every relation with its cue word, too."""
    gold = [
        example(
            f"<CHEMICAL id=1>Quixnar {i}</CHEMICAL> did vumpish "
            f"<DISEASE id=2>zorbleth</DISEASE>.",
            (1, "TREATS", 2),
            id=f"d{i}",
            origin=origin,
        )
        for i in range(count)
    ]
    gold += [
        example(f"Nothing came of it, {i} said.", id=f"n{i}", origin=origin)
        for i in range(count)
    ]
    dataset = synthetic_dataset(PACK, "dev.jsonl")
    requests = make_requests(dataset, gold, PACK.relations)
    nothing = [Prediction([], [], [[]]) for _ in gold]
    cases = make_cases(dataset, gold, requests, nothing)
    diagnoser = Diagnoser(PACK, dataset, load_language("en"), [])
    path = folder / "diagnosis.json"
    write_json(path, diagnoser(cases, "dev"))
    write_jsonl(folder / "gold.jsonl", gold)
    return path


def call(folder: Path, diagnosis: Path, *more: str) -> str:
    write_jsonl(
        folder / "round-1/specs.jsonl",
        [Spec(id="a", kind="none"), Spec(id="b", kind="chemical treats disease")],
    )
    arguments = [str(MEDICINE), str(folder), str(diagnosis), "--examples", "40"]
    result = CliRunner().invoke(make_app(refill.refill), [*arguments, *more])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return " ".join(result.output.split())


def weaken(path: Path) -> None:
    """Weaknesses by cue, kind and label, as real data may show them."""
    data = json.loads(path.read_text(encoding="utf-8"))
    shared: dict[str, Any] = {"errors": 60, "of": 60, "elsewhere": 0.1, "excess": 54.0}
    data["weaknesses"] = [
        {"family": "relations", "facet": "cue", "value": "vumpish", **shared},
        {"family": "relations", "facet": "label", "value": "TREATS", **shared}
        | {"label": "TREATS"},
        {"family": "mentions", "facet": "asked section", "value": "zorbleth", **shared},
        {"family": "mentions", "facet": "surface", "value": "unseen", **shared}
        | {"label": "DISEASE"},
    ]
    path.write_text(json.dumps(data), encoding="utf-8")


def planted(text: str) -> set[str]:
    return {word for word in PLANTED if word in text.lower()}


def run_plan(folder: Path) -> list[Spec]:
    arguments = [str(MEDICINE), str(folder), str(folder / "completions.jsonl")]
    arguments += ["--round", "2", "--refill", str(folder / "round-2/refill.yml")]
    result = CliRunner().invoke(make_app(plan_step.plan), arguments)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return list(read_jsonl(folder / "round-2/specs.jsonl", Spec))


def test_no_word_of_private_text_reaches_the_file_or_a_prompt(tmp_path: Path) -> None:
    diagnosis = diagnose(tmp_path, FEW, "private")
    weaken(diagnosis)
    output = call(tmp_path, diagnosis)
    file = (tmp_path / "round-2/refill.yml").read_text(encoding="utf-8")
    assert planted(file) == set() and planted(output) == set()
    assert QUOTES in output
    specs = run_plan(tmp_path)
    new = [spec for spec in specs if spec.round == 2]
    assert {spec.kind for spec in new} >= {"chemical treats disease"}
    prompter = Prompter(PACK)
    text = "".join(
        message["content"]
        for spec in new
        for message in prompter.render([spec]).messages()
    )
    assert planted(text + (tmp_path / "round-2/specs.jsonl").read_text()) == set()


def test_figures_of_few_private_texts_ask_for_nothing(tmp_path: Path) -> None:
    diagnosis = diagnose(tmp_path, 10, "private")
    weaken(diagnosis)
    output = call(tmp_path, diagnosis)
    data = yaml.safe_load((tmp_path / "round-2/refill.yml").read_text())
    assert "asks" not in data and "hints" not in data
    assert FROM_FEW in output and "Nothing to ask for" in output


def test_text_declared_public_may_be_quoted(tmp_path: Path) -> None:
    diagnosis = diagnose(tmp_path, FEW, "private")
    weaken(diagnosis)
    gold = str(tmp_path / "gold.jsonl")
    # Names that training text does not have would be carried over from the dev data.
    call(tmp_path, diagnosis, "--gold", gold, "--public", gold)
    file = (tmp_path / "round-2/refill.yml").read_text(encoding="utf-8")
    assert planted(file) == {"vumpish"}
    taught = example("A zorbleth, unmarked.", id="t")
    write_jsonl(tmp_path / "round-1/train.jsonl", [taught])
    call(tmp_path, diagnosis, "--gold", gold, "--public", gold)
    file = (tmp_path / "round-2/refill.yml").read_text(encoding="utf-8")
    assert planted(file) >= {"zorbleth", "vumpish"}
    with pytest.raises(ValueError, match="declared public"):
        call(tmp_path, diagnosis, "--gold", gold, "--public", gold, "--private", gold)


def test_a_person_edits_and_refuses(tmp_path: Path) -> None:
    diagnosis = diagnose(tmp_path, FEW, "synthetic")
    weaken(diagnosis)
    output = call(tmp_path, diagnosis)
    path = tmp_path / "round-2/refill.yml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert "+" in output and sum(a["now"] - a["was"] for a in data["asks"]) >= 35
    first = data["asks"][0]
    data["asks"] = [
        first | {"now": first["was"] + 2},
        first | {"now": first["was"]},
    ]
    data.pop("hints", None)
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    specs = run_plan(tmp_path)
    assert len(specs) == 4 and all(not spec.style for spec in specs)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"kinds": ["no such kind"]}, "'no such kind' is neither a kind nor a label"),
        ({"seeds": {"NOTHING": ["x"]}}, "'NOTHING' is neither a kind nor a label"),
        ({"mor": 3}, "asks.0.mor: Extra inputs are not permitted"),
    ],
)
def test_a_slip_in_the_file_is_named(
    tmp_path: Path, change: dict[str, Any], told: str
) -> None:
    path = tmp_path / "refill.yml"
    ask = {"because": "x", "was": 0, "now": 3, **change}
    path.write_text(yaml.safe_dump({"domain": "medicine", "round": 2, "asks": [ask]}))
    with pytest.raises(ValueError, match=told):
        read_refill(path, PACK)


def test_an_edited_file_is_held_to_the_rule_again(tmp_path: Path) -> None:
    path = tmp_path / "refill.yml"
    ask = {"because": "x", "was": 0, "now": 3, "attributes": {"a": "zorbleth"}}
    ask |= {"quotes_real": True, "from_real": True}
    hint = {"text": "zorbleth", "size": 3, "about": "w", "quotes_real": True}
    data = {"domain": "medicine", "round": 2, "real_passages": 500}
    path.write_text(yaml.safe_dump({**data, "asks": [ask], "hints": [hint]}))
    asks, hints, left_out = read_refill(path, PACK)
    assert asks == [] and hints == [] and left_out == {QUOTES: 2}
