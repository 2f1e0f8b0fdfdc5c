"""How a document is divided: sections by headings, sentences by punctuation."""

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Span

from phantom.runtime import register_components

HEADINGS = {
    "past_history": ["past medical history", "pmh"],
    "plan": ["plan", "assessment and plan"],
    "results": ["results"],
}


@pytest.fixture(scope="module")
def nlp() -> Language:
    register_components()
    nlp = spacy.blank("xx")
    nlp.add_pipe("sections", config={"headings": HEADINGS})
    nlp.add_pipe("sentences")
    return nlp


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PMH: gout\nPlan:\nrest", [("past_history", "PMH"), ("plan", "Plan")]),
        ("2. Results\nFew.", [("results", "Results")]),
        ("III. RESULTS\nFew.", [("results", "RESULTS")]),
        ("## Plan\nrest", [("plan", "Plan")]),
        ("Assessment  and plan\nrest", [("plan", "Assessment and plan")]),
        ("It fell. RESULTS: Ten died.", [("results", "RESULTS")]),
        ("It fell. Results: ten died.", []),
        ("The results were good.\nPlan it well.", []),
        ("A.\nVITAL SIGNS\nPulse 80", [("other", "VITAL SIGNS")]),
        ("BP 120/80\nplan\r\nrest", [("plan", "plan")]),
        ("", []),
    ],
)
def test_headings(nlp: Language, text: str, expected: list) -> None:
    doc = nlp(text)
    found = doc.spans["sections"]
    assert [(span.label_, span.id_) for span in found] == expected


def test_a_section_ends_where_the_next_begins(nlp: Language) -> None:
    doc = nlp("Note of today\nPMH: gout\nPlan: rest")
    texts = [span.text.strip() for span in doc.spans["sections"]]
    assert texts == ["PMH: gout", "Plan: rest"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One came. Two left.", ["One came.", "Two left."]),
        # A list of short lines; a line that is wrapped; a blank line.
        ("Fever\nNo cough\n", ["Fever", "No cough"]),
        (f"{'word ' * 14}\nMarfan syndrome", [f"{'word ' * 14}\nMarfan syndrome"]),
        (f"{'word ' * 14}\n\nMarfan", [("word " * 14).strip(), "Marfan"]),
        ("taken with\nfood", ["taken with\nfood"]),
        ("Seen. PMH: gout", ["Seen.", "PMH: gout"]),
    ],
)
def test_sentences(nlp: Language, text: str, expected: list[str]) -> None:
    doc = nlp(text)
    found = [sentence.text.strip() for sentence in doc.sents if sentence.text.strip()]
    assert found == [part.strip() for part in expected]


def test_no_sentence_ends_inside_a_mention_and_mentions_stay(nlp: Language) -> None:
    doc = nlp.make_doc("He had what ? syndrome. Then none.")
    doc.set_ents([Span(doc, 2, 5, "DISEASE")])
    doc = nlp(doc)
    assert [s.text for s in doc.sents] == ["He had what ? syndrome.", "Then none."]
    assert [(e.text, e.label_) for e in doc.ents] == [("what ? syndrome", "DISEASE")]


def test_sentences_of_another_component_stay(nlp: Language) -> None:
    doc = nlp.make_doc("One. Two. Three.")
    for token in doc:
        token.is_sent_start = token.i == 0
    assert len(list(nlp(doc).sents)) == 1
