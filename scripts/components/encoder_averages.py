"""Averaged weights of torch modules, which thinc's own shim leaves out."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy
import torch
from spacy.util import registry
from thinc.api import Optimizer, PyTorchShim, xp2torch

Key = tuple[int, str]
LONGEST = 0.9999


@registry.misc("phantom.UseAverages.v1")
@contextmanager
def use_averages(shim: PyTorchShim, params: dict[Any, Any]) -> Iterator[None]:
    """Put a module's averaged weights in place, and the current ones back again.

    thinc 8.3 keeps averages under (id, name) and looks for them under
    "pytorch_{id}_{name}", so that with `use_averages` the averaged layers of thinc
    are evaluated and saved with the latest weights of torch.

    params (Dict[Any, Any]): What `nlp.use_params` is given: `optimizer.averages`.
        Weights without an average, since they are frozen, stay.
    """
    kept: list[tuple[torch.nn.Parameter, torch.Tensor]] = []
    for name, parameter in shim._model.named_parameters():
        if (shim.id, name) in params:
            kept.append((parameter, parameter.data))
            average = xp2torch(params[shim.id, name], device=parameter.device)
            parameter.data = average.view_as(parameter)
    try:
        yield
    finally:
        for parameter, weights in kept:
            parameter.data = weights


@registry.misc("phantom.AverageWeights.v1")
def average_weights(
    optimizer: Optimizer, group: list[tuple[Key, torch.nn.Parameter]], count: int
) -> None:
    """Move the averages towards the weights, as thinc's `update_averages` does.

    group (List[Tuple[Tuple[int, str], Parameter]]): Weights by their keys.
    count (int): Updates of these weights, the last one included.
    """
    store: Any = optimizer.averages
    if store is None:
        return
    for key, parameter in group:
        if key not in store:
            store[key] = numpy.zeros(tuple(parameter.shape), dtype="f")
    averages = [torch.from_numpy(store[key]) for key, _ in group]
    decay = min((1.0 + count) / (10.0 + count), LONGEST)
    weights = [parameter.data for _, parameter in group]
    torch._foreach_lerp_(averages, weights, 1 - decay)
