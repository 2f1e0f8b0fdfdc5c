import json
from pathlib import Path
from typing import Any

import pytest
from tests.builders import example
from tests.builders.formats import read_as, turn_round, write_text

TEXT = "🙂 Iron oxide gave rash."


def region(id: str, words: str, *labels: str, by: int = 0, **more: Any) -> Any:
    start = TEXT.index(words) + by
    value = {"start": start, "end": start + len(words), "text": words,
             "labels": list(labels)}  # fmt: skip
    return {"id": id, "from_name": "label", "to_name": "text", "type": "labels",
            "value": value, **more}  # fmt: skip


def relation(head: str, tail: str, *labels: str, **more: Any) -> Any:
    return {"type": "relation", "from_id": head, "to_id": tail, "labels": list(labels),
            **more}  # fmt: skip


def read(tmp_path: Path, *results: Any, task: Any = None, **settings: Any) -> Any:
    tasks = [
        {
            "id": 7,
            "data": {"text": TEXT},
            "annotations": [{"result": list(x)} for x in results],
            **(task or {}),
        }
    ]
    path = write_text(tmp_path / "s.json", json.dumps(tasks))
    return read_as("label_studio", path, **settings)


PAIR = [region("a", "Iron", "C"), region("b", "rash", "D")]


@pytest.mark.parametrize(
    ("given", "ends"),
    [
        ({}, [(0, 1)]),
        ({"direction": "right"}, [(0, 1)]),
        ({"direction": "left"}, [(1, 0)]),
        ({"direction": "bi"}, [(0, 1), (1, 0)]),
    ],
)
def test_directions(given: Any, ends: Any, tmp_path: Path) -> None:
    (found,), _ = read(tmp_path, [*PAIR, relation("a", "b", "R", **given)])
    assert [(x.head, x.tail) for x in found.relations] == ends
    (one,), _ = read(tmp_path, [*PAIR, relation("a", "b", "R", **given)], both="one")
    assert len(one.relations) == 1


def test_each_label_of_a_relation_is_one(tmp_path: Path) -> None:
    (found,), report = read(tmp_path, [*PAIR, relation("a", "b", "R", "S")])
    assert [(x.head, x.tail, x.label) for x in found.relations] == [
        (0, 1, "R"),
        (0, 1, "S"),
    ]
    assert not report.left_out


def test_relations_without_a_label_need_a_default(tmp_path: Path) -> None:
    result = [*PAIR, relation("a", "b"), relation("b", "a", "S", "T")]
    (found,), report = read(tmp_path, result)
    assert [x.label for x in found.relations] == ["S", "T"]
    assert report.left_out == {"relation without a label": 1}
    (found,), _ = read(tmp_path, result, default_relation="R")
    assert [x.label for x in found.relations] == ["R", "S", "T"]


def test_annotators_cancelled_and_predictions(tmp_path: Path) -> None:
    done = {"completed_by": {"id": 4}, "result": [region("a", "Iron", "C")]}
    other = {"completed_by": 5, "result": [region("a", "rash", "D")]}
    task = {"annotations": [done, {"was_cancelled": True, "result": []}, other],
            "predictions": [{"model_version": "m", "result": PAIR}]}  # fmt: skip
    found, report = read(tmp_path, task=task)
    assert [(x.id, x.meta["completed_by"]) for x in found] == [
        ("x-7-1", 4),
        ("x-7-2", 5),
    ]
    assert [[e.text for e in x.entities] for x in found] == [["Iron"], ["rash"]]
    assert report.left_out == {"cancelled annotation": 1, "prediction": 1}
    found, _ = read(tmp_path, task=task, predictions=True, cancelled=True)
    assert [x.id for x in found] == ["x-7-1", "x-7-2", "x-7-3", "x-7-prediction-4"]


def test_one_region_many_labels_and_other_tags(tmp_path: Path) -> None:
    result = [region("a", "Iron oxide", "C", "X"), region("b", "Iron", "C"),
              region("c", "rash"), {"type": "choices", "value": {}},
              relation("a", "z", "R")]  # fmt: skip
    (found,), report = read(tmp_path, result)
    assert [(x.text, x.label) for x in found.entities] == [("Iron oxide", "C")]
    assert report.left_out == {
        "mention that overlaps another": 2,
        "region without a label": 1,
        "choices region": 1,
        "relation to an unknown mention": 1,
    }


def test_offsets_in_utf16_are_told_from_the_words(tmp_path: Path) -> None:
    older = [region("a", "Iron", "C", by=1), region("b", "rash", "D", by=1)]
    (found,), report = read(tmp_path, older)
    assert [x.text for x in found.entities] == ["Iron", "rash"]
    assert report.notes == ["offsets count UTF-16 units"]
    mixed = [region("a", "Iron", "C", by=1), region("b", "rash", "D")]
    found, report = read(tmp_path, mixed, PAIR)
    assert len(found) == 1
    assert "lie where no unit puts them" in report.broken[0]


def test_other_exports_and_other_texts_are_named(tmp_path: Path) -> None:
    mini = write_text(tmp_path / "m.json", json.dumps([{"text": TEXT, "label": []}]))
    with pytest.raises(ValueError, match="not as JSON_MIN, which loses relations"):
        read_as("label_studio", mini)
    with pytest.raises(ValueError, match="m.json:1: expected a list of tasks"):
        read_as("label_studio", write_text(mini, "{}"))
    with pytest.raises(ValueError, match="which key of `data` is the text"):
        read(tmp_path, PAIR, task={"data": {"note": TEXT, "title": "t"}})
    data = {"note": TEXT, "title": "t"}
    assert len(read(tmp_path, PAIR, task={"data": data}, text="note")[0]) == 1


def test_what_label_studio_can_say_comes_back(tmp_path: Path) -> None:
    given = [
        example("<A id=1>Na+</A>/<B id=2>K 🙂</B>s", (2, "R", 1), (1, "S", 2), id="r"),
        example("none", id="s", meta={"task": 7, "completed_by": 4}),
    ]
    found, report = turn_round("label_studio", given, tmp_path / "s.json")
    assert (found, report.lines()) == (given, [])
    assert turn_round("label_studio", given[:1], tmp_path / "t.json")[0] == given[:1]
