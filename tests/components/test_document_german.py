"""The components for documents read German letters by the data of the language."""

from pathlib import Path

import pytest
from spacy.tokens import Doc
from tests.builders import ROOT

from phantom.packs.document import add_document_components, read_settings
from phantom.packs.pack import load_pack
from phantom.passages.sentences import split_sentences
from phantom.runtime import blank_pipeline, load_component

NLP = blank_pipeline("de")
PACK = load_pack(Path(ROOT / "assets/domains/medicine_de"))
add_document_components(NLP, PACK)

LETTER = """Diagnosen: Z.n. Myokardinfarkt 2015, V.a. Pneumonie.
Familienanamnese: Mutter mit Mammakarzinom.
Anamnese: Kein Hinweis auf eine Thrombose. Gastritis bekannt. Fieber wurde verneint.
Eine Lungenembolie konnte ausgeschlossen werden. Sepsis nicht ausgeschlossen.
Procedere: Bei erneutem Auftreten von Blutungen Wiedervorstellung."""


def read(text: str, *names: str) -> Doc:
    """A text with mentions of these names, after all components but `concepts`."""
    doc = NLP.make_doc(text)
    starts = [(text.index(name), name) for name in names]
    spans = [doc.char_span(i, i + len(n), label="KRANKHEIT") for i, n in starts]
    doc.ents = [span for span in spans if span is not None]
    assert len(doc.ents) == len(names)
    for name in ("abbreviations", "sections", "sentences", "context"):
        doc = NLP.get_pipe(name)(doc)
    return doc


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Myokardinfarkt", {"time": "past"}),
        ("Pneumonie", {"certainty": "uncertain"}),
        ("Mammakarzinom", {"experiencer": "other"}),
        ("Thrombose", {"negation": "negated"}),
        ("Gastritis", {}),
        ("Fieber", {"negation": "negated"}),
        ("Lungenembolie", {"negation": "negated"}),
        ("Sepsis", {"certainty": "uncertain"}),
        ("Blutungen", {"time": "hypothetical"}),
    ],
)
def test_context_of_german_mentions(name: str, expected: dict[str, str]) -> None:
    (mention,) = read(LETTER, name).ents
    assert mention._.context == expected


def test_german_headings_begin_sections() -> None:
    doc = read(LETTER)
    assert [span.label_ for span in doc.spans["sections"]] == [
        *("diagnosis", "family_history", "present_history", "plan")
    ]


def test_short_words_end_no_sentence() -> None:
    text = "Z.n. OP bds., V. a. Rezidiv. Pat. nimmt 2x tgl. 5 mg p.o. Gut vertragen."
    cut = [text[a:b] for a, b in split_sentences(text, "de")]
    assert cut == [
        "Z.n. OP bds., V. a. Rezidiv.",
        "Pat. nimmt 2x tgl. 5 mg p.o. Gut vertragen.",
    ]
    assert [sentence.text for sentence in read(text).sents] == cut


@pytest.mark.parametrize(
    ("text", "long", "short"),
    [
        ("Die chronisch obstruktive Lungenerkrankung (COPD).", 3, "COPD"),
        ("Bei chronisch obstruktiver Lungenerkrankung (COPD).", 3, "COPD"),
        ("Nach einer transitorischen ischämischen Attacke (TIA).", 3, "TIA"),
        ("Eine koronare Herzkrankheit (KHK).", 2, "KHK"),
        ("Mit tiefer Beinvenenthrombose (TVT).", 2, "TVT"),
        ("Bekanntes Vorhofflimmern (VHF).", 1, "VHF"),
    ],
)
def test_german_long_forms(text: str, long: int, short: str) -> None:
    (found,) = read(text)._.abbreviations
    first, last = found["long"]
    assert last - first == long
    doc = NLP.make_doc(text)
    assert doc[slice(*found["short"])].text == short


def test_a_borrowed_short_form_needs_its_own_long_form() -> None:
    assert not read("Eine Lungenentzündung (COPD).")._.abbreviations


def test_names_are_looked_up_without_the_endings_of_german() -> None:
    settings = read_settings(PACK)["concepts"]["inflections"]
    fold = load_component("document_names").make_fold(**settings)
    assert fold("akuten Nierenversagens") == fold("akutes Nierenversagen")
    assert fold("Crohn's Krankheit") == fold("Krankheit Crohn")
    assert fold("Leber") != fold("Leben")
    doc = read("Tiefe Beinvenenthrombose (TVT); TVTs sind häufig.")
    assert [x["short"] for x in doc._.abbreviations] == [[3, 4], [6, 7]]


def test_names_in_compounds_are_tokens() -> None:
    words = [x.text for x in NLP.make_doc("Cisplatin-induziert, TP53-Mutation, IL-6")]
    assert words == [
        *("Cisplatin", "-", "induziert", ",", "TP53", "-", "Mutation", ",", "IL-6")
    ]
