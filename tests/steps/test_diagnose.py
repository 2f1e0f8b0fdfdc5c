"""The step: what it reads, what it writes, what it refuses."""

import json
import re
from pathlib import Path

import pytest
from tests.builders import MEDICINE, example
from tests.builders.reviews import annotated, decide
from typer.testing import CliRunner

import diagnose
from console.step import make_app
from phantom.checks.engine.base import Finding
from phantom.evaluation.diagnosis.records import Diagnosis
from phantom.jsonl import read_jsonl, write_jsonl
from phantom.records import Example
from phantom.review.decisions import DecisionLog
from phantom.review.records import Annotation

GOLD = [
    example(
        f"<CHEMICAL id=1>Aspirin</CHEMICAL> relieved <DISEASE id=2>gout</DISEASE> {i}.",
        (1, "TREATS", 2),
        id=f"d{i}",
        kind="chemical treats disease",
    )
    for i in range(4)
]


def call(folder: Path, *more: str) -> str:
    write_jsonl(folder / "dev.jsonl", GOLD)
    found = [
        example("<GENE id=1>Aspirin</GENE> relieved gout 0.", id="d0"),
        *(x.model_copy(update={"relations": ()}) for x in GOLD[1:]),
    ]
    write_jsonl(folder / "found.jsonl", found)
    arguments = [str(MEDICINE), str(folder / "dev.jsonl"), str(folder / "out")]
    arguments += ["--predictions", str(folder / "found.jsonl"), "--no-model", *more]
    result = CliRunner().invoke(make_app(diagnose.diagnose), arguments)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def test_terminal_json_page_and_queue(tmp_path: Path) -> None:
    output = call(tmp_path)
    text = (tmp_path / "out/diagnosis.json").read_text(encoding="utf-8")
    diagnosis = Diagnosis.model_validate_json(text)
    assert diagnosis.origin == "private" and diagnosis.passages == 4
    types = sorted(m.type for m in diagnosis.mistakes)
    assert types == ["label", "missed", *["missed"] * 4]
    assert "relations" in output and "6 errors" in output
    page = (tmp_path / "out/diagnosis.html").read_text(encoding="utf-8")
    targets = set(re.findall(r'id="([^"]+)"', page))
    links = set(re.findall(r'href="#([^"]+)"', page))
    assert links <= targets and {f"m{i}" for i in range(6)} <= targets
    assert "mentions-CHEMICAL-GENE" in links and "relations-TREATS-none" in links
    assert not re.search(r'(?:src|href)="(?!#|data:)', page) and "<script" not in page
    assert "It stays in the house." in page


def test_weaknesses_are_a_queue_for_review(tmp_path: Path) -> None:
    call(tmp_path)
    path = tmp_path / "out/diagnosis_cells.jsonl"
    findings = list(read_jsonl(path, Finding))
    names = {w["facet"] for w in json.loads(_json(tmp_path))["weaknesses"]}
    assert len({f.reason for f in findings}) == len(names)
    assert {f.ids[0] for f in findings} <= {x.id for x in GOLD}


def test_what_is_marked_up_is_escaped(tmp_path: Path) -> None:
    odd = [
        Example(
            id="<i>", text="<script>alert(1)</script> & more", meta={"kind": "none"}
        )
    ]
    write_jsonl(tmp_path / "dev.jsonl", odd)
    found = example("x", id="<i>", mentions=()).model_copy(update={"text": odd[0].text})
    marked = found.model_dump()
    marked["entities"] = [{"start": 0, "end": 8, "label": "GENE", "text": "<script>"}]
    write_jsonl(tmp_path / "found.jsonl", [Example.model_validate(marked)])
    arguments = [str(MEDICINE), str(tmp_path / "dev.jsonl"), str(tmp_path / "out")]
    arguments += ["--predictions", str(tmp_path / "found.jsonl"), "--no-model"]
    result = CliRunner().invoke(make_app(diagnose.diagnose), arguments)
    assert result.exit_code == 0, result.output
    page = (tmp_path / "out/diagnosis.html").read_text(encoding="utf-8")
    assert "<script" not in page and "<i>" not in page and "&lt;script&gt;" in page


def test_a_test_split_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ncbi_disease" / "test.jsonl"
    write_jsonl(path, GOLD)
    arguments = [str(MEDICINE), str(path), str(tmp_path / "out")]
    arguments += ["--predictions", str(path)]
    result = CliRunner().invoke(make_app(diagnose.diagnose), arguments)
    assert isinstance(result.exception, ValueError)
    assert "a test split" in str(result.exception)


def test_training_text_among_the_gold_data_is_told(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "train.jsonl", GOLD[:2])
    output = call(tmp_path, "--train", str(tmp_path / "train.jsonl"))
    assert "2 of the texts are training text, which hides errors" in output


def test_gold_is_what_people_decided_and_no_more(tmp_path: Path) -> None:
    """One accepted, one edited, one skipped, one that nobody saw."""
    log = DecisionLog(tmp_path / "reviews.jsonl")
    tagged = "<CHEMICAL id=1>Aspirin</CHEMICAL> relieved gout 1."
    for number, (verdict, after) in enumerate(
        [("accept", None), ("accept", annotated(tagged)), ("skip", None)]
    ):
        shown = {"before": Annotation.of(GOLD[number]), "after": after}
        log.append(
            decide(
                f"d{number}", "ann", number, verdict, text=GOLD[number].text, **shown
            )
        )
    output = call(tmp_path, "--reviews", str(tmp_path / "reviews.jsonl"))
    assert "1 accepted; 1 edited" in output and "2 not decided" in output
    diagnosis = Diagnosis.model_validate_json(_json(tmp_path))
    assert diagnosis.passages == 2 and diagnosis.notes[0].startswith("no training")
    # Of the first all is wrong; gout in the second, which the reviewer took out, is
    # predicted still.
    types = {(diagnosis.texts[m.example].id, m.type) for m in diagnosis.mistakes}
    assert types == {
        ("d0", "label"),
        ("d0", "missed"),
        ("d1-reviewed", "spurious"),
    }


def test_without_gold_nothing_is_told(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "reviews.jsonl", [])
    with pytest.raises(ValueError, match="nothing to diagnose on"):
        call(tmp_path, "--reviews", str(tmp_path / "reviews.jsonl"))


def _json(folder: Path) -> str:
    return (folder / "out/diagnosis.json").read_text(encoding="utf-8")
