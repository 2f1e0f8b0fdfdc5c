import json
from pathlib import Path

import pytest
from tests.builders.formats import read_as, write_text

TOKENS = ["Iron", "-", "induced", "rash", "."]


def test_both_ways_to_write_relations(tmp_path: Path) -> None:
    ours = {"tokenized_text": TOKENS, "ner": [[3, 3, "S"], [0, 0, "D"]]}
    ours["relations"] = [[1, 0, "CAUSED"], [0, 7, "X"]]
    theirs = {"tokenized_text": TOKENS, "ner": [[0, 0, "D", "Iron"], [3, 3, "S", "r"]]}
    theirs["relations"] = [
        {
            "head": {"mention": "Iron", "position": [0, 0], "type": "D"},
            "tail": {"mention": "rash", "position": [3, 3], "type": "S"},
            "relation_text": "CAUSED",
        }
    ]
    path = write_text(tmp_path / "a.json", json.dumps([ours, theirs], indent=1))
    found, report = read_as("gliner", path)
    for example in found:
        assert example.text == "Iron-induced rash."
        assert [(x.text, x.label) for x in example.entities] == [
            ("Iron", "D"),
            ("rash", "S"),
        ]
        assert [(x.head, x.label, x.tail) for x in example.relations] == [
            (0, "CAUSED", 1)
        ]
    assert report.left_out == {"relation to an unknown mention": 1}


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"ner": [[0, 9, "D"]]}, r"span \[0, 9, 'D'\] of 5 tokens, from 0"),
        ({"ner": [["0", 0, "D"]]}, "first token is '0', expected a whole number"),
        ({"text": "Iron, rash"}, "the tokens are not those of `text`"),
    ],
)
def test_what_is_wrong_is_named(
    record: dict[str, object], message: str, tmp_path: Path
) -> None:
    line = json.dumps({"tokenized_text": TOKENS, **record})
    with pytest.raises(ValueError, match=rf"a.jsonl:1: {message}"):
        read_as("gliner", write_text(tmp_path / "a.jsonl", line))
