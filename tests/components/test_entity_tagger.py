"""The entity tagger: tags, the likeliest sequence, and the component."""

from pathlib import Path

import numpy as np
import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example
from tests.builders.pipelines import MODULES, make_examples

from phantom.runtime import blank_pipeline

tags = MODULES["entity_tags"]
LABELS = ("CHEMICAL", "DISEASE")
# Each word for itself; what is around it comes from the tagger's window alone.
WORDS = {
    "@architectures": "spacy.MultiHashEmbed.v2",
    "width": 48,
    "attrs": ["LOWER", "SHAPE"],
    "rows": [500, 500],
    "include_static_vectors": False,
}


def doc_of(text: str, *spans: tuple[int, int, str]) -> Doc:
    doc = blank_pipeline("en").make_doc(text)
    doc.ents = [Span(doc, *span) for span in spans]
    return doc


def test_tags_of_mentions_of_one_two_and_three_words() -> None:
    doc = doc_of("a b c d e f g", (0, 1, "DISEASE"), (1, 3, "CHEMICAL"), (4, 7, "GENE"))
    doc.ents = [*doc.ents[:2], Span(doc, 4, 7, "DISEASE")]
    found = tags.entity_tags(doc, LABELS)
    assert found.tolist() == [8, 1, 3, 0, 5, 6, 7]
    spans = tags.tagged_spans(found)
    assert spans == [(0, 1, 1), (1, 3, 0), (4, 7, 1)]


def test_white_space_and_what_nobody_annotated() -> None:
    doc = doc_of("a\nb  c d", (0, 3, "DISEASE"))
    assert [t.is_space for t in doc] == [False, True, False, True, False, False]
    doc.set_ents([doc.ents[0]], missing=[doc[5:6]], default="outside")
    assert tags.entity_tags(doc, LABELS).tolist() == [5, 7, 0, -1]


def test_the_likeliest_sequence_is_one_of_mentions() -> None:
    """Word by word, "begin" and then "outside" would be best, which is no mention."""
    scores = np.full((3, 9), -9.0)
    scores[0, [1, 4]] = [2.0, 1.0]
    scores[1, [0, 3]] = [3.0, 0.5]
    scores[2, 0] = 1.0
    # Unit, outside, outside: 1 + 3 + 1; begin, last, outside: 2 + 0.5 + 1.
    assert tags.likeliest_tags(scores).tolist() == [4, 0, 0]
    scores[1, 3] = 2.5
    assert tags.likeliest_tags(scores).tolist() == [1, 3, 0]
    assert tags.likeliest_tags(np.zeros((0, 9))).tolist() == []


def test_any_scores_end_in_mentions_that_close() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        found = tags.likeliest_tags(rng.normal(size=(rng.integers(1, 8), 9)))
        inside = [
            i for start, end, _ in tags.tagged_spans(found) for i in range(start, end)
        ]
        assert inside == np.flatnonzero(found).tolist()


@pytest.fixture(scope="module")
def trained() -> Language:
    nlp = blank_pipeline("en")
    model = {"@architectures": "phantom.TaggerModel.v1", "tok2vec": WORDS}
    nlp.add_pipe("entity_tagger", name="ner", config={"model": model})
    examples = make_examples(nlp)
    optimizer = nlp.initialize(lambda: examples)
    optimizer.learn_rate = 0.005
    for _ in range(40):
        nlp.update(examples, sgd=optimizer)
    return nlp


def test_it_learns_and_survives_the_disk(trained: Language, tmp_path: Path) -> None:
    assert trained.evaluate(make_examples(trained))["ents_f"] == 1.0
    trained.to_disk(tmp_path)
    back = spacy.load(tmp_path)
    assert back.get_pipe("ner").labels == LABELS
    assert back.evaluate(make_examples(back))["ents_f"] == 1.0
    assert back.from_bytes(trained.to_bytes())("aspirin treats headache").ents


def test_a_line_break_changes_nothing(trained: Language) -> None:
    plain, broken = trained("acute pain"), trained("acute\npain")
    assert [e.text.split() for e in plain.ents] == [e.text.split() for e in broken.ents]
    assert [len(doc) for doc in trained.pipe(["", " ", "pain"])] == [0, 1, 1]


def test_entities_that_are_there_stay(trained: Language) -> None:
    doc = trained.make_doc("aspirin treats headache")
    doc.ents = [Span(doc, 0, 2, "OTHER")]
    found = trained.get_pipe("ner")(doc).ents
    assert [(e.text, e.label_) for e in found] == [
        ("aspirin treats", "OTHER"),
        ("headache", "DISEASE"),
    ]


def test_gold_in_other_tokens_teaches_what_can_be_said(trained: Language) -> None:
    predicted = trained.make_doc("aspirin treats headache")
    reference = Doc(trained.vocab, words=["aspirin", "treats", "head", "ache"])
    reference.ents = [Span(reference, 0, 1, "CHEMICAL")]
    aligned = MODULES["entity_tagger"]._aligned(Example(predicted, reference))
    assert tags.entity_tags(aligned, LABELS)[:2].tolist() == [4, 0]
