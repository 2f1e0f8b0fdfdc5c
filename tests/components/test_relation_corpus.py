"""Relations survive reading: cut docs, sentences, augmenters."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc, DocBin, Span
from spacy.training import Example

from phantom.runtime import register_components

read = register_components()["relation_corpus"].make_relation_corpus
NLP = spacy.blank("xx")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Three sentences of four tokens: a relation in the second, one across."""
    words = "Iron helps Ann . Zinc harms Bob . Salt and Eve .".split()
    doc = Doc(NLP.vocab, words=words, sent_starts=[i % 4 == 0 for i in range(12)])
    doc.ents = [Span(doc, i, i + 1, "X") for i in (0, 2, 4, 6, 8, 10)]
    doc._.relations = [
        {"head": [4, 5], "tail": [6, 7], "label": "HARMS", "score": 1.0},
        {"head": [0, 1], "tail": [10, 11], "label": "HELPS", "score": 1.0},
    ]
    doc.user_data["example"] = {"id": "a"}
    DocBin(docs=[doc], store_user_data=True).to_disk(tmp_path / "a.spacy")
    return tmp_path / "a.spacy"


def stated(example: Example) -> list[tuple[str, str, str]]:
    doc = example.reference
    return [
        (doc[slice(*r["head"])].text, r["label"], doc[slice(*r["tail"])].text)
        for r in doc._.relations
    ]


def test_whole_docs_keep_all(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (example,) = read(path)(NLP)
    assert stated(example) == [("Zinc", "HARMS", "Bob"), ("Iron", "HELPS", "Eve")]
    assert not caplog.records


@pytest.mark.parametrize(("length", "parts"), [(9, [8, 4]), (5, [4, 4, 4]), (13, [12])])
def test_parts_keep_what_lies_whole_in_them(
    path: Path, length: int, parts: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    corpus = read(path, max_length=length)
    spacy.util.logger.addHandler(caplog.handler)
    with caplog.at_level(logging.WARNING, "spacy"):
        examples = list(corpus(NLP))
    spacy.util.logger.removeHandler(caplog.handler)
    assert [len(x.reference) for x in examples] == parts
    assert ("Zinc", "HARMS", "Bob") in [r for x in examples for r in stated(x)]
    assert all(x.reference.user_data["example"] == {"id": "a"} for x in examples)
    across = int(len(parts) > 1)
    assert corpus.lost["relations"] == across
    assert ("1 relations" in caplog.text) is bool(across)


def test_gold_sentences_keep_them(path: Path) -> None:
    corpus = read(path, gold_preproc=True)
    first, second, third = corpus(NLP)
    assert [stated(x) for x in (first, second, third)] == [
        [],
        [("Zinc", "HARMS", "Bob")],
        [],
    ]


def test_what_can_not_be_cut_is_counted(path: Path) -> None:
    assert list(read(path, max_length=3)(NLP)) == []
    corpus = read(path, max_length=3)
    list(corpus(NLP))
    assert corpus.lost == {"docs": 1, "entities": 6, "relations": 2, "augmented": 0}


def test_augmented_docs_keep_them_or_are_left_out(path: Path) -> None:
    lower = spacy.registry.augmenters.get("spacy.lower_case.v1")(1.0)
    (example,) = read(path, augmenter=lower)(NLP)
    assert example.reference.text.startswith("iron")
    assert stated(example)[0] == ("zinc", "HARMS", "bob")

    def halve(nlp: spacy.Language, example: Example) -> Iterator[Example]:
        half = Doc(nlp.vocab, words=[t.text for t in example.reference[:4]])
        yield Example(nlp.make_doc("Iron helps Ann ."), half)
        yield example

    augmenter: Callable = halve
    corpus = read(path, augmenter=augmenter)
    assert len(list(corpus(NLP))) == 1 and corpus.lost["augmented"] == 1


def test_docs_are_read_once_until_the_file_changes(path: Path) -> None:
    corpus = read(path)
    (first,) = corpus(NLP)
    (second,) = corpus(NLP)
    assert second.reference is first.reference
    assert second.predicted is not first.predicted
    (other,) = corpus(spacy.blank("xx"))
    assert other.reference.vocab is not NLP.vocab
    doc = Doc(NLP.vocab, words=["Tin", "."])
    DocBin(docs=[doc, first.reference], store_user_data=True).to_disk(path)
    assert [x.reference[0].text for x in corpus(NLP)] == ["Tin", "Iron"]
    next(iter(corpus(NLP)))
    assert len(list(corpus(NLP))) == 2


def test_mentions_without_a_name_go_along(path: Path) -> None:
    """The doc of the fixture with "Zinc" (4) and "Bob" (6) as no entities."""
    (doc,) = DocBin().from_disk(path).get_docs(NLP.vocab)
    doc.ents = [ent for ent in doc.ents if ent.start not in (4, 6)]
    doc.spans["nominal"] = [Span(doc, i, i + 1, "X") for i in (4, 6)]
    DocBin(docs=[doc], store_user_data=True).to_disk(path)

    def nominal(example: Example) -> list[tuple[str, str]]:
        spans = example.reference.spans.get("nominal", ())
        return [(span.text, span.label_) for span in spans]

    whole = [("Zinc", "X"), ("Bob", "X")]
    parts = list(read(path, gold_preproc=True)(NLP))
    assert [nominal(x) for x in parts] == [[], whole, []]
    assert stated(parts[1]) == [("Zinc", "HARMS", "Bob")]
    assert [nominal(x) for x in read(path, max_length=9)(NLP)] == [whole, []]
    lower = spacy.registry.augmenters.get("spacy.lower_case.v1")(1.0)
    (example,) = read(path, augmenter=lower)(NLP)
    assert nominal(example) == [("zinc", "X"), ("bob", "X")]
