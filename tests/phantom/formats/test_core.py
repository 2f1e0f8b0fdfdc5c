import json
from pathlib import Path
from typing import Any

import pytest
from tests.builders.formats import read_as, write_text

TOKENS = ["Acme", "Inc", ".", "owns", "Lode", "2000", "-", "Gold"]


def record(**changes: Any) -> dict[str, Any]:
    given = {"id": "E1", "relation": "subsidiary_of", "invert_relation": 1,
             "e1_start": 0, "e1_end": 2, "e2_start": 4, "e2_end": 4,
             "e1_name": "Acme", "e2_name": "Lode", "context": TOKENS}  # fmt: skip
    return {**given, **changes}


def write(tmp_path: Path, *records: Any) -> Path:
    return write_text(tmp_path / "c.json", json.dumps(records))


def test_ends_are_inclusive_and_inversion_turns_the_pair(tmp_path: Path) -> None:
    rows = [record(), record(invert_relation=0, relation="undefined"),
            record(e1_start=4, e1_end=4, e2_start=0, e2_end=2)]  # fmt: skip
    found, report = read_as("core_json", write(tmp_path, *rows))
    assert found[0].text == "Acme Inc. owns Lode 2000 - Gold"
    for one in found:
        assert [x.text for x in one.entities] == ["Acme Inc.", "Lode"]
    assert [[(x.head, x.tail, x.label) for x in one.relations] for one in found] == [
        [(1, 0, "SUBSIDIARY_OF")],
        [],
        [(0, 1, "SUBSIDIARY_OF")],
    ]
    assert found[1].meta == {"relation": "undefined"}
    assert report.broken == []


def test_one_bad_record_does_not_end_the_reading(tmp_path: Path) -> None:
    missing = {"id": "E2", "context": TOKENS}
    rows = [record(e1_end=9), missing, record(e2_start=1), record(e1_end=-1), 7,
            record(id="E9")]  # fmt: skip
    found, report = read_as("core_json", write(tmp_path, *rows))
    assert [x.id for x in found] == ["x-E9"]
    assert len(report.broken) == 5
    assert "record 1 (E1): e1 is tokens 0 to 9 of 8" in report.broken[0]
    assert "record 2 (E2): no key relation, e1_start" in report.broken[1]
    with pytest.raises(ValueError, match="c.json:1: no JSON"):
        read_as("core_json", write_text(tmp_path / "c.json", "{"))
    with pytest.raises(ValueError, match="c.json:1: expected a list"):
        read_as("core_json", write_text(tmp_path / "c.json", "{}"))
