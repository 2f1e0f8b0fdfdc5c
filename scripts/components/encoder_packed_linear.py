"""Linear layers for prediction on CPUs: packed weights, fused activation, int8."""

import functools
import warnings
from collections.abc import Callable
from threading import Lock
from typing import Any, Optional

import torch
from spacy_transformers.util import registry
from torch.nn.functional import linear

# Parts of other files, looked up once: components/README.md says why.
find_part = functools.cache(registry.misc.get)

Linear = Callable[[torch.Tensor, int], torch.Tensor]
Weights = tuple[torch.Tensor, torch.Tensor]
# torch's choice of an engine to pack for is one for all threads.
_ENGINE = Lock()


@registry.misc("phantom.PackedLinear.v1")
def pack_linear(
    pair: Weights, stream: torch.dtype, int8: bool = False, activation: str = "none"
) -> Linear:
    """Prepare `activation(x @ weight.T + bias)` for many calls.

    pair (Tuple[Tensor, Tensor]): Weight (out, in) and bias (out,), fp32.
    stream (torch.dtype): Of the input and the result, fp32 or bf16.
    int8 (bool): Multiply in int8, see `has_int8`.
    activation (str): "none" or "gelu".
    RETURNS (Callable[[Tensor, int], Tensor]): From (rows, in) to (rows, out). So many
        of the first rows are multiplied in `stream`, even if the others are in int8.
    """
    if int8:
        return _pack_int8(pair, stream, activation)
    weight, bias = (tensor.to(stream) for tensor in pair)
    # oneDNN's own GELU takes twice as long as torch's without AVX512.
    sets = find_part("phantom.InstructionSets.v1")()
    apart = activation != "none" and "avx2" in sets and "avx512f" not in sets
    fused = "none" if apart else activation
    try:
        # oneDNN is quicker than the default BLAS here, on AMD twice as quick in fp32.
        packed = torch.ops.mkldnn._reorder_linear_weight(weight, None)
        pointwise = torch.ops.mkldnn._linear_pointwise
        args: list[Any] = [packed, bias, fused, [], "none"]
        pointwise(torch.zeros(1, weight.shape[1], dtype=stream), *args)
    except (AttributeError, NotImplementedError, RuntimeError):
        return lambda x, _: _activate(linear(x, weight, bias), activation)
    if apart:
        return lambda x, _: _activate(pointwise(x, *args), activation)
    return lambda x, _: pointwise(x, *args)


@registry.misc("phantom.HasInt8.v1")
def has_int8() -> bool:
    """Whether int8 is multiplied here by a product that `find_product` knows."""
    return find_product() is not None


def find_product() -> Optional[str]:
    """Whose int8 product is used: "onednn" on a CPU with VNNI or AMX, "fbgemm" on one
    with AVX2 alone, None where fp32 is as quick (AVX512 without VNNI) or torch has
    none.

    oneDNN's own product without VNNI may overflow, or be hardly quicker than fp32's.
    """
    sets = find_part("phantom.InstructionSets.v1")()
    if sets & {"avx512_vnni", "amx_int8"}:
        if hasattr(torch.ops.onednn, "qlinear_pointwise"):
            return "onednn"
    if "avx2" in sets and "avx512f" not in sets:
        engines = torch.backends.quantized.supported_engines
        if "fbgemm" in engines and hasattr(torch, "quantize_per_channel"):
            return "fbgemm"
    return None


def _pack_int8(pair: Weights, stream: torch.dtype, activation: str) -> Linear:
    """Weights as int8 with one scale per output, activations quantised on the way."""
    exact = pack_linear(pair, stream, activation=activation)
    weight, bias = pair
    scales = (weight.abs().amax(1) / 127).clamp_min(1e-12)
    if find_product() == "fbgemm":
        return _pack_fbgemm(pair, scales, exact, activation)
    levels = (weight / scales[:, None]).round().to(torch.int8)
    packed = torch.ops.onednn.qlinear_prepack(levels, None)
    zeros = torch.zeros(len(scales), dtype=torch.int64)
    product = torch.ops.onednn.qlinear_pointwise
    end: Any = (packed, scales, zeros, bias, 1.0, 0, stream, activation, [], "none")

    def multiply(x: torch.Tensor, first: int) -> torch.Tensor:
        y = product(*quantize(x, first), *end)
        # Overwriting a few rows costs less than joining two tensors.
        y[:first] = exact(x[:first], 0)
        return y

    return multiply


def _pack_fbgemm(
    pair: Weights, scales: torch.Tensor, exact: Linear, activation: str
) -> Linear:
    """As `_pack_int8`, by the product that torch quantises models for servers with.

    Weights have 64 levels on either side, since it adds up two products in 16 bits.
    """
    weight, bias = pair
    zeros = torch.zeros(len(scales), dtype=torch.int64)
    with _ENGINE, warnings.catch_warnings():
        # torch 2.13 means to move what this is made of elsewhere.
        warnings.simplefilter("ignore", UserWarning)
        halves = scales * (127 / 64)
        levels = torch.quantize_per_channel(weight, halves, zeros, 0, torch.qint8)
        kept = torch.backends.quantized.engine
        torch.backends.quantized.engine = "fbgemm"
        try:
            packed = torch.ops.quantized.linear_prepack(levels, bias)
        finally:
            torch.backends.quantized.engine = kept
    product = torch.ops.quantized.linear_dynamic

    def multiply(x: torch.Tensor, first: int) -> torch.Tensor:
        # Rows of zeros leave the scale to the others.
        rows = x[:first].clone()
        x[:first] = 0
        y = _activate(product(x.float(), packed, False).to(x.dtype), activation)
        x[:first] = rows
        y[:first] = exact(rows, 0)
        return y

    return multiply


def quantize(states: torch.Tensor, first: int) -> tuple[torch.Tensor, float, int]:
    """Round to levels between the least and the greatest value, zero one of them.

    first (int): So many of the first rows are left out, and get the level of zero.
    RETURNS (Tuple[Tensor, float, int]): Levels in uint8, what one level is worth, and
        the level of zero.
    """
    rest = states[first:]
    if not len(rest):
        return torch.zeros(states.shape, dtype=torch.uint8), 1.0, 0
    least, greatest = (float(end) for end in torch.aminmax(rest))
    least, greatest = min(least, 0.0), max(greatest, 0.0)
    # torch rounds the factor to the type of the states, here in advance; two levels
    # are left out, so that no rounding leads beyond the ends.
    factor = torch.tensor(253 / max(greatest - least, 1e-9), dtype=states.dtype).item()
    zero = 1 + round(-least * factor)
    shift = torch.tensor(zero - 128.0, dtype=states.dtype)
    levels = torch.empty(states.shape, dtype=torch.int8)
    levels[:first] = zero - 128
    levels[first:].copy_(torch.add(shift, rest, alpha=factor).round_())
    # The way to uint8 by int8 is many times quicker than torch's direct one.
    return levels.view(torch.uint8).bitwise_xor_(128), 1 / factor, zero


def _activate(states: torch.Tensor, activation: str) -> torch.Tensor:
    """In place: the states are fresh, and a new block of memory costs as much."""
    return torch.ops.aten.gelu_(states) if activation == "gelu" else states
