"""The encoder against that of spacy-transformers: predictions and gradients."""

from typing import Any

import numpy
import pytest
import torch
import transformers
from encoders import build_encoder
from spacy.language import Language
from spacy_transformers.layers.transformer_model import forward as stock_forward
from tests.builders.encoder import (
    ENCODER,
    TEXTS,
    assert_same,
    make_minilm,
    make_nlp,
    texts,
)

from phantom.runtime import predicts_in, register_components

MODULES = register_components()


@pytest.fixture(scope="module")
def nlp():
    return make_minilm()


@pytest.fixture(scope="module")
def narrow(tmp_path_factory):
    """A small BERT under windows that overlap and buckets of a few rows."""
    name = str(build_encoder("bert", tmp_path_factory.mktemp("bert")))
    nlp = make_nlp(window=16, stride=11, bucket_size=256, name=name)
    nlp.initialize()
    return nlp


@pytest.fixture(scope="module")
def other_kind(tmp_path_factory):
    """A small encoder that is no BERT, with random weights."""
    folder = tmp_path_factory.mktemp("distilbert")
    name = MODULES["encoder_place"].find_encoder(ENCODER)
    tokenizer = transformers.DistilBertTokenizerFast.from_pretrained(name)
    torch.manual_seed(0)
    config = transformers.DistilBertConfig(
        vocab_size=len(tokenizer), dim=24, hidden_dim=48, n_layers=2, n_heads=2
    )
    transformers.DistilBertModel(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    nlp = make_nlp(window=16, stride=11, bucket_size=256, name=str(folder))
    nlp.initialize()
    return nlp


@pytest.mark.parametrize("which", ["nlp", "narrow", "other_kind"])
def test_fp32_gives_what_stock_gives(
    which: Any, request: pytest.FixtureRequest
) -> None:
    nlp = request.getfixturevalue(which)
    docs = [nlp.make_doc(text) for text in texts()]
    model = nlp.get_pipe("transformer").model
    assert_same(model.predict(docs), stock_forward(model, docs, False)[0])


def gradients(model, forward, docs):
    encoder = model.transformer
    encoder.zero_grad(set_to_none=True)
    for module in encoder.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
        if hasattr(module, "dropout_prob"):
            module.dropout_prob = 0.0
    batch, backprop = forward(model, docs, True)
    rng = numpy.random.default_rng(0)
    arrays = []
    for data in batch.doc_data:
        if len(data.wordpieces):
            gradient = numpy.zeros_like(data.model_output.last_hidden_state)
            rows = gradient.reshape(-1, data.width)
            seen = numpy.unique(data.align.dataXd)
            rows[seen] = rng.standard_normal((len(seen), data.width))
            arrays.append([gradient])
    backprop(batch.unsplit_by_doc(arrays))
    return {n: p.grad for n, p in encoder.named_parameters() if p.grad is not None}


@pytest.mark.parametrize("which", ["narrow", "other_kind"])
def test_backward_pass_gives_the_gradients_of_stock(
    which: Any, request: pytest.FixtureRequest
) -> None:
    nlp = request.getfixturevalue(which)
    model = nlp.get_pipe("transformer").model
    docs = [nlp.make_doc(text) for text in texts()[:12]]
    expected = gradients(model, stock_forward, docs)
    found = gradients(model, model._func, docs)
    assert set(found) == set(expected)
    for name, gradient in expected.items():
        scale = gradient.abs().max().item()
        assert (found[name] - gradient).abs().max().item() <= 1e-4 * max(scale, 1), name


def test_bf16_is_near_and_not_the_same(nlp: Language) -> None:
    docs = [nlp.make_doc(text) for text in texts()[:8]]
    model = nlp.get_pipe("transformer").model
    exact = model.predict(docs).model_output.last_hidden_state
    model.settings["precision"] = "bf16"
    rough = model.predict(docs).model_output.last_hidden_state
    model.settings["precision"] = "fp32"
    difference = (exact - rough).abs()
    assert 0 < difference.max() < 0.3
    assert difference.mean() < 0.01


def test_int8_says_where_it_can_not_be_had(other_kind: Language) -> None:
    model = other_kind.get_pipe("transformer").model
    model.settings["precision"] = "int8"
    try:
        with pytest.warns(UserWarning, match="int8 takes a BERT"):
            model.predict([other_kind.make_doc(TEXTS[0])])
        assert predicts_in(other_kind) in ("bf16", "fp32")
    finally:
        model.settings["precision"] = "fp32"
