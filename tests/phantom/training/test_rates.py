"""Layers of an encoder learn at rates of their own; weights are copied and blended."""

from types import SimpleNamespace
from typing import Any

import numpy
import pytest
import torch
from thinc.api import Adam, PyTorchWrapper

from phantom.training.rates import (
    LayerRates,
    blend,
    find_depth,
    read_weights,
    write_weights,
)


class Encoder(torch.nn.Module):
    """Embeddings, two layers, and something above them."""

    def __init__(self) -> None:
        super().__init__()
        self.embeddings = torch.nn.Linear(2, 2)
        self.layer = torch.nn.ModuleList([torch.nn.Linear(2, 2) for _ in range(2)])
        self.pooler = torch.nn.Linear(2, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for module in (self.embeddings, *self.layer, self.pooler):
            x = module(x)
        return x


def make_nlp() -> Any:
    torch.manual_seed(0)
    model = PyTorchWrapper(Encoder())
    return SimpleNamespace(pipeline=[("transformer", SimpleNamespace(model=model))])


def take_step(nlp: Any, decay: float, freeze: int) -> dict[str, float]:
    """How far one step of Adam moved each part, at a rate of 0.1."""
    before = read_weights(nlp)
    model = nlp.pipeline[0][1].model
    optimizer = Adam(0.1, L2=0.0, grad_clip=0.0)
    rates = LayerRates(nlp, decay, freeze)
    with rates.freeze(), rates.step():
        _, backprop = model.begin_update(numpy.ones((4, 2), dtype="f"))
        backprop(numpy.ones((4, 2), dtype="f"))
        model.finish_update(optimizer)
    after = read_weights(nlp)
    moved = {name: (after[name] - before[name]).abs().max() for name in before}
    return {
        part: round(float(max(v for k, v in moved.items() if part in k)), 4)
        for part in ("embeddings", "layer.0", "layer.1", "pooler")
    }


def test_the_first_step_of_adam_is_the_rate_of_each_layer() -> None:
    """Adam's first step is its rate, whatever the gradient."""
    assert take_step(make_nlp(), 0.5, 0) == {
        "embeddings": 0.025,
        "layer.0": 0.05,
        "layer.1": 0.1,
        "pooler": 0.1,
    }


def test_frozen_layers_stay() -> None:
    moved = take_step(make_nlp(), 1.0, 1)
    assert moved == {"embeddings": 0, "layer.0": 0, "layer.1": 0.1, "pooler": 0.1}
    nlp = make_nlp()
    with LayerRates(nlp, 1.0, 1).freeze():
        pass
    module = nlp.pipeline[0][1].model.shims[0]._model
    assert all(parameter.requires_grad for parameter in module.parameters())


def test_no_more_layers_than_there_are_can_be_frozen() -> None:
    LayerRates(make_nlp(), 1.0, 2)
    with pytest.raises(ValueError, match="has 2 layers"):
        LayerRates(make_nlp(), 1.0, 3)


@pytest.mark.parametrize(
    ("name", "depth"),
    [
        ("embeddings.word_embeddings.weight", 0),
        ("encoder.layer.0.attention.self.query.weight", 1),
        ("encoder.layer.11.output.dense.bias", 12),
        ("transformer.layer.3.ffn.lin1.weight", 4),
        ("h.2.mlp.c_fc.weight", 3),
        ("wte.weight", 0),
        ("layers.7.attn.Wqkv.weight", 8),
        ("word_embedding.weight", 0),
        ("pooler.dense.weight", None),
        ("final_norm.weight", None),
    ],
)
def test_depth_of_the_names_that_encoders_use(name: str, depth: int | None) -> None:
    assert find_depth(name) == depth


def test_weights_are_copies_and_go_part_of_the_way() -> None:
    nlp = make_nlp()
    start = read_weights(nlp)
    take_step(nlp, 1.0, 0)
    end = read_weights(nlp)
    write_weights(nlp, blend(start, end, 0.25))
    for name, value in read_weights(nlp).items():
        wanted = start[name] + 0.25 * (end[name] - start[name])
        assert torch.allclose(value, wanted)
    write_weights(nlp, start)
    assert all(torch.equal(start[x], y) for x, y in read_weights(nlp).items())
