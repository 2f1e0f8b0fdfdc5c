"""The step: every decision of a text explained, as lines and as a page."""

import re
from pathlib import Path

import pytest
import spacy
from tests.builders import MEDICINE
from tests.builders.explaining import make_transformer_pipeline, teach
from typer.testing import CliRunner

import explain
from console.step import make_app
from phantom.evaluation.explain.records import Explained
from phantom.jsonl import read_jsonl, write_jsonl
from phantom.records import Example
from phantom.reports.explain.html import Shown

pytest.importorskip("captum")
TEXTS = ["aspirin induced a rash", " ", "aspirin treats fever"]


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pipeline")
    rows = [
        (f"aspirin {cue} a rash", (0, 1), (3, 4), label)
        for cue, label in [("induced", "INDUCES"), ("treats", "TREATS")]
    ]
    teach(make_transformer_pipeline(folder), rows, 25).to_disk(folder / "nlp")
    return folder / "nlp"


def call(folder: Path, pipeline: Path, *more: str) -> str:
    examples = [Example(id=f"d{i}", text=text) for i, text in enumerate(TEXTS)]
    write_jsonl(folder / "dev.jsonl", examples)
    paths = [MEDICINE, pipeline, folder / "dev.jsonl", folder / "out"]
    arguments = [*map(str, paths), *more]
    result = CliRunner().invoke(make_app(explain.explain), arguments)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def read(folder: Path) -> list[Explained]:
    return list(read_jsonl(folder / "out/explained.jsonl", Explained))


def test_all_that_is_found_is_explained(tmp_path: Path, pipeline: Path) -> None:
    output = call(tmp_path, pipeline, "--take", "2")
    found, nothing = read(tmp_path)
    assert (found.id, nothing.id) == ("d0", "d1") and nothing.explanations == []
    (relation,) = [x for x in found.explanations if x.family == "relations"]
    assert relation.label == "INDUCES" and len(found.explanations) == 3
    assert [found.text[a:b] for a, b in relation.spans] == ["aspirin", "rash"]
    assert relation.tried > 0 and relation.near == []
    assert "3 decisions in 2 texts" in output and "aspirin INDUCES rash" in output
    assert "of 3 attributions sum up" in output
    page = (tmp_path / "out/explained.html").read_text(encoding="utf-8")
    assert "INDUCES" in page and "<script" not in page
    # A notebook shows the same drawings, wide and narrow, within a page of its own.
    cell = Shown(found)._repr_html_()
    drawings = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(drawings) == 6 and all(drawing in cell for drawing in drawings)
    assert "<html" not in cell and "<script" not in cell


def test_a_sentence_of_ones_own_stays_private(tmp_path: Path, pipeline: Path) -> None:
    call(tmp_path, pipeline, "--text", "a rash , aspirin induced", "--no-flips")
    (found,) = read(tmp_path)
    assert found.text == "a rash , aspirin induced" and found.origin == "private"
    assert all(x.flip is None and x.tried == 0 for x in found.explanations)


def test_nothing_to_explain_is_an_error(tmp_path: Path, pipeline: Path) -> None:
    with pytest.raises(ValueError, match="nothing to explain"):
        call(tmp_path, pipeline, "--take", "0")


def test_a_pipeline_without_transformer_is_refused(tmp_path: Path) -> None:
    spacy.blank("xx").to_disk(tmp_path / "nlp")
    with pytest.raises(ValueError, match="0 transformers"):
        call(tmp_path, tmp_path / "nlp")
