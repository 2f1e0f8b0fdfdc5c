"""Weights of the transformer: saved as fp32 or int8, updated in one go."""

import functools
from io import BytesIO
from typing import Any, Optional, cast

import numpy
import srsly
import torch
from spacy_transformers.layers.hf_shim import HFShim
from spacy_transformers.util import registry
from thinc.api import Optimizer
from thinc.types import ArgsKwargs

# Parts of other files, looked up once: components/README.md says why.
find_part = functools.cache(registry.misc.get)

INTS, SCALES = ".int8", ".scale"


Key = tuple[int, str]
Parameters = list[tuple[Key, torch.nn.Parameter]]


class TransformerShim(HFShim):
    """HFShim with Adam in torch's kernels, int8 on disk, and calls that share no mode.

    If `keep` is set, an encoder of more layers is cut to so many when it is loaded.
    If `as_int8` is set, it saves matrices as int8, one scale per row. What was saved
    so is restored to fp32 when it is loaded, so that any precision and device can
    use it.
    """

    as_int8: bool = False
    keep: Optional[int] = None

    def predict(self, inputs: ArgsKwargs) -> Any:
        """The encoder's output, without dropout."""
        call = find_part("phantom.CallInMode.v1")
        return call(self, inputs, is_train=False)

    def begin_update(self, inputs: ArgsKwargs) -> Any:
        """The encoder's output, with dropout, and the backward pass."""
        call = find_part("phantom.CallInMode.v1")
        return call(self, inputs, is_train=True)

    def to_bytes(self) -> bytes:
        """Serialize config, tokenizer and weights."""
        data = super().to_bytes()
        if not self.as_int8 or self._model is None:
            return data
        msg = srsly.msgpack_loads(data)
        weights = torch.load(BytesIO(msg["state"]), map_location="cpu")
        msg["state"] = _save(to_int8(weights))
        msg["int8"] = True
        return srsly.msgpack_dumps(msg)

    def from_bytes(self, bytes_data: bytes) -> "TransformerShim":
        """Load what `to_bytes` returned, or what the stock shim did."""
        msg = srsly.msgpack_loads(bytes_data)
        if msg.pop("int8", False):
            weights = torch.load(BytesIO(msg["state"]), map_location="cpu")
            msg["state"] = _save(from_int8(weights))
            bytes_data = srsly.msgpack_dumps(msg)
        super().from_bytes(bytes_data)
        if self._model is not None:
            self._model.eval()
            cut_encoder(self)
        return self

    def finish_update(self, optimizer: Optimizer) -> None:
        """Take thinc's step on all weights at once, if that is Adam on a CPU."""
        adam = optimizer.b1 > 0 and optimizer.b2 > 0 and not optimizer.use_radam
        plain = optimizer.L2_is_weight_decay or not optimizer.L2
        if not (adam and plain) or self.device.type != "cpu" or self._mixed_precision:
            super().finish_update(optimizer)
            return
        groups: dict[int, Parameters] = {}
        for name, parameter in self._model.named_parameters():
            if parameter.grad is not None:
                key = (self.id, name)
                optimizer.nr_update[key] += 1
                group = groups.setdefault(optimizer.nr_update[key], [])
                group.append((key, parameter))
        average = find_part("phantom.AverageWeights.v1")
        for count, group in groups.items():
            update_adam(optimizer, group, count)
            average(optimizer, group, count)

    def use_params(self, params: dict[Any, Any]) -> Any:
        """Averaged weights in a `with` block, the encoder's among them."""
        return find_part("phantom.UseAverages.v1")(self, params)


@registry.misc("phantom.TransformerShim.v1")
def adopt_shim(shim: HFShim, as_int8: bool, keep: Optional[int]) -> None:
    """Make a shim of spacy-transformers a TransformerShim.

    as_int8 (bool): Whether it saves int8.
    keep (Optional[int]): Layers of the encoder to keep; None for all.
    """
    shim.__class__ = TransformerShim
    shim.as_int8, shim.keep = as_int8, keep  # type: ignore[attr-defined]


@registry.misc("phantom.CutEncoder.v1")
def cut_encoder(shim: TransformerShim) -> None:
    """Leave the encoder of a shim no more layers than it is to keep."""
    encoder = find_part("phantom.KeptLayers.v1")(shim._model, shim.keep)
    shim._model = shim._hfmodel.transformer = encoder


def update_adam(optimizer: Optimizer, group: Parameters, count: int) -> None:
    """thinc's Adam with clipping and weight decay, the same numbers to rounding.

    group (List[Tuple[Tuple[int, str], Parameter]]): Weights with gradients, which are
        used up, by their keys in the optimizer, where the fp32 moments stay.
    count (int): Updates of these weights, this one included.
    """
    weights = [parameter.data for _, parameter in group]
    gradients = [_take_gradient(parameter) for _, parameter in group]
    if optimizer.grad_clip:
        norms = torch.stack(torch._foreach_norm(gradients))
        factors = (optimizer.grad_clip / norms.clamp_min(1e-12)).clamp_max(1.0)
        torch._foreach_mul_(gradients, list(factors.unbind()))
    moments: list[list[torch.Tensor]] = []
    for store in (optimizer.mom1, optimizer.mom2):
        for key, parameter in group:
            if key not in store:
                zeros = numpy.zeros(parameter.numel(), dtype="f")
                store[key] = cast(Any, zeros)
        moments.append(
            [torch.from_numpy(cast(Any, store[key])).view_as(p) for key, p in group]
        )
    steps = [torch.tensor(float(count)) for _ in group]
    torch._fused_adam_(
        weights,
        gradients,
        *moments,
        [],
        steps,
        lr=float(optimizer.learn_rate),
        beta1=optimizer.b1,
        beta2=optimizer.b2,
        weight_decay=0.0,
        # thinc adds epsilon before the bias correction, torch after it
        eps=optimizer.eps / (1 - optimizer.b2**count) ** 0.5,
        amsgrad=False,
        maximize=False,
    )
    if optimizer.L2:
        torch._foreach_mul_(weights, 1 - optimizer.learn_rate * optimizer.L2)


def _take_gradient(parameter: torch.nn.Parameter) -> torch.Tensor:
    gradient, parameter.grad = parameter.grad, None
    assert gradient is not None
    return gradient.contiguous()


def to_int8(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Round matrices to 127 steps of their row's largest value, keep all else."""
    state: dict[str, Any] = {}
    for name, tensor in weights.items():
        if tensor.dim() == 2 and tensor.is_floating_point():
            scale = (tensor.abs().amax(1, keepdim=True) / 127).clamp_min(1e-12)
            state[name + INTS] = (tensor / scale).round().to(torch.int8)
            state[name + SCALES] = scale
        else:
            state[name] = tensor
    return state


def from_int8(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Turn what `to_int8` returned into fp32 weights."""
    weights: dict[str, torch.Tensor] = {}
    for name, tensor in state.items():
        if name.endswith(INTS):
            stem = name[: -len(INTS)]
            weights[stem] = tensor.float() * state[stem + SCALES]
        elif name[: -len(SCALES)] + INTS not in state:
            weights[name] = tensor
    return weights


def _save(weights: dict[str, torch.Tensor]) -> bytes:
    buffer = BytesIO()
    torch.save(weights, buffer)
    return buffer.getvalue()
