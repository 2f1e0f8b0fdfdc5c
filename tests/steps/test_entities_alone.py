"""A domain without relations goes the whole road with its entities."""

import json
from pathlib import Path
from typing import Any

import pytest
import spacy
from tests.builders import example
from typer.testing import CliRunner

import convert
import evaluate
import plan
import train
from console.step import make_app
from phantom.jsonl import write_jsonl
from phantom.packs.pack import load_pack
from phantom.shipping.wheel import build_wheel

DOMAIN = """
name: meds
title: Entities alone
licence: MIT
sample: Aspirin helped in gout.
labels:
  DISEASE: {definition: Diseases.}
  CHEMICAL: {definition: Drugs.}
kinds:
  both: {weight: 3, entities: {DISEASE: 1, CHEMICAL: 1}}
  none: {weight: 1, empty: true}
attributes:
  words: {values: {8: 1, 15: 2}}
"""
DRUGS = ("Aspirin", "Iron", "Zinc", "Lithium", "Quinine", "Heparin")
ILLS = ("gout", "anaemia", "mania", "malaria", "asthma")


def call(step: Any, *arguments: object) -> str:
    result = CliRunner().invoke(make_app(step), list(map(str, arguments)))
    assert result.exit_code == 0, (result.output, result.exception)
    return " ".join(result.output.split())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("meds-road")
    pack = folder / "meds"
    pack.mkdir()
    (pack / "domain.yml").write_text(DOMAIN)
    (pack / "guidelines.md").write_text("Mark all.")
    return folder


def test_plan_says_what_will_be(folder: Path) -> None:
    output = call(
        plan.plan, folder / "meds", folder, folder / "completions.jsonl", "--total", 3
    )
    assert "no relations; the pipeline will find entities alone" in output


@pytest.mark.slow
def test_entities_train_evaluate_and_ship(folder: Path, tmp_path: Path) -> None:
    pack, corpus = folder / "meds", folder / "round-1"
    examples = [
        example(
            f"{drug} helped in {ill}.",
            mentions=[(drug, "CHEMICAL"), (ill, "DISEASE")],
            id=f"{drug}-{ill}",
            model="m",
        )
        for drug in DRUGS
        for ill in ILLS
    ]
    write_jsonl(corpus / "checked.jsonl", examples)
    call(convert.convert, pack, corpus / "checked.jsonl", corpus)
    config = Path("configs/smoke.cfg").read_text().replace("steps = 200", "steps = 60")
    (folder / "small.cfg").write_text(config)
    output = call(
        train.train,
        folder / "small.cfg",
        corpus,
        folder / "training",
        "--metrics",
        folder,
    )
    assert "no relations: entities are trained alone" in output
    best = folder / "training/model-best"
    nlp = spacy.load(best)
    assert nlp.pipe_names == ["tok2vec", "ner"]
    assert {ent.label_ for ent in nlp("Zinc helped in gout.").ents}
    # The score is that of the entities, not half of it.
    assert nlp.meta["performance"]["ents_f"] > 0.5
    report = folder / "metrics.json"
    call(
        evaluate.evaluate,
        pack,
        *("--pipeline", best, "--output", report, "--benchmarks", tmp_path),
        *("--dev", corpus / "dev.jsonl", "--train", corpus / "train.jsonl"),
    )
    scores = json.loads(report.read_text())["datasets"]["synthetic_dev"]
    assert scores["splits"]["dev"]["gold_entities"] > 0
    (folder / "package").mkdir()
    wheel = build_wheel(
        load_pack(pack), best, folder / "package", version="1", metrics=report
    )
    assert wheel.is_file()
