"""Names that share no sentence, and the threshold that they have for themselves."""

import numpy as np
import pytest
import spacy
from spacy.tokens import Doc, Span
from spacy.training import Example
from tests.builders.pipelines import TINY

from phantom.runtime import register_components

MODULES = register_components()
APART = MODULES["relation_apart"]
SCHEMA = {
    "INDUCES": {"head": ["CHEMICAL"], "tail": ["DISEASE"], "symmetric": False},
    "TREATS": {"head": ["CHEMICAL"], "tail": ["DISEASE"], "symmetric": False},
}
TEXT = (
    "Lithium and tremor\n\nLithium was given at 0.5 mg. Seizures followed. Tremor did."
)
NAMES = {"Lithium": "CHEMICAL", "tremor": "DISEASE", "seizures": "DISEASE"}


def make_doc(nlp) -> Doc:
    doc = nlp(TEXT)
    labels = {name.lower(): label for name, label in NAMES.items()}
    doc.ents = [
        Span(doc, t.i, t.i + 1, labels[t.lower_]) for t in doc if t.lower_ in labels
    ]
    return doc


@pytest.fixture
def nlp():
    return spacy.blank("en")


def batch_of(doc: Doc) -> dict[str, np.ndarray]:
    heads = [i for i, x in enumerate(doc.ents) if x.label_ == "CHEMICAL"]
    tails = [i for i, x in enumerate(doc.ents) if x.label_ == "DISEASE"]
    pairs = np.asarray([(a, b) for a in heads for b in tails])
    return {
        "mention_doc": np.zeros(len(doc.ents), dtype="int64"),
        "mention_start": np.asarray([x.start for x in doc.ents]),
        "mention_end": np.asarray([x.end for x in doc.ents]),
        "mention_type": np.asarray([x.label for x in doc.ents]),
        "heads": pairs[:, 0],
        "tails": pairs[:, 1],
    }


def test_sentences_end_with_punctuation_and_at_a_blank_line(nlp) -> None:
    doc = make_doc(nlp)
    numbers = APART.number_sentences(doc)
    groups = [
        "".join(t.text_with_ws for t in doc if numbers[t.i] == n).strip()
        for n in np.unique(numbers)
    ]
    assert groups == [
        *("Lithium and tremor", "Lithium was given at 0.5 mg."),
        *("Seizures followed.", "Tremor did."),
    ]
    # What another component says of sentences goes before.
    doc[0].is_sent_start = True
    for token in doc[1:]:
        token.is_sent_start = False
    assert set(APART.number_sentences(doc)) == {1}


def test_names_are_together_if_one_sentence_holds_both(nlp) -> None:
    doc = make_doc(nlp)
    batch = batch_of(doc)
    found = {
        (doc.ents[h].text.lower(), doc.ents[t].text.lower(), bool(apart))
        for h, t, apart in zip(
            batch["heads"],
            batch["tails"],
            APART.find_apart([doc], batch, {0}),
            strict=True,
        )
    }
    assert found == {("lithium", "tremor", False), ("lithium", "seizures", True)}


def test_they_need_a_score_of_their_own(nlp) -> None:
    doc = make_doc(nlp)
    batch = batch_of(doc)
    scores = np.full((len(batch["heads"]), 2), 0.3)
    asked = {"schema": SCHEMA, "threshold": 0.5, "threshold_apart": 0.2}
    least = np.asarray([0.5, 0.5])

    def needed(**settings):
        return APART.least_apart({**asked, **settings}, [doc], batch, scores, least)

    apart = APART.find_apart([doc], batch, {0})
    assert (needed()[apart] == 0.2).all() and (needed()[~apart] == 0.5).all()
    # A label with a threshold of its own keeps it.
    own = needed(thresholds={"INDUCES": 0.5})
    assert (own[:, 0] == 0.5).all() and (own[apart, 1] == 0.2).all()
    # Nothing depends on it: sentences are not looked for.
    assert needed(threshold_apart=None) is least
    assert needed(threshold_apart=0.4) is least


def test_the_component_writes_them(nlp, tmp_path) -> None:
    config = {"relation_schema": SCHEMA, "model": TINY, "threshold": 1.0}
    pipe = nlp.add_pipe("relation_extractor", config={**config, "threshold_apart": 0.0})
    example = Example.from_dict(nlp.make_doc("Lithium induced tremor."), {})
    example.reference._.relations = []
    nlp.initialize(lambda: [example])

    def related(pipe):
        (doc,) = pipe.pipe([make_doc(spacy.blank("en"))])
        return {doc[x["tail"][0]].lower_ for x in doc._.relations}

    assert related(pipe) == {"seizures"}
    nlp.to_disk(tmp_path)
    again = spacy.load(tmp_path).get_pipe("relation_extractor")
    assert related(again) == {"seizures"}
    # Who asks for another threshold means all names.
    asked = {"components": {"relation_extractor": {"threshold": 0.9}}}
    again = spacy.load(tmp_path, config=asked).get_pipe("relation_extractor")
    assert again.cfg["threshold_apart"] is None and related(again) == set()
    with pytest.raises(ValueError, match=r"threshold_apart is 1\.5"):
        other = {"threshold_apart": 1.5}
        spacy.blank("en").add_pipe("relation_extractor", config=other)
