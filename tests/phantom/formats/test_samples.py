"""One annotated note, as each tool exports it: all exports say the same.

Written by hand in the form that each tool's manual shows, with what it puts beside.
"""

from pathlib import Path
from typing import Any

import pytest
from tests.builders.formats import read_as

from phantom.formats.exchange import guess_format

SAMPLES = Path(__file__).parents[2] / "samples" / "formats"
TEXT = "Warfarin and bleeding. Vitamin K 5 \u00b5g reversed the bleeding."
MENTIONS = [
    ("Warfarin", 0, "CHEMICAL"),
    ("bleeding", 13, "DISEASE"),
    ("Vitamin K", 23, "CHEMICAL"),
    ("bleeding", 51, "DISEASE"),
]
RELATIONS = {(0, "CAUSES", 1), (2, "TREATS", 3)}
CHAIN = "annotation of the layer de.tudarmstadt.ukp.dkpro.core.api.coref.type."


@pytest.mark.parametrize(
    ("file", "name", "left_out"),
    [
        ("abstracts.pubtator", "pubtator", {}),
        ("bioc.json", "bioc", {}),
        ("bioc.xml", "bioc", {}),
        ("brat", "brat", {}),
        ("curated", "uima_cas", {}),
        ("doccano.jsonl", "doccano", {}),
        ("gliner.json", "gliner", {}),
        ("inception", "webanno_tsv", {CHAIN + "CoreferenceLink": 1}),
        (
            "label_studio.json",
            "label_studio",
            {"cancelled annotation": 1, "prediction": 1},
        ),
        ("prodigy.jsonl", "prodigy", {"answer 'ignore'": 1}),
        ("spacy.jsonl", "spacy_json", {}),
    ],
)
def test_all_exports_of_a_note_say_the_same(
    file: str, name: str, left_out: dict[str, Any]
) -> None:
    if name == "uima_cas":
        pytest.importorskip("cassis", reason="needs dkpro-cassis")
    path = SAMPLES / file
    assert guess_format(path) == name
    (found,), report = read_as(name, path, prefix="")
    assert found.text == TEXT
    assert [(x.text, x.start, x.label) for x in found.entities] == MENTIONS
    assert {(x.head, x.label, x.tail) for x in found.relations} == RELATIONS
    assert report.left_out == left_out and report.broken == []


def test_the_columns_of_label_studio_warn_of_what_they_lost() -> None:
    found, report = read_as("conll", SAMPLES / "label_studio.conll")
    words = [[(x.text, x.label) for x in example.entities] for example in found]
    assert sum(words, []) == [(word, label) for word, _, label in MENTIONS]
    assert any("no relations" in x and "full stop" in x for x in report.notes)


def test_what_a_note_has_beside_stays() -> None:
    (found,), _ = read_as("brat", SAMPLES / "brat", prefix="")
    assert found.meta["brat_attributes"] == {"R1": {"Speculated": True}}
    assert found.meta["notes"] == {"R2": [["AnnotatorNotes", "dose missing?"]]}
    assert found.entities[0].id == "MESH:D014859"
    (found,), _ = read_as("label_studio", SAMPLES / "label_studio.json", prefix="")
    assert found.meta == {"task": 52, "completed_by": 1}
