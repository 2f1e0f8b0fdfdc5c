"""Averaged weights: of all parts of a pipeline, or the parts do not fit together."""

from typing import Any

import numpy
import pytest
import spacy
import torch
from spacy.training import Example
from spacy.util import load_config, load_model_from_config
from tests.builders import ROOT
from thinc.api import Adam, NumpyOps

from phantom.corpora.docbin import to_doc
from phantom.records import Example as Record
from phantom.runtime import register_components
from phantom.training.update import update_pipeline

pytestmark = pytest.mark.slow

TEXT = "Sorafenib induced hypertension."
STEPS = 3


@pytest.fixture(scope="module")
def trained() -> Any:
    """Pipeline, optimizer, and the weights of its torch modules after each step."""
    register_components()
    config = load_config(ROOT / "configs" / "train.cfg")
    nlp = load_model_from_config(config, auto_fill=True)
    entities = [{"start": 0, "end": 9, "label": "CHEMICAL", "text": "Sorafenib"}]
    entities += [{"start": 18, "end": 30, "label": "DISEASE", "text": "hypertension"}]
    relations = [{"head": 0, "tail": 1, "label": "INDUCES"}]
    row = {"id": "a", "text": TEXT, "entities": entities, "relations": relations}
    gold = to_doc(nlp, Record.model_validate(row))
    example = Example(nlp.make_doc(TEXT), gold)
    nlp.initialize(lambda: [example])
    optimizer = Adam(0.01, use_averages=True)
    settings = {"accumulate_gradient": 1, "optimizer": optimizer}
    settings |= {"frozen_components": [], "annotating_components": []}
    path = []
    for _ in range(STEPS):
        update_pipeline(nlp, [example], settings)
        path.append({key: p.detach().clone() for key, p in parameters(nlp).items()})
    return nlp, optimizer, path


def parameters(nlp: spacy.Language) -> dict[Any, torch.nn.Parameter]:
    shims = {
        shim.id: shim._model
        for _, pipe in nlp.pipeline
        for layer in pipe.model.walk()
        for shim in layer.shims
    }
    return {
        (id, name): parameter
        for id, module in shims.items()
        for name, parameter in module.named_parameters()
    }


def test_both_torch_parts_are_averaged_as_thinc_averages_its_own(trained: Any) -> None:
    nlp, optimizer, path = trained
    names = {name.split(".")[0] for _, name in path[-1]}
    assert {"encoder", "embeddings"} < names and len({id for id, _ in path[-1]}) == 2
    ops, seen = NumpyOps(), 0
    with nlp.use_params(optimizer.averages):
        for key, parameter in parameters(nlp).items():
            if key not in optimizer.averages:
                assert torch.equal(parameter, path[0][key])
                continue
            expected = numpy.zeros(tuple(parameter.shape), dtype="f")
            for count, weights in enumerate(path, start=1):
                ops.update_averages(expected, weights[key].numpy(), count)
            found = parameter.detach().numpy()
            numpy.testing.assert_allclose(found, expected, atol=1e-6)
            seen += 1
    assert seen > 50
    for key, parameter in parameters(nlp).items():
        assert torch.equal(parameter, path[-1][key])


@pytest.mark.slow
def test_the_averaged_pipeline_is_what_is_saved(trained: Any, tmp_path: Any) -> None:
    nlp, optimizer, _ = trained
    now = nlp(TEXT)._.trf_data.model_output.last_hidden_state
    with nlp.use_params(optimizer.averages):
        nlp.to_disk(tmp_path)
        averaged = nlp(TEXT)._.trf_data.model_output.last_hidden_state
    saved = spacy.load(tmp_path)(TEXT)._.trf_data.model_output.last_hidden_state
    numpy.testing.assert_allclose(saved, averaged, atol=1e-5)
    assert abs(saved - now).max() > 0.01
    again = nlp(TEXT)._.trf_data.model_output.last_hidden_state
    numpy.testing.assert_array_equal(again, now)


def test_an_error_in_the_block_leaves_the_weights_of_training(trained: Any) -> None:
    nlp, optimizer, path = trained
    shim = nlp.get_pipe("transformer").model.layers[0].shims[0]
    with pytest.raises(KeyError), shim.use_params(optimizer.averages):
        raise KeyError
    for key, parameter in parameters(nlp).items():
        assert torch.equal(parameter, path[-1][key])
