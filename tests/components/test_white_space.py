"""Line breaks, tabs and blanks in a row are nothing to entities and relations."""

from pathlib import Path
from typing import Any

import numpy
import pytest
import spacy
from encoders import build_encoder
from spacy.language import Language
from spacy.training import Example
from spacy.util import fix_random_seed, load_config

from phantom.runtime import blank_pipeline, register_components

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


def test_a_mention_ends_with_its_heading(nlp: Language) -> None:
    """A small letter behind a blank line goes on, as over the border of a page."""
    parts = register_components()["entity_tags"].paragraph_parts
    for text, count in (("gout\n\nGout", 2), ("renal\n\ngout", 1), ("a\nGout", 1)):
        doc = nlp.make_doc(text)
        made = list(parts(spacy.tokens.Span(doc, 0, len(doc), "DISEASE")))
        words = text.split("\n\n") if count == 2 else [text]
        assert [(x.text, x.label_) for x in made] == [(w, "DISEASE") for w in words]
    with nlp.select_pipes(disable=["relation_extractor"]):
        doc = nlp("Two had liver\n\nCancer and took")
        assert all("\n" not in ent.text for ent in doc.ents)


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


def taught(text: str, listens: bool, encoder: Path | None = None) -> tuple[float, list]:
    """Loss and weights after one update.

    encoder (Optional[Path]): A transformer to listen to; without, vectors of words
        know no context.
    """
    tok2vec: dict[str, Any] = {
        "@architectures": "spacy.HashEmbedCNN.v2",
        "pretrained_vectors": None,
        "width": 24,
        "depth": 1,
        "embed_size": 200,
        "window_size": 0,
        "maxout_pieces": 2,
        "subword_features": True,
    }
    nlp = blank_pipeline("en")
    if encoder:
        spans = {"@span_getters": "spacy-transformers.strided_spans.v1"}
        transformer = {
            "@architectures": "phantom.TransformerModel.v1",
            "name": str(encoder),
            "get_spans": {**spans, "window": 128, "stride": 96},
        }
        nlp.add_pipe("transformer", config={"model": transformer})
        tok2vec = {
            "@architectures": "spacy-transformers.TransformerListener.v1",
            "pooling": {"@layers": "reduce_mean.v1"},
        }
    elif listens:
        nlp.add_pipe("tok2vec", config={"model": tok2vec})
        tok2vec = {"@architectures": "spacy.Tok2VecListener.v1", "width": 24}
    model = {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "state_type": "ner",
        "extra_state_tokens": False,
        "hidden_width": 16,
        "maxout_pieces": 2,
        "use_upper": False,
        "tok2vec": tok2vec,
    }
    config = {"model": model, "incorrect_spans_key": "wrong"}
    nlp.add_pipe("entity_recognizer", name="ner", config=config)
    reference = nlp.make_doc(text)
    places = [t.i for t in reference if not t.is_space]
    spans = {"DISEASE": (2, 3), "CHEMICAL": (6, 7)}
    reference.ents = [
        spacy.tokens.Span(reference, places[a], places[b] + 1, label)
        for label, (a, b) in spans.items()
    ]
    wrong = spacy.tokens.Span(reference, places[9], places[10] + 1, "CHEMICAL")
    reference.spans["wrong"] = [wrong]
    examples = [Example(nlp.make_doc(text), reference)]
    fix_random_seed(0)
    optimizer = nlp.initialize(lambda: [Example(nlp.make_doc(TEXT), gold(nlp))])
    fix_random_seed(0)
    losses = nlp.update(examples, sgd=optimizer, losses={})
    weights = [
        node.get_param(name)
        for _, pipe in nlp.pipeline
        for node in pipe.model.walk()  # type: ignore[attr-defined]
        for name in node.param_names
        if node.has_param(name)
    ]
    return losses["ner"], weights


def gold(nlp: Language) -> spacy.tokens.Doc:
    doc = nlp.make_doc(TEXT)
    doc.ents = [doc.char_span(a, b, label) for a, b, label in NAMES]
    return doc


@pytest.mark.parametrize("listens", [True, False])
@pytest.mark.parametrize("white", ["\n", "  \n", "\n\n\t"])
def test_wrapped_text_teaches_what_text_on_one_line_does(
    white: str, listens: bool
) -> None:
    loss, weights = taught(TEXT, listens)
    wrapped = white + TEXT.replace(" ", white) + white
    wrapped_loss, wrapped_weights = taught(wrapped, listens)
    assert loss > 0 and wrapped_loss == pytest.approx(loss, rel=1e-5)
    assert len(weights) > 4
    for before, after in zip(weights, wrapped_weights, strict=True):
        numpy.testing.assert_allclose(before, after, atol=1e-5)


def test_a_transformer_is_taught_the_same_by_wrapped_text(tmp_path: Path) -> None:
    encoder = build_encoder("bert", tmp_path)
    loss, weights = taught(TEXT, True, encoder)
    other, _ = taught(TEXT.replace("cancer", "nausea"), True, encoder)
    assert other != pytest.approx(loss, rel=1e-4)
    for white in ("\n", "  \n\t"):
        wrapped = white + TEXT.replace(" ", white) + white
        wrapped_loss, wrapped_weights = taught(wrapped, True, encoder)
        assert wrapped_loss == pytest.approx(loss, rel=1e-4)
        for before, after in zip(weights, wrapped_weights, strict=True):
            numpy.testing.assert_allclose(before, after, atol=1e-4)


def test_a_gold_mention_that_begins_with_a_break_begins_at_its_word(
    nlp: Language,
) -> None:
    text = TEXT.replace(" liver cancer and", "\n \tliver cancer and")
    reference = nlp.make_doc(text)
    (start,) = [t.i for t in reference if t.text == "liver"][:1]
    reference.ents = [spacy.tokens.Span(reference, start - 1, start + 2, "DISEASE")]
    without = register_components()["entity_recognizer"]._without_space
    plain, _ = without(reference)
    assert [(e.text, e.label_) for e in plain.ents] == [("liver cancer", "DISEASE")]
