"""What reads whole documents lies in a packaged pipeline, disabled."""

from pathlib import Path

import spacy
import srsly
from spacy.language import Language

from phantom.packs.document import COMPONENTS, add_document_components
from phantom.packs.pack import load_pack
from phantom.runtime import blank_pipeline
from phantom.shipping.documents import ship_document_components

PETS = Path("tests/domains/pets")
TEXT = "PLAN:\nNo Acute Renal Failure (ARF)."


@Language.component("marks_failure")
def mark(doc):  # type: ignore[no-untyped-def]
    doc.set_ents([doc.char_span(9, 28, label="DISEASE")])
    return doc


def test_they_are_there_disabled_and_a_second_time_adds_nothing(tmp_path: Path) -> None:
    nlp = blank_pipeline("en")
    nlp.add_pipe("marks_failure")
    nlp.to_disk(tmp_path)
    pack = load_pack(PETS)
    assert ship_document_components(pack, tmp_path) == list(COMPONENTS)
    assert ship_document_components(pack, tmp_path) == []
    loaded = spacy.load(tmp_path)
    assert loaded.pipe_names == ["marks_failure"]
    assert loaded.component_names == ["marks_failure", *COMPONENTS]
    assert srsly.read_json(tmp_path / "meta.json")["disabled"] == list(COMPONENTS)
    assert loaded(TEXT)._.context is None
    assert add_document_components(loaded, None) == []
    doc = loaded(TEXT)
    assert [(e.text, e._.context) for e in doc.ents] == [
        ("Acute Renal Failure", {"negation": "negated"}),
        ("ARF", {"negation": "negated"}),
    ]
    assert [c["mentions"] for c in doc._.concepts] == [[[4, 7], [8, 9]]]


def test_short_forms_are_resolved_before_relations_are_read() -> None:
    nlp = blank_pipeline("en")
    nlp.add_pipe("relation_extractor", config={"relation_schema": {}})
    assert add_document_components(nlp, None) == list(COMPONENTS)
    assert nlp.pipe_names[:3] == ["abbreviations", "relation_extractor", "sections"]
