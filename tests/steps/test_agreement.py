"""The step `agreement`: figures, drawing and hints; no decision is a plain message."""

import json
from pathlib import Path

import pytest
from tests.builders import FINANCE, example
from tests.builders.reviews import decide

from agreement import agreement
from phantom.feedback.hints import read_hints
from phantom.jsonl import write_jsonl
from phantom.review.decisions import DecisionLog
from phantom.review.records import Annotation

PASSAGES = [
    example(f"<ORG id=1>Mill</ORG> number {i} was sold.", id=f"s{i}", model="m")
    for i in range(3)
]


def test_figures_drawing_and_hints(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "checked.jsonl"
    write_jsonl(path, PASSAGES)
    log = DecisionLog(tmp_path / "reviews.jsonl")
    for number, passage in enumerate(PASSAGES):
        before = Annotation.of(passage)
        empty = {"before": before, "after": Annotation(), "text": passage.text}
        log.append(decide(passage.id, "ann", 2 * number, **empty))
        log.append(decide(passage.id, "bob", 2 * number + 1, **empty))
    out = tmp_path / "out"
    agreement(FINANCE, path, log.path, out)
    figures = json.loads((out / "agreement.json").read_text())
    assert figures["precision"]["ORG"]["right"] == 0
    assert figures["pairs"][0]["examples"] == 3
    assert (out / "agreement.png").is_file()
    (hint,) = read_hints(out / "review_hints.json").hints
    assert (hint.text, hint.size) == ("Do not mark 'Mill' as ORG.", 3)
    assert "ann and bob" in capsys.readouterr().out


def test_without_decisions_the_step_says_so(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no decisions yet; `review` writes them"):
        agreement(FINANCE, tmp_path / "x", tmp_path / "none.jsonl", tmp_path)
