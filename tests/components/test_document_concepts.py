"""Short forms resolved over a document, and mentions joined as concepts."""

import pickle
import random

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


ENGLISH = {"endings": ["s"], "kept": ["ss"], "genitive": ["'s", "\u2019s"]}
FOLD = MODULES["document_names"].make_fold(**ENGLISH)


@pytest.fixture(scope="module")
def nlp() -> Language:
    nlp = spacy.blank("xx")
    nlp.add_pipe("abbreviations")
    config = {"threshold": 0.6, "inflections": ENGLISH}
    nlp.add_pipe("concepts", config=config).add_names("D", NAMES)  # type: ignore[attr-defined]
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
    names = MODULES["document_names"].Names([["abc", "1"], ["abd", "2"]], FOLD)
    # " ab" is in both of two names and weighs log 2; "abc", "bc " log 3; what no name
    # has as much as the rarest. abcx: " ab", "abc" found; "bcx", "cx " unknown.
    both, one = 0.480453, 1.206949  # squares of log 2 and log 3
    expected = (both + one) / ((both + 2 * one) * (both + 3 * one)) ** 0.5
    found = names.find("abcx", 0.1)
    assert (found.ids, found.how) == (["1"], "similar")
    assert found.score == pytest.approx(expected, abs=0.001)


def test_the_nearest_name_is_that_of_all_cosines() -> None:
    chance = random.Random(0)
    words = [
        "".join(chance.choices("abcde", k=chance.randint(4, 9))) for _ in range(90)
    ]
    made = [" ".join(chance.sample(words, 2)) for _ in range(300)]
    rows = [[x, str(i)] for i, x in enumerate(made)]
    names = MODULES["document_names"].Names(rows, FOLD)
    asked = [
        f"{a}{b[:2]} {c}" for a, b, c in (chance.sample(words, 3) for _ in "x" * 60)
    ]
    # Over 0 all names are weighed; over 0.5 those that have some rare trigram.
    every = {x: names.find(x, 0.001) for x in asked}
    for x, nearest in every.items():
        found = names.find(x, 0.5)
        near = nearest and nearest.score > 0.5005
        assert found == (nearest if near else None) or 0.4995 < nearest.score < 0.5005
    assert 5 < sum(bool(names.find(x, 0.5)) for x in asked) < 55


def test_ids_of_other_vocabularies_come_by_a_name_in_common() -> None:
    rows = [
        ["kidney disease", "DOID:557"],
        ["nephropathy", "DOID:557"],
        ["Kidney Diseases", "D007674"],
        ["seizure", "SYMP:124"],
        ["Seizures", "D012640"],
        ["CATS", "GeneID:2"],
        ["CAT", "GeneID:1"],
    ]
    names = MODULES["document_names"].Names(rows, FOLD)
    found = {x: names.find(x, 2.0).ids for x in ("nephropathy", "seizure", "cat")}
    assert found == {
        "nephropathy": ["DOID:557", "D007674"],
        "seizure": ["SYMP:124", "D012640"],
        # Within one vocabulary two names are two things.
        "cat": ["GeneID:1"],
    }


def test_mentions_with_an_id_in_common_are_one_concept() -> None:
    nlp = spacy.blank("xx")
    rows = [("seizure", "SYMP:124"), ("Seizures", "D012640")]
    pipe = nlp.add_pipe("concepts", config={"inflections": ENGLISH})
    pipe.add_names("D", rows)  # type: ignore[attr-defined]
    doc = read(nlp, "A seizure; seizures; Seizures.", "seizure", "seizures", "Seizures")
    assert [len(c["mentions"]) for c in doc._.concepts] == [3]


@pytest.mark.parametrize(
    ("salience", "least", "kept"), [(1.0, 0.4, ["gout"]), (0.0, 0.4, ["gout", "rash"])]
)
def test_relations_between_concepts(
    salience: float, least: float, kept: list[str]
) -> None:
    """The surest pair counts, and by how often the document names the two."""
    nlp = spacy.blank("xx")
    nlp.add_pipe("concepts", config={"salience": salience, "least": least})
    doc = nlp.make_doc("aspirin gout aspirin gout rash gout")
    labels = ["C", "D", "C", "D", "D", "D"]
    doc.set_ents([Span(doc, i, i + 1, x) for i, x in enumerate(labels)])
    scores = {(0, 1): 0.5, (2, 3): 0.75, (2, 4): 0.6}
    doc._.relations = [
        {"head": [a, a + 1], "tail": [b, b + 1], "label": "INDUCES", "score": score}
        for (a, b), score in scores.items()
    ]
    doc = nlp(doc)
    found = doc._.concept_relations
    assert [doc._.concepts[x["tail"]]["name"] for x in found] == kept
    assert {x["head"] for x in found} == {0}
    # gout has three mentions of three, rash one: odds of 1.5 become 0.5, 1 in 3.
    expected = [0.75, 0.6] if salience == 0 else [0.75]
    assert [x["score"] for x in found] == pytest.approx(expected)


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


def test_names_are_handed_to_processes_that_are_not_forked(nlp: Language) -> None:
    """Also when the function that folds names has been made, with the first mention."""
    read(nlp, "acute renal failures", "acute renal failures")
    again = pickle.loads(pickle.dumps(nlp.get_pipe("concepts")))
    doc = nlp.make_doc("acute renal failures")
    doc.set_ents([Span(doc, 0, 3, "D")])
    assert show(again(doc)) == [("D1", "words", ["acute renal failures"])]
