"""Word shapes beside an encoder's vectors: seen, trained, stored."""

from typing import Any

import numpy
import spacy
from spacy.ml.models.tok2vec import (
    MaxoutWindowEncoder,
    MultiHashEmbed,
    build_Tok2Vec_model,
)
from spacy.training import Example
from spacy.util import load_config
from thinc.api import Model

from phantom.runtime import register_components

build = register_components()["encoder_concatenated_tok2vec"].build_concatenated_tok2vec
NLP = spacy.blank("xx")


def embed(attribute: str, width: int) -> Model:
    return build_Tok2Vec_model(
        MultiHashEmbed(width, [attribute], [50], False),
        MaxoutWindowEncoder(width, 1, 2, 1),
    )


def describe(attribute: str, width: int) -> dict[str, Any]:
    """The same as a config."""
    return {
        "@architectures": "spacy.Tok2Vec.v2",
        "embed": {
            "@architectures": "spacy.MultiHashEmbed.v2",
            "width": width,
            "attrs": [attribute],
            "rows": [100],
            "include_static_vectors": False,
        },
        "encode": {
            "@architectures": "spacy.MaxoutWindowEncoder.v2",
            "width": width,
            "depth": 1,
            "window_size": 1,
            "maxout_pieces": 2,
        },
    }


def test_both_layers_stand_side_by_side_and_learn() -> None:
    docs = [NLP("Target met Oak."), NLP("target"), NLP("")]
    words, shapes = embed("LOWER", 8), embed("SHAPE", 4)
    model = build(words, shapes)
    model.initialize(X=docs)
    assert model.get_dim("nO") == 12
    vectors, backprop = model.begin_update(docs)
    assert [v.shape for v in vectors] == [(4, 12), (1, 12), (0, 12)]
    assert numpy.allclose(vectors[0][:, :8], words.predict(docs)[0])
    assert numpy.allclose(vectors[0][:, 8:], shapes.predict(docs)[0])
    backprop([numpy.ones_like(v) for v in vectors])
    for layer in (words, shapes):
        assert any(
            node.get_grad(name).any()
            for node in layer.walk()
            for name in node.param_names
            if node.has_grad(name)
        )


def test_a_listener_which_returns_nothing_may_be_one_of_them() -> None:
    """Case is all that tells the two apart; a lower-cased encoder can't see it."""
    config = load_config("configs/smoke.cfg", interpolate=False)
    listener = config["components"]["ner"]["model"]["tok2vec"]
    width = config["components"]["tok2vec"]["model"]["width"]
    nlp = spacy.blank("xx")
    nlp.add_pipe("tok2vec", config={"model": describe("LOWER", width)})
    tok2vec = {
        "@architectures": "phantom.ConcatenatedTok2Vec.v1",
        "tok2vec": listener,
        "features": describe("SHAPE", 16),
    }
    ner = nlp.add_pipe("ner", config={"model": {"tok2vec": tok2vec}})
    ner.add_label("ORG")
    texts = {"We saw Target today": [(7, 13, "ORG")], "We saw target today": []}
    examples = [
        Example.from_dict(nlp.make_doc(text), {"entities": entities})
        for text, entities in texts.items()
    ]
    optimizer = nlp.initialize(lambda: examples)
    optimizer.learn_rate = 0.01
    for _ in range(40):
        nlp.update(examples, sgd=optimizer)
    found = {doc.text: [str(e) for e in doc.ents] for doc in nlp.pipe(list(texts))}
    assert found == {"We saw Target today": ["Target"], "We saw target today": []}
    again = spacy.blank("xx").from_config(nlp.config).from_bytes(nlp.to_bytes())
    assert [str(e) for e in again("We saw Target today").ents] == ["Target"]
