"""The queue: order by hand-worked numbers, and speed with 100,000 examples."""

import json
import time
import tracemalloc
from pathlib import Path

import pytest
from tests.builders import example

from phantom.jsonl import write_jsonl
from phantom.records import Example, Labelled
from phantom.review.lines import ExampleFile
from phantom.review.queue import (
    by_findings,
    by_pipeline,
    draw_sample,
    read_findings,
    sample_size,
    with_attribute,
)


def test_sample_size_by_hand() -> None:
    # 1.96^2 * 0.25 / 0.05^2 = 384.1; of 1,000: 384.1 / (1 + 383.1 / 1000) = 277.7
    assert sample_size(0.05, 0.5, 10**9) == 385
    assert sample_size(0.05, 0.5, 1000) == 278
    # 1.96^2 * 0.85 * 0.15 / 0.05^2 = 195.9
    assert sample_size(0.05, 0.85, 10**9) == 196
    assert sample_size(0.05, 0.5, 10) == 10
    with pytest.raises(ValueError, match="between 0 and 1"):
        sample_size(0, 0.5, 10)


def test_a_sample_is_the_same_for_the_same_seed() -> None:
    ids = [f"e{i}" for i in range(100)]
    assert draw_sample(ids, 10, 1) == draw_sample(ids, 10, 1)
    assert list(draw_sample(ids, 10, 1)) != list(draw_sample(ids, 10, 2))
    assert len(draw_sample(ids, 1000)) == 100


def test_findings_of_failed_checks_come_first(tmp_path: Path) -> None:
    rows = [
        ("labels", "a", "warning"),
        ("labels", "b", "error"),
        ("leaks", "c", "info"),
        ("names", "a", "error"),
    ]
    lines = [
        {"check": c, "ids": [i], "severity": s, "reason": "r", "detail": f"d{i}"}
        for c, i, s in rows
    ]
    review = tmp_path / "review.jsonl"
    review.write_text("".join(json.dumps(line) + "\n" for line in lines))
    worst = {
        "id": "z",
        "reason": "odd",
        "detail": "far",
        "value": 2.0,
        "action": "note",
    }
    report = {
        "measures": [{"check": "leaks", "status": "fail"}],
        "worst": [{"check": "realism", "findings": [worst]}],
    }
    quality = tmp_path / "quality.json"
    quality.write_text(json.dumps(report))
    found = by_findings(read_findings(review, quality))
    assert list(found) == ["c", "b", "a", "z"]
    assert found["a"] == ["names: da", "labels: da"] and found["z"] == ["realism: far"]
    assert list(by_findings(read_findings(review), ["names"])) == ["a"]
    quality.write_text("[]")
    with pytest.raises(ValueError, match="quality.json: no report of `check`"):
        read_findings(review, quality)
    with pytest.raises(ValueError, match="run `check`, which writes it"):
        read_findings(tmp_path / "none.jsonl")


def test_order_by_pipeline(tmp_path: Path) -> None:
    text = "<CHEMICAL id=1>Iron</CHEMICAL> eased <DISEASE id=2>gout</DISEASE>."
    labels = [example(text, (1, "TREATS", 2), id=i) for i in "abc"]
    found = [
        Labelled(**{**dict(labels[0]), "relations": (), "meta": {"scores": [0.9]}}),
        Labelled(**{**dict(labels[1]), "meta": {"scores": [0.4]}}),
        Labelled(
            id="c",
            text=labels[2].text,
            meta={"scores": [], "chances": [[0, 4, "CHEMICAL", 0.02]]},
        ),
    ]
    write_jsonl(tmp_path / "labels.jsonl", labels)
    write_jsonl(tmp_path / "found.jsonl", found)
    examples = ExampleFile(tmp_path / "labels.jsonl", Example)
    predicted = ExampleFile(tmp_path / "found.jsonl", Labelled)
    differ = by_pipeline(examples, predicted, "disagreement")
    assert list(differ) == ["c", "a"]
    assert differ["c"] == ["labels and pipeline differ in 2 mentions, 1 relations"]
    unsure = by_pipeline(examples, predicted, "uncertainty")
    assert unsure == {
        "b": ["the pipeline gives a relation TREATS a chance of 0.40"],
        "c": ["the pipeline gives CHEMICAL 'Iron' a chance of 0.02"],
    }


def test_by_what_was_asked_for() -> None:
    rows = [
        example("A.", id="a", kind="treats", attributes={"section": "title"}),
        example("B.", id="b", kind="treats", attributes={"section": "results"}),
        example("C.", id="c"),
    ]
    assert list(with_attribute(rows, {"kind": "treats"})) == ["a", "b"]
    assert list(with_attribute(rows, {"kind": "treats", "section": "title"})) == ["a"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"id": "a", "text": ""}\n\n{"text": "", "id": "a"}\n', ":3: id 'a' occurs"),
        ('{"text": ""}\n', ":1: no example"),
        ("[]\n", ":1: no example"),
        ('{"id": 5}\n', ":1: no example"),
    ],
)
def test_lines_that_are_none_are_named(
    tmp_path: Path, content: str, message: str
) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(content)
    with pytest.raises(ValueError, match=message):
        ExampleFile(path, Example)


def test_ids_in_any_place_and_with_escapes(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    lines = [
        '{"text": "b", "id": "\\u00e9"}',
        '{"id": "a\\"b", "text": "c"}',
        '{"id":"d","text":"\u2028"}',
    ]
    path.write_text("\ufeff" + "\n\n".join(lines), encoding="utf-8")
    file = ExampleFile(path, Example)
    assert file.ids == ["é", 'a"b', "d"]
    assert file["d"].text == "\u2028" and file['a"b'].text == "c"


def test_hundred_thousand_open_quickly_in_flat_memory(tmp_path: Path) -> None:
    path = tmp_path / "big.jsonl"
    body = '","text":"' + "word " * 120 + '"}\n'
    with path.open("w") as file:
        file.writelines(f'{{"id":"example-{i:07}{body}' for i in range(100_000))
    start = time.process_time()
    examples = ExampleFile(path, Example)
    assert time.process_time() - start < 2
    assert len(examples) == 100_000
    start = time.process_time()
    assert examples["example-0099999"].id == "example-0099999"
    assert time.process_time() - start < 0.05
    tracemalloc.start()
    for i in range(0, 100_000, 500):
        examples[f"example-{i:07}"]
    grown = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert grown < 200_000
