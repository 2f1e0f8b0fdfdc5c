"""The step: words that carry a label, and what is written of them."""

import json
from pathlib import Path

import pytest
from tests.builders import MEDICINE
from tests.builders.explaining import SHORTCUT, taught_shortcut
from typer.testing import CliRunner

import shortcuts
from console.step import make_app
from phantom.evaluation.explain.shortcut_records import Shortcuts
from phantom.feedback.hints import Hints
from phantom.jsonl import read_jsonl, write_jsonl
from phantom.records import Example


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pipeline")
    taught_shortcut().to_disk(folder)
    return folder


def call(folder: Path, pipeline: Path, texts: list[str], model: str | None) -> str:
    """model: What wrote the texts; None for people."""
    examples = [Example(id=str(i), text=x, model=model) for i, x in enumerate(texts)]
    write_jsonl(folder / "dev.jsonl", examples)
    paths = [MEDICINE, pipeline, *(folder / x for x in ("dev.jsonl", "corpus", "out"))]
    arguments = [*map(str, paths), "--most", "12"]
    result = CliRunner().invoke(make_app(shortcuts.shortcuts), arguments)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def test_a_planted_word_is_listed_and_acted_on(tmp_path: Path, pipeline: Path) -> None:
    """Every third text has the word that the relation was learnt from."""
    output = call(tmp_path, pipeline, SHORTCUT, "writer")
    assert "'then' INDUCES" in output
    assert "decoys: {share: 0.1, words: ['then']}" in output
    text = (tmp_path / "out/shortcuts.json").read_text(encoding="utf-8")
    listed = Shortcuts.model_validate_json(text)
    assert listed.passages == 108 and "then" in [s.word for s in listed.found[:3]]
    hints = (tmp_path / "corpus/shortcut_hints.json").read_text(encoding="utf-8")
    (hint,) = Hints.model_validate_json(hints).hints
    assert hint.text == "Use 'then' also where nothing is INDUCES."
    negatives = list(read_jsonl(tmp_path / "out/hard_negatives.jsonl", Example))
    assert len(negatives) == 72 and all("then" in x.text for x in negatives)
    assert {x.derived_from[0] for x in negatives} <= {str(i) for i in range(108)}


def test_words_of_real_text_get_into_no_hint(tmp_path: Path, pipeline: Path) -> None:
    output = call(tmp_path, pipeline, SHORTCUT, None)
    assert "'then' INDUCES" in output and "0 hints" in output
    hints = json.loads((tmp_path / "corpus/shortcut_hints.json").read_text())
    assert hints["hints"] == []


def test_where_no_word_carries_a_label_it_says_so(
    tmp_path: Path, pipeline: Path
) -> None:
    output = call(
        tmp_path, pipeline, [x for x in SHORTCUT if "then" not in x], "writer"
    )
    assert "No word carries a label" in output and "decoys:" not in output
    assert not list(read_jsonl(tmp_path / "out/hard_negatives.jsonl", Example))


def test_a_test_split_is_refused(tmp_path: Path, pipeline: Path) -> None:
    gold = tmp_path / "bc5cdr/test.jsonl"
    paths = [MEDICINE, pipeline, gold, tmp_path, tmp_path]
    result = CliRunner().invoke(make_app(shortcuts.shortcuts), [*map(str, paths)])
    assert isinstance(result.exception, ValueError)
    assert "a test split" in str(result.exception)
