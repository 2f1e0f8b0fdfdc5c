"""Saved, copied, pickled, shared by threads: an encoder predicts what it did."""

import pickle
import sys
import threading
import types
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy
import pytest
import spacy
import torch
from spacy.language import Language
from spacy.util import load_model_from_config
from tests.builders.encoder import TEXTS, assert_same, make_small

from phantom.runtime import register_components

MODULES = register_components()


@pytest.fixture(scope="module")
def nlp() -> Language:
    return make_small()


def test_saved_pipeline_takes_its_precision_where_it_is_loaded(
    nlp: Language, tmp_path: Path
) -> None:
    nlp.to_disk(tmp_path)
    config = {"components": {"transformer": {"model": {"precision": "bf16"}}}}
    loaded = spacy.load(tmp_path, config=config)
    model = loaded.get_pipe("transformer").model
    assert model.settings["precision"] == "bf16"
    doc, other = nlp(TEXTS[0]), spacy.load(tmp_path)(TEXTS[0])
    states = [d._.trf_data.model_output.last_hidden_state for d in (doc, other)]
    numpy.testing.assert_allclose(*states, atol=1e-5)


def test_loading_needs_no_encoder_package(nlp: Language) -> None:
    config = nlp.config.copy()
    name = "a_package_that_is_not_installed"
    config["components"]["transformer"]["model"]["name"] = name
    other = load_model_from_config(config).from_bytes(nlp.to_bytes())
    assert other(TEXTS[0])._.trf_data.width == 32


def test_copy_and_replace_listeners_keep_the_predictions(nlp: Language) -> None:
    copied = nlp.get_pipe("transformer").model.copy()
    doc = nlp.make_doc(TEXTS[0])
    assert_same(copied.predict([doc]), nlp.get_pipe("transformer").model.predict([doc]))
    other = load_model_from_config(nlp.config).from_bytes(nlp.to_bytes())
    other.replace_listeners("transformer", "ner", ["model.tok2vec"])
    config = other.config["components"]["ner"]["model"]["tok2vec"]
    assert config["@architectures"] == "spacy-transformers.Tok2VecTransformer.v3"
    tokens = [n.get_pipe("ner").model.get_ref("tok2vec") for n in (nlp, other)]
    states = [t.predict([nlp(TEXTS[0])])[0] for t in tokens]
    numpy.testing.assert_allclose(*states, atol=1e-4)


@pytest.mark.slow
def test_listeners_can_be_replaced_where_weights_are_saved_as_int8(
    nlp: Language,
) -> None:
    config = nlp.config.copy()
    config["components"]["transformer"]["model"]["precision"] = "int8"
    other = load_model_from_config(config).from_bytes(nlp.to_bytes())
    other.replace_listeners("transformer", "ner", ["model.tok2vec"])
    again = load_model_from_config(other.config).from_bytes(other.to_bytes())
    tokens = [n.get_pipe("ner").model.get_ref("tok2vec") for n in (nlp, again)]
    states = [t.predict([nlp(TEXTS[0])])[0] for t in tokens]
    numpy.testing.assert_allclose(*states, atol=1e-4)


def test_threads_may_share_a_pipeline(nlp: Language) -> None:
    model = nlp.get_pipe("transformer").model
    docs = [nlp.make_doc(text) for text in TEXTS]
    expected = model.predict(docs)
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(model.predict, [docs] * 12):
            assert_same(found, expected)


def test_another_process_may_be_given_a_used_component(
    nlp: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = nlp.get_pipe("transformer").model
    generate = MODULES["relation_candidates"].make_typed_pairs(5)
    # In a wheel the modules can be imported by name.
    for function in (model._func, type(model.layers[0].shims[0]).to_bytes):
        module = types.ModuleType(function.__module__)
        vars(module).update(function.__globals__)
        monkeypatch.setitem(sys.modules, function.__module__, module)
    module = MODULES["relation_candidates"]
    monkeypatch.setitem(sys.modules, "relation_candidates", module)
    doc = nlp.make_doc(TEXTS[0])
    expected = model.predict([doc])
    assert model.cache
    copied = pickle.loads(pickle.dumps(model))
    assert_same(copied.predict([doc]), expected)
    assert len(pickle.loads(pickle.dumps(generate))([], {})) == 3


@pytest.mark.slow
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_threads_side_by_side_give_the_same(
    nlp: Language, precision: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = nlp.get_pipe("transformer").model
    docs = [nlp.make_doc(text) for text in TEXTS * 20]
    names, others = set(), threading.Event()
    multiply = torch.bmm

    def spy(*args):
        names.add(threading.current_thread().name)
        # On a busy machine one thread may be done before the other begins.
        if len(names) < count:
            others.wait(5)
        else:
            others.set()
        return multiply(*args)

    monkeypatch.setattr(torch, "bmm", spy)
    monkeypatch.setitem(model.settings, "precision", precision)
    before = torch.get_num_threads()
    found = []
    try:
        for count in (1, 2):
            torch.set_num_threads(count)
            names.clear()
            others.clear()
            found.append(model.predict(docs))
            assert len(names) == count
        with ThreadPoolExecutor(3) as pool:
            found += pool.map(model.predict, [docs] * 6)
    finally:
        torch.set_num_threads(before)
    states = [batch.model_output.last_hidden_state for batch in found]
    atol = 1e-4 if precision == "fp32" else 0.05
    for other in states[1:]:
        numpy.testing.assert_allclose(other, states[0], atol=atol)
