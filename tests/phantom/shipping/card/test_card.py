"""The model card says what was counted and measured, and nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import ModelCard
from tests.builders import PETS

from phantom.packs.pack import load_pack
from phantom.shipping.card.build import Card, build_card

NOTHING = {"documents": 120, "scores": {}, "cells": [], "parity": [], "spreads": []}
AUDIT = {
    **NOTHING,
    "domain": "pets",
    "source": "clinic, dev",
    "origin": "synthetic",
    "cells": [
        {
            "dimension": "sex",
            "group": "female",
            "task": "entities",
            "metric": "recall",
            "label": "PET",
            "documents": 40,
            "support": 50,
            "value": 0.5,
            "rest": 0.75,
            "gap": -0.25,
            "low": -0.375,
            "high": -0.125,
            "p": 0.001,
            "alarm": True,
        }
    ],
    "small": {"region": {"Bavaria": 3}},
    "flips": [
        {
            "dimension": "sex",
            "old": "",
            "new": "",
            "task": "entities",
            "label": "all",
            "passages": 30,
            "predictions": 80,
            "flips": 8,
            "low": 0.05,
            "high": 0.18,
            "changed": 6,
        }
    ],
}


def scores(f: float, support: int) -> dict[str, Any]:
    return {"p": f, "r": f, "f": f, "f_ci": [f - 0.1, f + 0.1], "support": support}


def meta(**more: Any) -> dict[str, Any]:
    systems = {
        "pipeline": {
            "micro": scores(0.8, 9),
            "labels": {"A": scores(0.7, 5), "B|C": scores(0.9, 4)},
        },
        "dictionary": {"micro": scores(0.3, 9), "labels": {}},
    }
    dataset = {
        "title": "Clinic",
        "notes": ["Names are short."],
        "splits": {"test": {"use": "test", "entities": {"systems": systems}}},
    }
    absent = {"title": "Absent", "notes": ["Never read."], "splits": {}}
    return {
        "lang": "en",
        "name": "phantom_pets",
        "version": "1.2.3",
        "license": "MIT",
        "sources": [{"name": "Herd book", "license": "CC0 1.0"}],
        "requirements": ["numpy"],
        "data_provenance": {
            "training_data": "12 passages: 12 synthetic",
            "written_by": "m (12)",
            "real_data_used": "none",
            "note": "Form, not facts.",
        },
        "benchmarks": {"clinic": dataset, "absent": absent},
        "benchmarks_precision": "fp32",
        **more,
    }


def card(reports: Path | None = None, **more: Any) -> Card:
    return build_card(load_pack(PETS), meta(**more), reports)


def section(text: str, title: str) -> str:
    return text.partition(f"## {title}\n")[2].partition("\n## ")[0]


def test_the_block_is_what_the_hub_reads() -> None:
    data = ModelCard(card().markdown).data
    assert (data.language, data.license, data.library_name) == ("en", "mit", "spacy")
    assert data.model_name == "en_phantom_pets"
    found = {
        (r.dataset_split, r.metric_type, r.metric_value) for r in data.eval_results
    }
    assert found == {("test", metric, 0.8) for metric in ("precision", "recall", "f1")}


def test_a_licence_that_the_hub_does_not_know_is_named() -> None:
    data = ModelCard(card(license="House Licence 2").markdown).data
    assert (data.license, data.license_name) == ("other", "house-licence-2")


def test_scores_are_the_pipelines_own_with_intervals() -> None:
    text = section(card().markdown, "Scores")
    assert (
        "| Clinic, test | entities | all | 80.0 | 80.0 | 80.0 (70.0 to 90.0) | 9 |"
        in text
    )
    assert "| B\\|C | 90.0" in text and "| 30.0" not in text and "fp32" in text
    limits = section(card().markdown, "Limits")
    assert "Names are short" in limits and "Never read" not in limits


def test_what_was_not_measured_is_said() -> None:
    text = card(benchmarks={}).markdown
    assert "Not measured." in section(text, "Scores")
    assert "Not measured" in section(text, "Groups")
    assert "No ledger" in section(text, "Privacy")
    assert "No attack was tried" in section(text, "Privacy")
    assert "Not recorded" in section(text, "Cost of training")


def test_a_students_card_says_whose_it_is() -> None:
    """At its head, before what it is for."""
    said = {"teacher": "en_x 0.1.0", "layers": 3, "of": 6, "public_texts": 0}
    student = {**said, "settings": {"match_steps": 300, "steps": 300}}
    text = card(student=student).markdown
    told, _, rest = text.partition("## Intended use")
    assert "A student of en_x 0.1.0: 3 of its 6 encoder layers" in told and rest
    assert "student" not in card().markdown


def test_reports_of_the_run_are_taken_up(tmp_path: Path) -> None:
    cost = {"processor_seconds": 7200, "wall_seconds": 4000, "joules": None, "runs": 2}
    privacy = {"spent": {"epsilon": 1.25}, "budget": {"unit": "client"}}
    privacy["draws"] = [{"purpose": "profile"}]  # type: ignore[assignment]
    guess = {"attack": "membership", "figure": "AUC", "value": 0.55, "low": 0.47}
    guess |= {"high": 0.6, "guess": 0.5, "limit": 0.6, "fails": False}
    reports = {"audit": AUDIT, "cost": cost, "privacy-loss": privacy}
    reports["privacy"] = {"verdicts": [guess]}
    for name, data in reports.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(data))
    text = card(tmp_path).markdown
    groups = section(text, "Groups")
    assert "sex = female: recall of PET: 0.500, the rest 0.750" in groups
    assert "Bavaria (3)" in groups
    assert "| sex | entities | 30 | 80 | 10.0% (5.0 to 18.0) |" in groups
    assert "epsilon 1.250 spent for each client" in section(text, "Privacy")
    tried = "| membership | AUC | 0.550 (0.470 to 0.600) | 0.5 | 0.6 |"
    assert tried in section(text, "Privacy")
    # 7,200 s at 10 W are 72,000 J, 0.02 kWh.
    took = section(text, "Cost of training")
    assert "2.0 h of processor time" in took and "67 min" in took and "2 runs" in took
    assert "0.02 kWh: an estimate" in took and "10.0 watts" in took
    (tmp_path / "cost.json").write_text(json.dumps({**cost, "joules": 3.6e6}))
    took = section(card(tmp_path).markdown, "Cost of training")
    assert "1.00 kWh, read from" in took and "estimate" not in took


@pytest.mark.parametrize("name", ["privacy", "privacy-rows"])
def test_an_attack_beyond_its_limit_stops_the_release(
    tmp_path: Path, name: str
) -> None:
    verdict = {"attack": "nearest", "fails": True}
    path = tmp_path / f"{name}.json"
    path.write_text(json.dumps({"verdicts": [verdict]}))
    with pytest.raises(ValueError, match=r"beyond its limit \(nearest\)"):
        card(tmp_path)
    path.write_text(json.dumps({"membership": {"auc": 0.5}}))
    with pytest.raises(ValueError, match="no verdicts; run `attack` again"):
        card(tmp_path)


def test_an_empty_ledger_and_private_training_are_told(tmp_path: Path) -> None:
    empty = {"spent": {"epsilon": 0.0}, "budget": {"unit": "client"}, "draws": []}
    (tmp_path / "privacy-loss.json").write_text(json.dumps(empty))
    told = section(card(tmp_path).markdown, "Privacy")
    assert "No private record was read" in told and "were read" not in told
    training = {"epsilon": 2.0, "delta": 1e-6, "unit": "patient"}
    training["mechanism"] = {"noise": 1.5, "rate": 0.1, "steps": 300}  # type: ignore
    told = section(card(private_training=training).markdown, "Privacy")
    assert "by DP-SGD: epsilon 2.000 at delta 1e-06 for each patient" in told
    assert "300 steps.\n" in told and "alone" not in told
    training["read_before"] = "bert had read 7 public texts"
    told = section(card(private_training=training).markdown, "Privacy")
    assert "of the private records alone: bert had read 7 public texts.\n" in told


def test_an_audit_of_another_domain_is_none_of_it(tmp_path: Path) -> None:
    (tmp_path / "audit.json").write_text(json.dumps({**AUDIT, "domain": "cars"}))
    assert "Not measured" in section(card(tmp_path).markdown, "Groups")
    (tmp_path / "audit.json").write_text("{")
    with pytest.raises(ValueError, match="audit.json"):
        card(tmp_path)


def test_the_page_holds_the_same_and_escapes(tmp_path: Path) -> None:
    sources = [{"name": "<script>alert(1)</script>", "license": "MIT"}]
    made = card(sources=sources)
    assert "<script" not in made.html and "&lt;script" in made.html
    assert "<td>Clinic, test</td>" in made.html and "model-index" not in made.html
    made.write(tmp_path)
    assert (tmp_path / "model_card.md").read_text(encoding="utf-8") == made.markdown
