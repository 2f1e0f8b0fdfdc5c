"""Entities by whole arrays: those of spaCy's parser, to the last token."""

from collections.abc import Iterator
from functools import cache

import numpy
import pytest
from spacy.language import Language
from spacy.pipeline import EntityRecognizer
from spacy.tokens import Doc, Span
from spacy.training import Example
from thinc.api import fix_random_seed

from phantom.runtime import blank_pipeline, register_components

PARSE = register_components()["entity_parse"]
WORDS = ["liver", "cancer", "of", "aspirin", "-", "x", "and", "IL-2", "was", "."]
LABELS = ("DISEASE", "CHEMICAL", "CELL-LINE")


@cache
def build(pieces: int = 2, use_upper: bool = False) -> Language:
    """A recognizer with random weights, which finds entities everywhere."""
    nlp = blank_pipeline("en")
    tok2vec = {"@architectures": "spacy.HashEmbedCNN.v2", "width": 24, "depth": 1}
    tok2vec |= {"embed_size": 50, "window_size": 1, "maxout_pieces": 2}
    tok2vec |= {"subword_features": False, "pretrained_vectors": None}
    parser = {"@architectures": "spacy.TransitionBasedParser.v2", "state_type": "ner"}
    parser |= {"extra_state_tokens": False, "hidden_width": 16, "tok2vec": tok2vec}
    parser |= {"maxout_pieces": pieces, "use_upper": use_upper}
    recognizer = nlp.add_pipe("entity_recognizer", config={"model": parser})
    for label in LABELS:
        recognizer.add_label(label)  # type: ignore[attr-defined]
    docs = [Doc(nlp.vocab, WORDS), Doc(nlp.vocab, WORDS[::-1])]
    fix_random_seed(0)
    nlp.initialize(lambda: [Example(doc, doc) for doc in docs])
    rng = numpy.random.default_rng(0)
    for name in ("W", "b", "pad"):
        lower = recognizer.model.get_ref("lower")  # type: ignore[attr-defined]
        weights = rng.standard_normal(lower.get_param(name).shape)
        lower.set_param(name, weights.astype("f"))
    return nlp


def make_docs(nlp: Language) -> Iterator[Doc]:
    rng = numpy.random.default_rng(1)
    for size in (0, 1, 1, 2, 3, 40, 17, 60):
        doc = Doc(nlp.vocab, [WORDS[i] for i in rng.integers(0, len(WORDS), size)])
        if size > 20:
            for i in range(size):
                doc[i].is_sent_start = i % 7 == 0
        yield doc
    yield Doc(nlp.vocab, ["\n", " "])


def parse(nlp: Language, docs: list[Doc]) -> list[Doc]:
    """The same by spaCy's own parser."""
    recognizer = nlp.get_pipe("entity_recognizer")
    copies = [doc.copy() for doc in docs]
    states = EntityRecognizer.predict(recognizer, copies)  # type: ignore[arg-type]
    EntityRecognizer.set_annotations(recognizer, copies, states)  # type: ignore[arg-type]
    return copies


def read(docs: list[Doc]) -> list[list[tuple[str, str, int]]]:
    return [[(t.ent_iob_, t.ent_type_, t.ent_kb_id) for t in doc] for doc in docs]


@pytest.mark.parametrize("pieces", [1, 2, 3])
def test_entities_are_those_of_the_parser(pieces: int) -> None:
    nlp = build(pieces)
    docs = list(make_docs(nlp))
    recognizer = nlp.get_pipe("entity_recognizer")
    expected = parse(nlp, docs)
    found = recognizer.predict(docs)  # type: ignore[attr-defined]
    assert found[1] is not None and found[2] is None
    recognizer.set_annotations(docs, found)  # type: ignore[attr-defined]
    assert read(docs) == read(expected)
    sizes = {len(entity) for doc in docs for entity in doc.ents}
    assert {1, 2} < sizes and {e.label_ for doc in docs for e in doc.ents} == {*LABELS}


@pytest.mark.parametrize("reason", ["preset", "blocked", "long", "upper"])
def test_what_only_the_parser_can_tell_is_left_to_it(
    reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    nlp = build(use_upper=reason == "upper")
    docs = list(make_docs(nlp))
    if reason == "preset":
        docs[5].set_ents([Span(docs[5], 3, 5, "DISEASE")], default="missing")
    elif reason == "blocked":
        docs[5].set_ents([], blocked=[docs[5][3:4]], default="missing")
    elif reason == "long":
        monkeypatch.setattr(PARSE, "LONGEST", 2)
    recognizer = nlp.get_pipe("entity_recognizer")
    assert PARSE.find_entities(recognizer, docs) is None
    expected = parse(nlp, docs)
    list(recognizer.pipe(docs))  # type: ignore[attr-defined]
    assert read(docs) == read(expected)


def test_docs_without_a_token_are_left_alone() -> None:
    nlp = build()
    assert [len(doc.ents) for doc in nlp.pipe(["", ""])] == [0, 0]
