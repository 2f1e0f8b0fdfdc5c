"""Training mode of a torch module by the call, not by what was set on it before."""

import copy
from typing import Any, Optional

from spacy.util import registry
from thinc.api import PyTorchShim
from torch import nn


@registry.misc("phantom.ModuleInMode.v1")
def in_mode(module: nn.Module, is_train: bool) -> nn.Module:
    """The same module with its switches set for one call.

    `module.train()` sets a switch that all threads share, so that the call of one
    turns on dropout in the call of another.

    module (Module): Stays as it is.
    RETURNS (Module): Copies of the modules, with weights, buffers and hooks of the
        original: what is trained here is trained there.
    """
    return _copy(module, is_train, {})


def _copy(module: nn.Module, is_train: bool, done: dict[int, nn.Module]) -> nn.Module:
    if id(module) not in done:
        done[id(module)] = view = module.__new__(type(module))
        state = dict(vars(module), training=is_train)
        # Under a key of its own, since modules have no attribute before that.
        vars(view).update(state)
        children: dict[str, Optional[nn.Module]] = {
            name: child if child is None else _copy(child, is_train, done)
            for name, child in module._modules.items()
        }
        vars(view)["_modules"] = children
    return done[id(module)]


@registry.misc("phantom.CallInMode.v1")
def call_in_mode(shim: PyTorchShim, inputs: Any, is_train: bool) -> Any:
    """What thinc's shim does with its inputs, in the mode that was asked for.

    RETURNS (Tuple[Any, Callable]): The module's output and the backward pass.
    """
    view = copy.copy(shim)
    view._model = in_mode(shim._model, is_train)
    if is_train:
        return PyTorchShim.begin_update(view, inputs)
    return PyTorchShim.predict(view, inputs)
