import json
from pathlib import Path

import spacy
from spacy.tokens import Doc
from tests.builders.formats import read_as, write_text

from phantom.formats.base import Report, make_format
from phantom.formats.exchange import guess_format
from phantom.records import Entity, Example, Relation
from phantom.runtime import register_components

TEXT = "  Iron-induced\n\nrash 🙂 (x)"
EXAMPLE = Example(
    id="e",
    text=TEXT,
    entities=(
        Entity(start=2, end=6, label="D", text="Iron", id="C1|C2"),
        Entity(start=16, end=20, label="S", text="rash"),
    ),
    relations=(Relation(head=0, tail=1, label="R"),),
    sources=("ward",),
    meta={"a": [1, 2]},
)


def test_spacy_reads_what_is_written_and_gives_it_back(tmp_path: Path) -> None:
    register_components()
    path = tmp_path / "o.jsonl"
    make_format("spacy_json", {}).write([EXAMPLE], path, Report())
    record = json.loads(path.read_text(encoding="utf-8"))
    vocab = spacy.blank("xx").vocab
    doc = Doc(vocab).from_json(record, validate=True)
    assert doc.text == TEXT
    assert [(x.text, x.label_) for x in doc.ents] == [("Iron", "D"), ("rash", "S")]
    (relation,) = doc._.relations
    assert doc[slice(*relation["head"])].text == "Iron"
    # spaCy's own loses concepts and what it has no extension for, nothing else.
    again = doc.to_json(underscore=["relations"])
    back = write_text(tmp_path / "b.json", json.dumps([again], indent=1))
    (found,), report = read_as("spacy_json", back)
    assert [(x.start, x.end, x.label) for x in found.entities] == [
        (2, 6, "D"),
        (16, 20, "S"),
    ]
    assert (found.relations, report.left_out) == (EXAMPLE.relations, {})
    (whole,), _ = read_as("spacy_json", path)
    assert whole == EXAMPLE


def test_span_groups_are_counted(tmp_path: Path) -> None:
    span = {"start": 0, "end": 1, "label": "X", "kb_id": ""}
    record = {"text": "a b", "ents": [], "tokens": [], "spans": {"sc": [span, span]}}
    (found,), report = read_as(
        "spacy_json", write_text(tmp_path / "a.jsonl", json.dumps(record) + "\n[]\n")
    )
    assert found.entities == () and report.left_out == {"span of the group 'sc'": 2}
    assert report.broken == [f"{tmp_path / 'a.jsonl'}:2: expected an object in braces"]


def test_pairs_that_spacy_2_was_trained_on(tmp_path: Path) -> None:
    pairs = [
        ["Iron [x]", {"entities": [[0, 4, "D"]]}],
        ['"[', {"entities": []}],
        ["Rash.", {"entities": [[0, 9, "S"]]}],
        ["Rash."],
    ]
    path = write_text(tmp_path / "t.json", json.dumps(pairs, indent=1))
    assert guess_format(path) == "spacy_json"
    found, report = read_as("spacy_json", path)
    assert [[(x.text, x.label) for x in one.entities] for one in found] == [
        [("Iron", "D")],
        [],
    ]
    assert "record 3: mention (0, 9) lies at 0-9" in report.broken[0]
    assert "record 4: expected an object" in report.broken[1]
