"""Weights of the transformer on disk, as fp32 or a quarter as large as int8."""

from io import BytesIO
from typing import Any, Dict

import srsly
import torch
from spacy_transformers.layers.hf_shim import HFShim
from spacy_transformers.util import registry

INTS, SCALES = ".int8", ".scale"


class Int8Shim(HFShim):
    """HFShim that saves matrices as int8, one scale per row, if `as_int8` is set.

    What was saved so is restored to fp32 when it is loaded, so that any precision and
    device can use it.
    """

    as_int8: bool = False

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

    def from_bytes(self, bytes_data: bytes) -> "Int8Shim":
        """Load what `to_bytes` returned, or what the stock shim did."""
        msg = srsly.msgpack_loads(bytes_data)
        if msg.pop("int8", False):
            weights = torch.load(BytesIO(msg["state"]), map_location="cpu")
            msg["state"] = _save(from_int8(weights))
            bytes_data = srsly.msgpack_dumps(msg)
        super().from_bytes(bytes_data)
        return self


@registry.misc("phantom.Int8Shim.v1")
def adopt_shim(shim: HFShim, as_int8: bool) -> None:
    """Make a shim of spacy-transformers an Int8Shim.

    as_int8 (bool): Whether it saves int8.
    """
    shim.__class__ = Int8Shim
    shim.as_int8 = as_int8  # type: ignore[attr-defined]


def to_int8(weights: Dict[str, torch.Tensor]) -> Dict[str, torch.Tensor]:
    """Round matrices to 127 steps of their row's largest value, keep all else."""
    state: Dict[str, Any] = {}
    for name, tensor in weights.items():
        if tensor.dim() == 2 and tensor.is_floating_point():
            scale = (tensor.abs().amax(1, keepdim=True) / 127).clamp_min(1e-12)
            state[name + INTS] = (tensor / scale).round().to(torch.int8)
            state[name + SCALES] = scale
        else:
            state[name] = tensor
    return state


def from_int8(state: Dict[str, torch.Tensor]) -> Dict[str, torch.Tensor]:
    """Turn what `to_int8` returned into fp32 weights."""
    weights: Dict[str, torch.Tensor] = {}
    for name, tensor in state.items():
        if name.endswith(INTS):
            stem = name[: -len(INTS)]
            weights[stem] = tensor.float() * state[stem + SCALES]
        elif name[: -len(SCALES)] + INTS not in state:
            weights[name] = tensor
    return weights


def _save(weights: Dict[str, torch.Tensor]) -> bytes:
    buffer = BytesIO()
    torch.save(weights, buffer)
    return buffer.getvalue()
