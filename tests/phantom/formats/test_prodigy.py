import json
from pathlib import Path
from typing import Any

import pytest
from tests.builders import example
from tests.builders.formats import read_as, turn_round, write_text

TEXT = "Iron oxide gave rash."


def span(words: str, label: str | None = "C", **more: Any) -> dict[str, Any]:
    start = TEXT.index(words)
    return {"start": start, "end": start + len(words), "label": label, **more}


def record(*spans: Any, relations: Any = (), **more: Any) -> dict[str, Any]:
    return {"text": TEXT, "spans": spans, "relations": relations, **more}


def read(tmp_path: Path, *records: Any, **settings: Any) -> Any:
    path = write_text(tmp_path / "p.jsonl", "\n".join(map(json.dumps, records)))
    return read_as("prodigy", path, **settings)


def test_relations_go_by_their_spans_not_by_last_tokens(tmp_path: Path) -> None:
    # "oxide" and "Iron oxide" end on one token.
    outer, inner, rash = span("Iron oxide"), span("oxide"), span("rash", "D")
    link = {"head": 1, "child": 3, "head_span": inner, "child_span": rash,
            "label": "GIVES"}  # fmt: skip
    (found,), report = read(tmp_path, record(outer, inner, rash, relations=[link]))
    assert [x.text for x in found.entities] == ["oxide", "rash"]
    assert [(x.head, x.tail, x.label) for x in found.relations] == [(0, 1, "GIVES")]
    assert report.left_out == {"mention that overlaps another": 1}


def test_only_accepted_answers_count(tmp_path: Path) -> None:
    records = [record(span("rash"), answer=x) for x in ("accept", "reject", "ignore")]
    found, report = read(tmp_path, *records)
    assert len(found) == 1
    assert report.left_out == {"answer 'reject'": 1, "answer 'ignore'": 1}
    both, _ = read(tmp_path, *records, rejected=True)
    assert [x.meta.get("answer") for x in both] == [None, "reject"]


def test_each_annotator_makes_an_example(tmp_path: Path) -> None:
    found, _ = read(
        tmp_path,
        record(span("rash"), _input_hash=7, _session_id="ner-ann"),
        record(span("Iron"), _input_hash=7, _annotator_id="bo"),
        record(span("Iron"), _input_hash=8),
        record(span("Iron"), _input_hash=8),
    )
    assert [x.id for x in found] == ["x-7-ner-ann", "x-7-bo", "x-8", "x-8-2"]


def test_what_has_no_label_or_span_is_counted(tmp_path: Path) -> None:
    a, b = span("Iron"), span("rash")
    links = [
        {"head": 0, "child": 3, "label": "R"},
        {"head_span": a, "child_span": b, "label": None},
        {"head_span": a, "child_span": span("gave"), "label": "R"},
    ]
    _, report = read(tmp_path, record(a, b, span("oxide", None), relations=links))
    assert report.left_out == {
        "span without a label": 1,
        "relation without head_span and child_span": 1,
        "relation without a label": 1,
        "relation to an unknown mention": 1,
    }


def test_tokens_and_words_must_be_those_of_the_text(tmp_path: Path) -> None:
    tokens = [{"text": "Iron", "start": 1, "end": 5, "id": 0}]
    bad = record(span("rash"), tokens=tokens)
    wrong = record(span("rash", text="hives"))
    found, report = read(tmp_path, bad, wrong, record())
    assert len(found) == 1
    assert "p.jsonl:1: token 0 is 'Iron', the text has 'ron '" in report.broken[0]
    assert "'rash' at 16-20, the mention is 'hives'" in report.broken[1]


def test_what_prodigy_can_say_comes_back(tmp_path: Path) -> None:
    given = [
        example(
            "<A id=1>Na+</A>/<B id=2>K</B>s  gave", (2, "R", 1), (1, "S", 2), id="r"
        ),
        example("naïve 🙂", id="s", tokens=["naïve", "🙂"], kind="none"),
    ]
    found, report = turn_round("prodigy", given, tmp_path / "p.jsonl")
    assert [x.model_dump(exclude={"tokens"}) for x in found] == [
        x.model_dump(exclude={"tokens"}) for x in given
    ]
    assert report.lines() == []
    first = json.loads((tmp_path / "p.jsonl").read_text().splitlines()[0])
    assert [x["text"] for x in first["tokens"]] == ["Na", "+", "/", "K", "s", "gave"]
    link = first["relations"][0]
    assert (link["head"], link["child"]) == (3, 1)
    assert first["spans"][0]["token_end"] == 1


def test_a_task_of_text_classification_has_no_spans(tmp_path: Path) -> None:
    text = '{"text": "Gout.", "label": "D", "answer": "accept"}\n'
    with pytest.raises(ValueError, match="no `spans`"):
        read_as("prodigy", write_text(tmp_path / "a", text))
