"""Pair tensor: one vector per candidate pair, from token vectors and mentions."""

import functools
import io
import json
from collections.abc import Callable
from typing import Any, Optional, cast

import numpy as np
import torch
from spacy.util import registry
from thinc.api import Model, PyTorchShim, PyTorchWrapper_v3, torch2xp, xp2torch
from thinc.types import ArgsKwargs, Floats2d
from torch import nn

# Parts of other files, looked up once: components/README.md says why.
find_part = functools.cache(registry.misc.get)

Candidates = dict[str, np.ndarray]
PairInput = tuple[list[Floats2d], Candidates]


@registry.architectures("phantom.PairTensor.v1")
def build_pair_tensor(
    width: int = 128, heads: int = 4, dropout: float = 0.2, window: int = 128
) -> Model[PairInput, Floats2d]:
    """Mentions, the text between, types, distance and attended context of a pair.

    width (int): Size of the hidden layers and of the pair vector.
    heads (int): Attention heads; a divisor of the width.
    dropout (float): Rate within the layer, in training.
    window (int): Most tokens around a pair that it can attend to.
    RETURNS (Model): From token vectors per doc (tokens, nI) and candidates, a dict
        with `mention_doc`, `mention_start`, `mention_end`, `mention_type` (M,) and
        `heads`, `tails` (P,), to pair vectors (P, width). Dim "nT" is the number of
        entity types and has to be set before initialisation.
    """
    settings = {"width": width, "heads": heads, "dropout": dropout, "window": window}
    wrapper: Model = PyTorchWrapper_v3(
        nn.Identity(),
        convert_inputs=_convert_inputs,
        convert_outputs=_convert_outputs,
        serialize_model=_serialize,
        deserialize_model=_deserialize,
    )
    wrapper.shims[0].__class__ = PairShim
    return Model(
        "pair_tensor",
        _forward,
        init=_init,
        layers=[wrapper],
        dims={"nI": None, "nO": width, "nT": None},
        attrs={"settings": settings},
    )


class PairShim(PyTorchShim):
    """PyTorchShim whose calls share no mode, so that threads may predict together."""

    def predict(self, inputs: ArgsKwargs) -> Any:
        """The module's output, without dropout."""
        call = find_part("phantom.CallInMode.v1")
        return call(self, inputs, is_train=False)

    def begin_update(self, inputs: ArgsKwargs) -> Any:
        """The module's output, with dropout, and the backward pass."""
        call = find_part("phantom.CallInMode.v1")
        return call(self, inputs, is_train=True)

    def use_params(self, params: dict[Any, Any]) -> Any:
        """Averaged weights in a `with` block, the pair encoder's among them."""
        return find_part("phantom.UseAverages.v1")(self, params)


def _init(model: Model, X: Optional[PairInput] = None, Y: Any = None) -> None:
    if model.has_dim("nI") is None and X is not None:
        model.set_dim("nI", X[0][0].shape[1])
    shim = cast(PyTorchShim, model.layers[0].shims[0])
    settings = dict(model.attrs["settings"])
    settings.update(inputs=model.get_dim("nI"), types=model.get_dim("nT"))
    encoder = find_part("phantom.PairEncoder.v1")(**settings)
    shim._model = encoder.eval().to(shim.device)


def _forward(
    model: Model, X: PairInput, is_train: bool
) -> tuple[Floats2d, Callable[[Floats2d], list[Floats2d]]]:
    vectors, candidates = X
    lengths = [len(vector) for vector in vectors]
    if not len(candidates["heads"]):
        xp = model.ops.xp

        def backprop_nothing(dY: Floats2d) -> list[Floats2d]:
            return [xp.zeros_like(vector) for vector in vectors]

        return model.ops.alloc2f(0, model.get_dim("nO")), backprop_nothing
    # Unlike concatenate, it takes docs without a token, whose width is 0.
    flat = model.ops.flatten(vectors)
    Y, backprop_flat = model.layers[0]((flat, lengths, candidates), is_train)

    def backprop(dY: Floats2d) -> list[Floats2d]:
        return model.ops.unflatten(backprop_flat(dY), model.ops.asarray1i(lengths))

    return Y, backprop


def _convert_inputs(model: Model, X: Any, is_train: bool) -> tuple[ArgsKwargs, Any]:
    flat, lengths, candidates = X
    tokens = xp2torch(flat, requires_grad=is_train)
    kwargs = {"candidates": candidates, "lengths": np.asarray(lengths)}
    return ArgsKwargs((tokens,), kwargs), lambda d: torch2xp(d.args[0])


def _convert_outputs(
    model: Model, outputs: Any, is_train: bool
) -> tuple[Floats2d, Any]:
    _, Y = outputs

    def convert(dY: Floats2d) -> ArgsKwargs:
        return ArgsKwargs(((Y,),), {"grad_tensors": xp2torch(dY)})

    return cast(Floats2d, torch2xp(Y)), convert


def _serialize(module: Any) -> bytes:
    settings = getattr(module, "settings", None)
    buffer = io.BytesIO()
    torch.save(module.state_dict(), buffer)
    return json.dumps(settings).encode() + b"\n" + buffer.getvalue()


def _deserialize(module: Any, data: bytes, device: Any) -> Any:
    settings, state = data.split(b"\n", 1)
    if json.loads(settings) is not None:
        encoder = find_part("phantom.PairEncoder.v1")
        module = encoder(**json.loads(settings))
    module.load_state_dict(torch.load(io.BytesIO(state), map_location=device))
    return module.eval().to(device)
