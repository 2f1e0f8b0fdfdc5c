"""The queue of a review by what a person asks for."""

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from tests.builders import example

from phantom.jsonl import write_jsonl
from phantom.records import Example, Labelled
from phantom.review import choose as module
from phantom.review.choose import POOL, Wish, choose
from phantom.review.lines import ExampleFile

GOUT = "Old <DISEASE id=1>gout</DISEASE> hurts."


@pytest.fixture
def examples(tmp_path: Path) -> ExampleFile[Example]:
    rows = [
        example(GOUT, id=f"e{i:04}", kind="treats" if i % 2 else "none")
        for i in range(1200)
    ]
    write_jsonl(tmp_path / "checked.jsonl", rows)
    return ExampleFile(tmp_path / "checked.jsonl", Example)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A pipeline that misses the mention of each third example, in place of one that
    reads; ids that it was asked for."""
    seen: list[str] = []

    def write(path: Path, _: Path, rows: Iterable[Example]) -> ExampleFile[Labelled]:
        found = []
        for row in rows:
            seen.append(row.id)
            number = int(row.id[1:])
            entities = () if number % 3 == 0 else row.entities
            chances = [[4, 8, "DISEASE", 0.5 if number % 5 == 0 else 0.99]]
            found.append(
                Labelled(
                    id=row.id,
                    text=row.text,
                    entities=entities,
                    meta={"scores": [], "chances": chances},
                )
            )
        write_jsonl(path, found)
        return ExampleFile(path, Labelled)

    monkeypatch.setattr(module, "write_predicted", write)
    return seen


def make(examples: ExampleFile[Example], **wish: Any) -> Any:
    return choose(examples, Wish(**wish), examples.path.with_name("predicted.jsonl"))


def test_a_sample_is_as_large_as_the_margin_asks(
    examples: ExampleFile[Example],
) -> None:
    # 195.9 of many; of 1,200: 195.9 / (1 + 194.9 / 1200) = 168.5
    queue, predicted = make(examples, margin=0.05, expected=0.85)
    assert len(queue) == 169 and predicted is None
    assert set(map(tuple, queue.values())) == {("random sample",)}
    assert len(make(examples, size=7)[0]) == 7
    assert list(make(examples, size=7)[0]) != list(make(examples, size=7, seed=1)[0])


def test_only_what_was_asked_for_so(examples: ExampleFile[Example]) -> None:
    queue, _ = make(examples, size=2000, where={"kind": "treats"})
    assert len(queue) == 600 and all(int(key[1:]) % 2 for key in queue)
    with pytest.raises(ValueError, match="no example to look at; see --where"):
        make(examples, where={"kind": "other"})


def test_by_disagreement(examples: ExampleFile[Example], asked: list[str]) -> None:
    queue, predicted = make(examples, order="disagreement", pipeline=Path("p"))
    assert len(asked) == POOL and predicted is not None
    assert set(queue) == {key for key in asked if int(key[1:]) % 3 == 0}
    assert {tuple(x) for x in queue.values()} == {
        ("labels and pipeline differ in 1 mentions, 0 relations",)
    }
    assert len(make(examples, order="disagreement", pipeline=Path("p"), size=5)[0]) == 5


def test_by_uncertainty_of_mentions(
    examples: ExampleFile[Example], asked: list[str]
) -> None:
    queue, _ = make(examples, order="uncertainty", pipeline=Path("p"))
    first = Counter(int(key[1:]) % 5 == 0 for key in list(queue)[:200])
    torn = sum(int(key[1:]) % 5 == 0 for key in asked)
    assert first[True] == min(200, torn)
    key = next(iter(queue))
    assert queue[key] == ["the pipeline gives DISEASE 'gout' a chance of 0.50"]


@pytest.mark.parametrize("order", ["disagreement", "uncertainty"])
def test_these_orders_need_a_pipeline(
    examples: ExampleFile[Example], order: str
) -> None:
    with pytest.raises(ValueError, match=f"{order} needs a trained pipeline"):
        make(examples, order=order)


def test_by_findings_of_checks_and_of_a_diagnosis(
    examples: ExampleFile[Example], asked: list[str]
) -> None:
    rows = [
        ("diagnosis", "e0003", "abbreviation"),
        ("diagnosis", "e0001", "abbreviation"),
        ("diagnosis", "e0001", "long"),
        ("diagnosis", "gone", "long"),
        ("labels", "e0002", "doubtful"),
    ]
    lines = [
        {"check": c, "ids": [i], "severity": "warning", "reason": r, "detail": r}
        for c, i, r in rows
    ]
    path = examples.path.with_name("review.jsonl")
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    queue, predicted = make(examples, order="findings", pipeline=Path("p"))
    assert list(queue) == ["e0003", "e0001", "e0002"] == asked
    assert queue["e0001"] == ["diagnosis: abbreviation", "diagnosis: long"]
    assert predicted is not None and predicted.ids == asked
    cell = make(examples, order="findings", findings=path, checks=("long",))[0]
    assert list(cell) == ["e0001"]
    with pytest.raises(ValueError, match="nothing in it to look at"):
        make(examples, order="findings", checks=("none",))
    # A diagnosis of other data.
    other = path.with_name("diagnosis_cells.jsonl")
    other.write_text(json.dumps({**lines[0], "ids": ["gone"]}) + "\n")
    with pytest.raises(ValueError, match=r"none of its 1 .* name the file"):
        make(examples, order="findings", findings=other)
