"""A pipeline in int8: small, near, with the kernels that are meant, and told so."""

from pathlib import Path
from typing import Any

import numpy
import pytest
import spacy
import torch
from encoders import build_encoder
from spacy.language import Language
from tests.builders.encoder import make_nlp

from phantom.runtime import predicts_in
from phantom.shipping.quantize import quantize

TEXT = "Diazepam-induced hypotension was seen in a patient with ataxia telangiectasia."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pipeline with an encoder of two layers, and random weights."""
    path = tmp_path_factory.mktemp("pipeline")
    nlp = make_nlp(name=str(build_encoder("bert", path / "encoder")))
    nlp.initialize()
    nlp.to_disk(path / "fp32")
    return path / "fp32"


@pytest.fixture(scope="module")
def quantized(folder: Path) -> Path:
    return quantize(folder, folder.parent / "int8")


def size(path: Path) -> int:
    return sum(p.stat().st_size for p in path.rglob("*") if p.is_file())


def states(nlp: Language) -> Any:
    data = nlp(TEXT)._.trf_data
    return data.model_output.last_hidden_state.reshape(-1, data.width)


@pytest.mark.slow
def test_quantized_pipeline_is_small_and_near(tmp_path: Path) -> None:
    """The embedded encoder, whose size and weights are those of practice."""
    folder = tmp_path / "fp32"
    nlp = make_nlp()
    nlp.initialize()
    nlp.to_disk(folder)
    quantized = quantize(folder, tmp_path / "int8")
    assert size(quantized) < 0.35 * size(folder)
    exact, rough = states(spacy.load(folder)), states(spacy.load(quantized))
    cosine = (exact * rough).sum(1) / numpy.linalg.norm(exact, axis=1)
    assert (cosine / numpy.linalg.norm(rough, axis=1)).min() > 0.98
    assert not numpy.allclose(exact, rough, atol=1e-4)


def test_int8_kernels_run(quantized: Path) -> None:
    nlp = spacy.load(quantized)
    with torch.profiler.profile() as profile:
        nlp(TEXT)
    used = {event.key for event in profile.key_averages()}
    assert "onednn::qlinear_pointwise" in used


@pytest.mark.slow
def test_int8_weights_load_in_another_precision_and_are_stable(
    quantized: Path, tmp_path: Path
) -> None:
    config = {"components": {"transformer": {"model": {"precision": "fp32"}}}}
    exact, rough = spacy.load(quantized, config=config), spacy.load(quantized)
    assert exact.get_pipe("transformer").model.settings["precision"] == "fp32"
    assert numpy.abs(states(exact) - states(rough)).mean() < 0.1
    again = quantize(rough, tmp_path / "again")
    numpy.testing.assert_allclose(states(spacy.load(again)), states(rough), atol=1e-2)


def test_precision_is_told(folder: Path, quantized: Path) -> None:
    assert predicts_in(spacy.load(folder)) == "fp32"
    nlp = spacy.load(quantized)
    assert predicts_in(nlp) == nlp.meta["precision"] == "int8"
    config = {"components": {"transformer": {"model": {"precision": "auto"}}}}
    assert predicts_in(spacy.load(quantized, config=config)) in ("bf16", "fp32")
    assert predicts_in(spacy.blank("xx")) == "fp32"


def test_pipeline_that_can_not_be_quantized_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no component with"):
        quantize(spacy.blank("xx"), tmp_path / "out")
