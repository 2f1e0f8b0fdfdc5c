"""The step private-profile: draws before it reads, and feeds the next plan."""

import json
from pathlib import Path

import pytest
import yaml
from tests.builders import PETS, example, make_specs
from typer.testing import CliRunner

import plan as plan_step
import private_profile
from console.step import make_app
from phantom.jsonl import read_jsonl, write_jsonl
from phantom.privacy.ledger import BudgetExhausted
from phantom.records import Spec

pytest.importorskip("opendp")
BUDGET = "configs/privacy.yml"


def run(folder: Path, texts: Path, *more: str) -> str:
    corpus, ledger = folder / "corpus", folder / "ledger.jsonl"
    arguments = [str(PETS), str(corpus), str(texts), BUDGET, str(ledger)]
    arguments += ["--attributes", "tense", *more]
    done = CliRunner().invoke(make_app(private_profile.private_profile), arguments)
    if done.exception:
        raise done.exception
    return done.output


def write_texts(folder: Path) -> Path:
    path = folder / "private.jsonl"
    examples = [
        example(
            "<ANIMAL id=1>Zorbleth</ANIMAL> ate <FOOD id=2>vumpish</FOOD>.",
            (1, "EATS", 2),
            id=f"r{i}",
            origin="private",
            patient=f"p{i % 150}",
            attributes={"tense": "past"},
        )
        for i in range(300)
    ]
    write_jsonl(path, examples)
    return path


def test_it_feeds_the_next_plan_and_names_no_word(tmp_path: Path) -> None:
    texts = write_texts(tmp_path)
    specs = make_specs(20, kind="none", tense="present")
    write_jsonl(tmp_path / "corpus" / "round-1" / "specs.jsonl", specs)
    output = run(tmp_path, texts, "--epsilon", "2", "--examples", "40")
    folder = tmp_path / "corpus" / "round-2"
    written = [path.read_text() for path in folder.iterdir()]
    assert len(written) == 2
    for text in (*written, output):
        assert "orbleth" not in text and "vumpish" not in text
    refill = yaml.safe_load((folder / "refill.yml").read_text())
    asked = [(x.get("kinds"), x.get("attributes")) for x in refill["asks"]]
    assert (["eats"], None) in asked
    assert any(attributes == {"tense": "past"} for _, attributes in asked)
    (line,) = [json.loads(x) for x in (tmp_path / "ledger.jsonl").open()]
    assert line["mechanism"] == {"epsilon": 2.0}
    assert line["reads"] == [str(texts)]

    journal = tmp_path / "completions.jsonl"
    arguments = [str(PETS), str(tmp_path / "corpus"), str(journal), "--round", "2"]
    arguments += ["--refill", str(folder / "refill.yml")]
    done = CliRunner().invoke(make_app(plan_step.plan), arguments)
    assert not done.exception, done.output
    made = list(read_jsonl(folder / "specs.jsonl", Spec))
    assert sum(spec.kind == "eats" for spec in made) >= 15


def test_an_exhausted_budget_stops_before_the_text_is_read(tmp_path: Path) -> None:
    texts = tmp_path / "private.jsonl"
    texts.write_text("this would be an error if it were read\n")
    with pytest.raises(BudgetExhausted, match="nothing was read"):
        run(tmp_path, texts, "--epsilon", "3.5")
    with pytest.raises(ValueError, match=r"private\.jsonl:1"):
        run(tmp_path, texts, "--epsilon", "0.5")


def test_a_record_must_say_whose_it_is(tmp_path: Path) -> None:
    texts = tmp_path / "private.jsonl"
    write_jsonl(texts, [example("Alone.", id="r7", origin="private")])
    with pytest.raises(ValueError, match="'r7' does not say whose it is"):
        run(tmp_path, texts)
