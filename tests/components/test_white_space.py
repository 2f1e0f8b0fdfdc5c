"""Line breaks, tabs and blanks in a row are nothing to entities and relations."""

import numpy
import pytest
import spacy
from spacy.language import Language
from spacy.training import Example
from spacy.util import fix_random_seed, load_config

from phantom.runtime import blank_pipeline

TEXT = "Two had liver cancer and took aspirin acid against liver cancer"
NAMES = [(8, 20, "DISEASE"), (30, 42, "CHEMICAL"), (51, 63, "DISEASE")]
BREAKS = ["\n", "\r\n", "\n   ", "  ", "\t", "\n\n", "\xa0", "\x0c", "\u2028"]


@pytest.fixture(scope="module")
def nlp() -> Language:
    """A pipeline that has learned one sentence by heart."""
    config = load_config("configs/smoke.cfg")
    nlp = blank_pipeline("en")
    for name in ("tok2vec", "ner", "relation_extractor"):
        settings = dict(config["components"][name])
        nlp.add_pipe(settings.pop("factory"), name=name, config=settings)
    reference = nlp.make_doc(TEXT)
    reference.ents = [reference.char_span(a, b, label) for a, b, label in NAMES]
    treats = {"head": [6, 8], "tail": [9, 11], "label": "TREATS", "score": 1.0}
    reference._.relations = [treats]
    examples = [Example(nlp.make_doc(TEXT), reference)] * 4
    fix_random_seed(0)
    optimizer = nlp.initialize(lambda: examples)
    optimizer.learn_rate = 0.01
    for _ in range(40):
        nlp.update(examples, sgd=optimizer)
    return nlp


def found(doc: spacy.tokens.Doc) -> tuple[list, list]:
    def plain(start: int, end: int) -> str:
        return " ".join(doc[start:end].text.split())

    ents = [(plain(e.start, e.end), e.label_) for e in doc.ents]
    relations = [
        (plain(*r["head"]), r["label"], plain(*r["tail"]), round(r["score"], 4))
        for r in doc._.relations
    ]
    return ents, relations


def test_the_sentence_is_known(nlp: Language) -> None:
    ents, relations = found(nlp(TEXT))
    assert ents == [(TEXT[a:b], label) for a, b, label in NAMES]
    assert [r[:3] for r in relations] == [("aspirin acid", "TREATS", "liver cancer")]


def test_ner_alone_reads_wrapped_text_as_on_one_line(nlp: Language) -> None:
    """The encoder of this pipeline does see white space; so its vectors are set."""
    ner = nlp.get_pipe("ner")
    plain = nlp.get_pipe("tok2vec")(nlp.make_doc(TEXT))
    expected = [e.text for e in ner(plain).ents]
    wrapped = nlp.make_doc(TEXT.replace(" ", "\n  ") + "\n")
    words = [not token.is_space for token in wrapped]
    wrapped.tensor = numpy.ones((len(wrapped), plain.tensor.shape[1]), dtype="f")
    wrapped.tensor[words] = plain.tensor
    ents = list(ner(wrapped).ents)
    assert [" ".join(e.text.split()) for e in ents] == expected
    assert all(e.text == e.text.strip() for e in ents)
    model = nlp.get_pipe("relation_extractor")
    wrapped._.relations = plain._.relations = None
    assert found(model(wrapped)) == found(model(plain))


@pytest.mark.parametrize("white", BREAKS)
def test_no_mention_begins_or_ends_with_white_space(nlp: Language, white: str) -> None:
    text = white + TEXT.replace(" ", white) + white
    doc = nlp(text)
    assert doc.text == text
    assert all(e.text == e.text.strip() for e in doc.ents)
    (piped,) = nlp.pipe([text])
    assert found(piped)[0] == found(doc)[0]


def test_entities_that_stand_already_are_kept(nlp: Language) -> None:
    doc = nlp.make_doc(TEXT.replace(" ", "\n "))
    doc.ents = [spacy.tokens.Span(doc, 0, 1, "NUMBER")]
    doc = nlp.get_pipe("ner")(nlp.get_pipe("tok2vec")(doc))
    assert (doc.ents[0].text, doc.ents[0].label_) == ("Two", "NUMBER")


def test_distance_counts_words_alone() -> None:
    generate = spacy.registry.misc.get("phantom.TypedPairs.v1")(1)
    schema = {"R": {"head": [], "tail": []}}
    for text, pairs in (("a b c", 2), ("a\n\nb \n c", 2), ("a x b c", 0)):
        doc = blank_pipeline("en")(text)
        words = [t for t in doc if t.text in "ac"]
        ents = [spacy.tokens.Span(doc, t.i, t.i + 1, "X") for t in words]
        assert len(generate([ents], schema)[0]) == pairs
