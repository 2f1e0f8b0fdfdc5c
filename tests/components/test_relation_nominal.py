"""Mentions that are no names: ends of relations in training, and no entities."""

import numpy as np
import pytest
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example
from tests.builders.pipelines import (
    MODULES,
    SCHEMA,
    make_examples,
    make_nlp,
    predict,
    train,
)

NAME = "relation_extractor"


def without_names(examples: list[Example], label: str) -> list[Example]:
    """The same, with the mentions of a label as nominal ones in plain docs."""
    for example in examples:
        doc = example.reference
        apart = [ent for ent in doc.ents if ent.label_ == label]
        doc.ents = [ent for ent in doc.ents if ent.label_ != label]
        # In any order: a person may have written the file.
        doc.spans["nominal"] = apart[::-1]
    return [
        Example(
            Doc(x.predicted.vocab, words=[t.text for t in x.predicted]), x.reference
        )
        for x in examples
    ]


@pytest.fixture(scope="module")
def taught() -> Language:
    nlp = make_nlp(relation_schema=SCHEMA)
    return train(nlp, without_names(make_examples(nlp), "CHEMICAL"))


@pytest.mark.parametrize("label", ["CHEMICAL", "DISEASE"])
def test_they_teach_relations_what_entities_do(taught: Language, label: str) -> None:
    pipe = taught.get_pipe(NAME)
    named = pipe._gold(make_examples(taught))
    other = pipe._gold(without_names(make_examples(taught), label))
    for key, array in named[0].items():
        assert np.array_equal(array, other[0][key]), key
    assert np.array_equal(named[1], other[1]) and named[1].any()
    assert np.array_equal(named[2], other[2]) and (named[2] > named[1]).any()
    assert named[3] == other[3]


def test_a_schema_is_that_of_all_mentions() -> None:
    nlp = make_nlp()
    infer = MODULES["relation_schema"].infer_schema
    named = infer(make_examples(nlp))
    assert infer(without_names(make_examples(nlp), "CHEMICAL")) == named
    train(nlp, without_names(make_examples(nlp), "CHEMICAL"), steps=0)
    pipe = nlp.get_pipe(NAME)
    assert pipe.cfg["types"] == ["CHEMICAL", "DISEASE"] and pipe.schema == named


def test_whoever_gives_them_as_mentions_gets_relations(taught: Language) -> None:
    found = predict(taught, make_examples(taught))
    stated = [len(x.predicted._.relations) for x in found]
    assert stated == [len(x.reference._.relations) for x in found]


def test_at_prediction_spans_are_not_read(taught: Language) -> None:
    (example, *_) = without_names(make_examples(taught), "CHEMICAL")
    doc = example.predicted
    doc.ents = [Span(doc, 2, 3, "DISEASE")]
    doc.spans["nominal"] = [Span(doc, 0, 1, "CHEMICAL")]
    assert taught.get_pipe(NAME)(doc)._.relations == []


def test_the_recognizer_learns_that_they_are_none(taught: Language) -> None:
    (example, *_) = without_names(make_examples(taught), "CHEMICAL")
    assert example.get_aligned_ner() == ["O", "O", "U-DISEASE"]


def test_temperatures_are_fitted_on_them_too(taught: Language) -> None:
    score = MODULES["relation_calibration"].score_gold_pairs
    named = score(taught, NAME, make_examples(taught))
    other = score(taught, NAME, without_names(make_examples(taught), "DISEASE"))
    for left, right in zip(named, other, strict=True):
        assert np.array_equal(left, right)
