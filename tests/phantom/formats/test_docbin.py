from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc, DocBin, Span
from tests.builders.formats import read_as, turn_round, write_text

from phantom.formats.base import Report, make_format
from phantom.formats.exchange import count_losses
from phantom.records import Entity, Example, Relation
from phantom.runtime import register_components


def test_all_that_a_doc_can_hold_comes_back(tmp_path: Path) -> None:
    text = "Iron gave rash."
    example = Example(
        id="e",
        text=text,
        entities=(
            Entity(start=0, end=4, label="D", text="Iron", id="C1|C2"),
            Entity(start=10, end=14, label="S", text="rash"),
        ),
        relations=(Relation(head=1, tail=0, label="R"),),
        origin="private",
        sources=("ward",),
        weight=0.5,
        derived_from=("f",),
        meta={"list": [1, [2]], "none": None},
    )
    (found,), report = turn_round("docbin", [example], tmp_path / "o.spacy")
    assert found == example and report.left_out == {}


def test_docs_of_others_and_span_groups(tmp_path: Path) -> None:
    register_components()
    doc = Doc(spacy.blank("xx").vocab, words=["Iron", "oxide", "dust"])
    doc.ents = [Span(doc, 0, 1, "A", kb_id="K"), Span(doc, 2, 3, "B")]
    doc.spans["sc"] = [Span(doc, 0, 2, "A"), Span(doc, 0, 1, "B"), Span(doc, 2, 3)]
    doc._.relations = [
        {"head": [0, 1], "tail": [2, 3], "label": "R", "score": 1.0},
        {"head": [0, 2], "tail": [2, 3], "label": "R", "score": 1.0},
    ]
    path = tmp_path / "d.spacy"
    DocBin(docs=[doc], store_user_data=True).to_disk(path)
    (found,), report = read_as("docbin", path)
    assert [(x.text, x.id) for x in found.entities] == [("Iron", "K"), ("dust", None)]
    assert (found.id, len(found.relations)) == ("x-1", 1)
    assert report.left_out == {
        "span of the group 'sc'": 3,
        "relation to an unknown mention": 1,
    }
    (found,), report = read_as("docbin", path, group="sc")
    assert [x.text for x in found.entities] == ["Iron oxide"]
    assert report.left_out["mention that overlaps another"] == 1
    assert report.left_out["span without a label"] == 1
    with pytest.raises(ValueError, match="doc 1: no span group 'x'; the doc has sc"):
        read_as("docbin", path, group="x")
    with pytest.raises(ValueError, match=r"x.spacy:1: no DocBin \("):
        read_as("docbin", write_text(tmp_path / "x.spacy", "{}"))


def test_mentions_without_a_name_are_kept_or_counted(tmp_path: Path) -> None:
    text = "It gave rash."
    example = Example(
        id="e",
        text=text,
        entities=(
            Entity(start=0, end=2, label="D", text="It", nominal=True),
            Entity(start=8, end=12, label="S", text="rash"),
        ),
        relations=(Relation(head=1, tail=0, label="R"),),
        origin="private",
    )
    (found,), report = turn_round("docbin", [example], tmp_path / "o.spacy")
    assert found == example and report.left_out == {}
    for name, kept in [("phantom", example), ("brat", example.named())]:
        report = Report()
        assert list(count_losses(make_format(name, {}), [example], report)) == [kept]
        assert report.left_out.get("mention without a name", 0) == (kept != example)
        assert report.left_out.get("relation of such a mention", 0) == (kept != example)
