import json
from pathlib import Path
from typing import Any

import pytest
from tests.builders import example
from tests.builders.formats import read_as, turn_round, write_text

from phantom.evaluation.testsets import read_records

TEXT = "Iron gave 🙂 rash."


def read(tmp_path: Path, *records: Any) -> Any:
    lines = "\n".join(x if isinstance(x, str) else json.dumps(x) for x in records)
    return read_as("doccano", write_text(tmp_path / "d.jsonl", lines))


def test_three_forms_of_labels(tmp_path: Path) -> None:
    labels = [[12, 16, "D"], [0, 4, "C"]]
    ids = [
        {"id": 7, "label": "D", "start_offset": 12, "end_offset": 16},
        {"id": 3, "label": "C", "start_offset": 0, "end_offset": 4},
    ]
    link = [{"id": 1, "from_id": 3, "to_id": 7, "type": "GIVES"}]
    found, _ = read(
        tmp_path,
        {"id": 5, "text": TEXT, "label": labels, "Comments": ["c"]},
        {"data": TEXT, "labels": labels},
        {"id": 6, "text": TEXT, "entities": ids, "relations": link},
    )
    for one in found:
        assert [(x.text, x.label) for x in one.entities] == [
            ("Iron", "C"),
            ("rash", "D"),
        ]
    assert [x.id for x in found] == ["x-5", "x-2", "x-6"]
    assert found[0].meta == {"id": 5, "Comments": ["c"]}
    assert [(x.head, x.tail, x.label) for x in found[2].relations] == [(0, 1, "GIVES")]


def test_bad_lines_are_named_and_the_others_read(tmp_path: Path) -> None:
    bad = [
        {"id": 1, "label": []},
        {"id": 2, "text": TEXT},
        {"id": 3, "text": TEXT, "label": [[0, 4]]},
        {"id": 4, "text": TEXT, "label": [["0", 4, "C"]]},
        {"id": 5, "text": TEXT, "label": [[0, 99, "C"]]},
        {"id": 6, "text": TEXT, "entities": [{"id": 1}]},
        "{",
        "[]",
    ]
    found, report = read(tmp_path, {"text": TEXT, "label": []}, *bad)
    assert len(found) == 1
    places = [line.partition("d.jsonl:")[2].partition(":")[0] for line in report.broken]
    assert sorted(places) == [str(i) for i in range(2, 10)]


def test_what_doccano_can_say_comes_back(tmp_path: Path) -> None:
    given = [
        example("<A id=1>Na+</A>/<B id=2>K 🙂</B>s", (2, "R", 1), (1, "S", 2), id="r"),
        example("none", id="x-5", meta={"id": 5, "Comments": ["c"]}),
    ]
    found, report = turn_round("doccano", given, tmp_path / "d.jsonl")
    plain = [
        x.model_copy(
            update={
                "entities": tuple(e.model_copy(update={"id": None}) for e in x.entities)
            }
        )
        for x in given
    ]
    assert (found, report.lines()) == (plain, [])


def test_an_export_as_a_test_set_names_its_importer(tmp_path: Path) -> None:
    path = write_text(tmp_path / "d.jsonl", json.dumps({"text": TEXT, "label": []}))
    with pytest.raises(ValueError, match=r"d.jsonl:1: .*\n.*`format: doccano`"):
        list(read_records(path))
    task = json.dumps([{"data": {}, "annotations": []}], indent=1)
    with pytest.raises(ValueError, match=r"`format: label_studio`"):
        list(read_records(write_text(path, task)))
    prodigy = {"text": TEXT, "spans": [], "answer": "accept"}
    with pytest.raises(ValueError, match=r"`format: prodigy`"):
        list(read_records(write_text(path, json.dumps(prodigy))))


def test_users_of_doccano_1_stay_apart(tmp_path: Path) -> None:
    def mark(user: int, start: int, end: int) -> dict[str, int]:
        return {"label": 3, "start_offset": start, "end_offset": end, "user": user}

    marks = [mark(1, 0, 4), mark(2, 0, 4), mark(2, 12, 16)]
    found, report = read(tmp_path, {"id": 8, "text": TEXT, "annotations": marks})
    spans = [[(x.text, x.label) for x in one.entities] for one in found]
    assert spans == [[("Iron", "3")], [("Iron", "3"), ("rash", "3")]]
    assert [x.meta["user"] for x in found] == [1, 2]
    assert len({x.id for x in found}) == 2 and report.broken == []
