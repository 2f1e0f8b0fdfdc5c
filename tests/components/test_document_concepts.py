"""Short forms resolved over a document, and mentions joined as concepts."""

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span

from phantom.runtime import register_components

MODULES = register_components()
NAMES = [
    ("Acute Kidney Failure", "D1"),
    ("acute renal failure", "D1"),
    ("acute renal failure", "O1"),
    ("hypertension", "D2"),
    ("Carcinoma, Hepatocellular", "D3"),
    ("hepatitis", ""),
]


@pytest.fixture(scope="module")
def nlp() -> Language:
    nlp = spacy.blank("xx")
    nlp.add_pipe("abbreviations")
    nlp.add_pipe("concepts", config={"threshold": 0.6}).add_names(  # type: ignore[attr-defined]
        "D", NAMES
    )
    return nlp


def read(nlp: Language, text: str, *mentions: str, label: str = "D") -> Doc:
    """A doc in which the words are mentions, found from left to right."""
    doc, at, spans = nlp.make_doc(text), 0, []
    for mention in mentions:
        at = text.index(mention, at)
        spans.append(doc.char_span(at, at + len(mention), label=label))
        at += len(mention)
    doc.set_ents([span for span in spans if isinstance(span, Span)])
    return nlp(doc)


def show(doc: Doc) -> list[tuple]:
    return [
        (c["id"], c["how"], [doc[slice(*m)].text for m in c["mentions"]])
        for c in doc._.concepts
    ]


def test_a_short_form_takes_the_label_and_the_name_of_its_long_form(
    nlp: Language,
) -> None:
    doc = read(
        nlp,
        "Acute renal failure (ARF) came. ARF went, said Rd.",
        *("Acute renal failure", "Rd"),
    )
    assert [(e.text, e.label_) for e in doc.ents] == [
        ("Acute renal failure", "D"),
        ("ARF", "D"),
        ("ARF", "D"),
        ("Rd", "D"),
    ]
    assert doc._.abbreviations == [
        {"short": [4, 5], "long": [0, 3], "early": False},
        {"short": [8, 9], "long": [0, 3], "early": False},
    ]
    assert show(doc) == [
        ("D1", "name", ["Acute renal failure", "ARF", "ARF"]),
        (None, "none", ["Rd"]),
    ]
    assert doc._.concepts[0]["ids"] == ["D1", "O1"]


def test_a_use_of_what_is_no_mention_is_none_and_relations_go_with_it(
    nlp: Language,
) -> None:
    nlp = spacy.blank("xx")
    nlp.add_pipe("abbreviations")
    doc = nlp.make_doc("Mean arterial pressure (MAP) fell. MAP and MAP in shock.")
    doc.set_ents([Span(doc, 8, 9, "D"), Span(doc, 12, 13, "D")])
    relation = {"tail": [12, 13], "label": "GIVES", "score": 1.0}
    doc._.relations = [{**relation, "head": [8, 9]}, {**relation, "head": [12, 13]}]
    doc = nlp(doc)
    assert [e.text for e in doc.ents] == ["shock"]
    assert [r["head"] for r in doc._.relations] == [[12, 13]]


@pytest.mark.parametrize(
    ("mention", "concept"),
    [
        ("HYPERTENSION", ("D2", "name", 1.0)),
        ("hepatocellular carcinomas", ("D3", "words", 1.0)),
        ("acute kidney failure", ("D1", "name", 1.0)),
        ("hypertensions", ("D2", "words", 1.0)),
        ("hepatitis", (None, "name", 1.0)),
        ("migraine", (None, "none", 0.0)),
    ],
)
def test_names(nlp: Language, mention: str, concept: tuple) -> None:
    (found,) = read(nlp, f"It was {mention} again.", mention)._.concepts
    assert (found["id"], found["how"], found["score"]) == concept


def test_similar_names_bear_their_cosine(nlp: Language) -> None:
    (found,) = read(nlp, "It was hypertensive.", "hypertensive")._.concepts
    # The lexicon's folded names hold 8 + 7 + 7 trigrams of which " hy", "hyp", ... are
    # those of hypertension alone; nine of the twelve stand in both.
    assert (found["id"], found["how"]) == ("D2", "similar")
    assert 0.6 <= found["score"] < 1


def test_trigrams_by_hand() -> None:
    names = MODULES["document_names"].Names([["abc", "1"], ["abd", "2"]])
    # " ab" is in both of two names and weighs log 2; "abc", "bc " log 3; what no name
    # has as much as the rarest. abcx: " ab", "abc" found; "bcx", "cx " unknown.
    both, one = 0.480453, 1.206949  # squares of log 2 and log 3
    expected = (both + one) / ((both + 2 * one) * (both + 3 * one)) ** 0.5
    found = names.find("abcx", 0.1)
    assert (found.ids, found.how) == (["1"], "similar")
    assert found.score == pytest.approx(expected, abs=0.001)


def test_labels_are_kept_apart(nlp: Language) -> None:
    doc = read(nlp, "hypertension here", "hypertension", label="OTHER")
    assert show(doc) == [(None, "none", ["hypertension"])]


def test_names_survive_disk_and_bytes(nlp: Language, tmp_path) -> None:  # type: ignore[no-untyped-def]
    nlp.to_disk(tmp_path)
    for again in (
        spacy.load(tmp_path),
        spacy.load(tmp_path).from_bytes(nlp.to_bytes()),
    ):
        assert show(read(again, "hypertension", "hypertension"))[0][0] == "D2"
