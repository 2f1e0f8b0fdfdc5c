"""What counts of a journal, each answer parsed once."""

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from phantom.completions import stream
from phantom.completions.answers import split_answers
from phantom.completions.journal import Journal
from phantom.completions.ledger import Ledger, final_answers, read_ledger
from phantom.completions.stream import stream_answers
from phantom.passages.tags import check_tags
from phantom.records import Completion


def check(text: str) -> str | None:
    return check_tags(text, ["A"])


def make_journal(path: Path, seed: int) -> None:
    """Lines of some specs each: good, broken, cut off, with items nobody asked for."""
    rng = random.Random(seed)
    with Journal(path) as journal:
        for number in range(30):
            ids = rng.sample([f"s{i}" for i in range(20)], rng.randint(1, 4))
            texts = ["<A id=1>x</A> y", "<A id=1>x", "", f"plain {number}"]
            answers: list[Any] = [
                {"id": place, "text": rng.choice(texts), "relations": []}
                for place in range(1, len(ids) + rng.randint(0, 2))
            ]
            completion = json.dumps(answers)[: rng.choice([None, None, -9, 0])]
            journal.append(
                Completion(
                    spec_ids=tuple(ids), completion=completion, model="m", recorded=""
                )
            )


@pytest.mark.parametrize("seed", range(12))
def test_the_same_answers_count(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "completions.jsonl"
    make_journal(path, seed)
    whole = read_ledger(path, Ledger(check=check))
    streamed = Ledger(check=check)
    assert list(stream_answers(path, streamed)) == list(final_answers(path, whole))
    for name in ("done", "unanswered", "reasons", "items", "requests"):
        assert getattr(streamed, name) == getattr(whole, name), name


def test_each_is_parsed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "completions.jsonl"
    make_journal(path, 1)
    parsed: Counter[Completion] = Counter()

    def counted(completion: Completion) -> Any:
        parsed[completion] += 1
        return split_answers(completion)

    monkeypatch.setattr(stream, "split_answers", counted)
    assert list(stream_answers(path, Ledger(check=check)))
    assert sum(parsed.values()) == 30
