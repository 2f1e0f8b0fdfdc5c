"""Denial, doubt, other persons, other times: forty sentences marked by hand."""

import re
from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span

from phantom.packs.document import read_settings
from phantom.packs.pack import load_pack
from phantom.runtime import register_components

# Mentions stand in brackets; behind them what is said: - negated, ? uncertain,
# o another person, p past, h hypothetical.
SENTENCES = """
The patient has [fever] and [chills].
No [fever], [chills]- or [cough]- was noted.
She denies [chest pain]- but reports [nausea].
He denied [headache]-, [vomiting]- and [diarrhea]-.
There was no evidence of [pneumonia]-.
[Pneumonia]- was ruled out by chest film.
CT was negative for [pulmonary embolism]-.
[Ascites]- was absent.
The abdomen is free of [tenderness]-.
Without [rash]- or [pruritus]-, he was sent home.
He was admitted with [sepsis] which did not respond to fluids.
There was no change in the [lymphadenopathy].
No significant difference in [hypertension] was seen.
Not only [anemia] but also [leukopenia] developed.
Gram negative [bacteremia] was found.
Possible [myocarditis]? on echocardiography.
Findings are suspicious for [malignancy]?.
Suspected [appendicitis]? was treated surgically.
[Tuberculosis]? cannot be excluded.
This may represent [metastasis]? or [abscess]?.
The picture is consistent with [cirrhosis]?.
Rule out [myocardial infarction]?.
[Deep vein thrombosis]? is suspected.
Mother had [breast cancer]o at 40.
Family history of [colon cancer]o.
Her father died of [stroke]o, but she has [migraine].
[Diabetes]o runs in the family.
History of [asthma]p.
He is status post [myocardial infarction]p.
Previous [pancreatitis]p was treated in another hospital.
[Seizures]p in childhood.
Known history of [gout]p, presenting with [arthritis].
Return for [fever]h or [bleeding]h.
If [dyspnea]h occurs, call the ward.
She was given heparin as prophylaxis for [thrombosis]h.
Patients at risk for [falls]h were monitored.
No history of [epilepsy]-p.
Mother denies [seizures]-o in the child.
Lungs clear, [edema] of both legs, no [cyanosis]-.
[Rash] developed after amoxicillin.
"""
MARKS = {
    "-": ("negation", "negated"),
    "?": ("certainty", "uncertain"),
    "o": ("experiencer", "other"),
    "p": ("time", "past"),
    "h": ("time", "hypothetical"),
}
# "No fever, chills": the bracket of the first shows what the reader is to fill in.
TEXT = SENTENCES.replace("No [fever],", "No [fever]-,")
MENTION = re.compile(r"\[([^\]]+)\]([-?oph]*)")


@pytest.fixture(scope="module")
def nlp() -> Language:
    register_components()
    pack = load_pack(Path("assets/domains/medicine"))
    nlp = spacy.blank("xx")
    for name in ("sections", "sentences", "context"):
        nlp.add_pipe(name, config=read_settings(pack).get(name, {}))
    return nlp


def read(nlp: Language, marked: str) -> tuple[Doc, list[dict[str, str]]]:
    """A doc with the mentions that are in brackets, and what is said of them."""
    text, spans, said, last = "", [], [], 0
    for match in MENTION.finditer(marked):
        text += marked[last : match.start()]
        spans.append((len(text), len(text) + len(match[1])))
        said.append(dict(MARKS[mark] for mark in match[2]))
        text, last = text + match[1], match.end()
    doc = nlp.make_doc(text + marked[last:])
    found = [doc.char_span(*span, label="DISEASE") for span in spans]
    doc.set_ents([span for span in found if isinstance(span, Span)])
    return nlp(doc), said


@pytest.mark.parametrize("marked", TEXT.strip().splitlines())
def test_sentences_by_hand(nlp: Language, marked: str) -> None:
    doc, said = read(nlp, marked)
    assert [ent._.context for ent in doc.ents] == said


def test_a_section_speaks_of_all_its_mentions(nlp: Language) -> None:
    doc, said = read(
        nlp,
        "Family history:\n[Asthma]o in two. No [eczema]-o.\n"
        "Past medical history: [gout]p\nAssessment\n[Angina].",
    )
    assert [ent._.context for ent in doc.ents] == said


def test_a_phrase_in_a_heading_speaks_of_no_more_than_the_heading(
    nlp: Language,
) -> None:
    doc, said = read(
        nlp,
        "HISTORY OF PRESENT ILLNESS: A man with [gout], history of [asthma]p.\n"
        "NO KNOWN [ALLERGIES]-\nAspirin gave [ulcers].",
    )
    assert [ent._.context for ent in doc.ents] == said


def test_a_phrase_inside_a_mention_says_nothing(nlp: Language) -> None:
    doc, said = read(nlp, "[No-reflow phenomenon] with [shock].")
    assert [ent._.context for ent in doc.ents] == said


def test_reach_bounds_the_tokens() -> None:
    register_components()
    nlp = spacy.blank("xx")
    nlp.add_pipe("sentences")
    rule = {"attribute": "negation", "value": "negated", "before": ["no"], "reach": 3}
    behind = {"attribute": "time", "value": "past", "behind": ["ago"], "reach": 2}
    nlp.add_pipe("context", config={"rules": [rule, behind]})
    doc, _ = read(nlp, "no a b [c] d [e] f [g] ago")
    assert [ent._.context for ent in doc.ents] == [
        {"negation": "negated"},
        {},
        {"time": "past"},
    ]


def test_what_is_said_survives_bytes(nlp: Language) -> None:
    doc, said = read(nlp, "No [fever]-, history of [gout]p.")
    again = Doc(nlp.vocab).from_bytes(doc.to_bytes())
    assert [ent._.context for ent in again.ents] == [
        {"negation": "negated"},
        {"negation": "negated", "time": "past"},
    ]
    assert said[0] == again.ents[0]._.context
