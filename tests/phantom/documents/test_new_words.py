"""A pipeline that reads on and on keeps the words that it has, not those to come."""

import json
from pathlib import Path

import pytest
from tests.builders.documents import quick_pipeline, read_rows

from phantom.documents import applier as applying
from phantom.documents.applier import Applier, Setup
from phantom.documents.blocks import Size, read_parts
from phantom.documents.job import Job, run_here

pytestmark = pytest.mark.slow

TEXT = "PLAN:\nNo gout. Aspirin gave acute renal failure (ARF). ARF was bad."
NOTES = 60


def test_new_words_are_forgotten_once_there_are_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick_pipeline().to_disk(tmp_path / "pipeline")
    notes = tmp_path / "notes.jsonl"
    rows = [json.dumps({"text": f"{TEXT} Note {i}x."}) for i in range(NOTES)]
    notes.write_text("\n".join(rows), encoding="utf-8")
    known, outputs = [], []
    for most in (applying.WORDS, 30):
        monkeypatch.setattr(applying, "WORDS", most)
        setup = Setup(str(tmp_path / "pipeline"), tables=True, docbin=True)
        job = Job([notes], tmp_path / f"{most}", setup, size=Size(documents=6))
        job.open()
        applier = Applier(setup, job.output)
        strings, before = applier.nlp.vocab.strings, len(applier.nlp.vocab.strings)
        run_here(job, lambda *_: None, applier)
        known.append(len(strings) - before)
        outputs.append(job.output)
    # Each note has a word of its own.
    assert known[0] >= NOTES > known[1] >= 30
    assert read_rows(outputs[0]) == read_rows(outputs[1])
    parts = list(read_parts(outputs[0], "docbin"))
    assert len(parts) == NOTES // 6
    for path in parts:
        same = outputs[1] / path.relative_to(outputs[0])
        assert same.read_bytes() == path.read_bytes()
