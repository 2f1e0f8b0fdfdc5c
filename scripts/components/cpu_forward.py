"""The encoder on a CPU: rows of similar length together, in the quickest precision."""

from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple, cast

import numpy
import torch
from spacy_transformers.data_classes import BaseModelOutput, WordpieceBatch
from spacy_transformers.util import registry


@registry.misc("phantom.CPUForward.v1")
def forward_buckets(
    encoder: Any,
    wordpieces: WordpieceBatch,
    is_train: bool,
    settings: Dict[str, Any],
    cache: Dict[str, Any],
) -> Tuple[BaseModelOutput, Callable]:
    """Run the encoder over rows of similar length at a time.

    encoder (PreTrainedModel): Of Hugging Face; a BERT has a quicker way to predict.
    settings (Dict[str, Any]): "precision" and "bucket_size".
    cache (Dict[str, Any]): Keeps packed weights between calls.
    RETURNS (Tuple[BaseModelOutput, Callable]): `last_hidden_state` of shape
        (rows, longest, width) in fp32, and the backward pass.
    """
    precision = resolve_precision(settings["precision"], is_train)
    size = settings["bucket_size"]
    hidden = torch.zeros(*wordpieces.input_ids.shape, encoder.config.hidden_size)
    if is_train:
        quicken(encoder)
    fast = None if is_train else find_fast(encoder, precision, cache)
    done: List[Tuple[torch.Tensor, torch.Tensor]] = []
    if fast:
        with torch.inference_mode():
            run_packed(fast, wordpieces, size, hidden)
    else:
        use_bf16 = precision == "bf16" or (precision == "int8" and has_bf16())
        with running(encoder, use_bf16, is_train):
            done = run_padded(encoder, wordpieces, size, hidden)

    def backprop(d_output: Any) -> None:
        gradient = d_output[0]
        parts = [gradient[index, : states.shape[1]] for index, states in done]
        torch.autograd.backward([states for _, states in done], parts)

    return BaseModelOutput(last_hidden_state=cast(Any, hidden)), backprop


def run_packed(
    fast: Callable[..., torch.Tensor],
    wordpieces: WordpieceBatch,
    size: int,
    hidden: torch.Tensor,
) -> None:
    """Predict into `hidden`, from wordpieces without their padding."""
    inputs = wordpieces.to_hf_dict()
    ids, types = inputs["input_ids"], inputs.get("token_type_ids")
    lengths = numpy.array(wordpieces.lengths)
    for rows in even_parts(lengths, size):
        columns = numpy.arange(lengths[rows].max())
        places = rows[:, None] * ids.shape[1] + columns
        index = torch.from_numpy(places[columns < lengths[rows, None]])
        part = None if types is None else types.view(-1)[index]
        states = fast(ids.view(-1)[index], part, lengths[rows])
        hidden.view(-1, hidden.shape[-1])[index] = states


def run_padded(
    encoder: Any, wordpieces: WordpieceBatch, size: int, hidden: torch.Tensor
) -> List[Tuple[torch.Tensor, torch.Tensor]]:
    """Run the encoder as it is into `hidden`.

    RETURNS (List[Tuple[Tensor, Tensor]]): Rows of each pass, and their states, which
        bear autograd's records.
    """
    inputs = wordpieces.to_hf_dict()
    lengths = numpy.array(wordpieces.lengths)
    done = []
    for rows in buckets(lengths, size):
        index, width = torch.from_numpy(rows), lengths[rows].max()
        ids, mask, types = (
            inputs[name][index, :width] if name in inputs else None
            for name in ("input_ids", "attention_mask", "token_type_ids")
        )
        kwargs = {} if types is None else {"token_type_ids": types}
        output = encoder(input_ids=ids, attention_mask=mask, **kwargs)
        states = output.last_hidden_state.float()
        hidden[index, :width] = states.detach()
        done.append((index, states))
    return done


class QuickDropout(torch.nn.Dropout):
    """Dropout whose mask is drawn by numpy, which is many times quicker on a CPU."""

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """Drop with probability `p`, to a 65536th; scale what is kept."""
        drop = round(self.p * 65536)
        if not self.training or not drop:
            return input
        if drop >= 65536:
            return input * 0
        seed = int(torch.randint(2**62, ()))
        draws = numpy.random.default_rng(seed).bytes(2 * input.numel())
        keep = numpy.frombuffer(draws, dtype="uint16") >= drop
        mask = torch.from_numpy(keep).view(input.shape).to(input.dtype)
        return input * mask.mul_(65536 / (65536 - drop))


def quicken(encoder: Any) -> None:
    """Exchange parts of an encoder that train slowly on a CPU for their equals.

    Attention written out in matrix products has a quicker backward pass here than
    torch's fused one, which can't be fused with dropout.
    """
    for module in encoder.modules():
        if type(module) is torch.nn.Dropout:
            module.__class__ = QuickDropout
        elif type(module).__name__ == "BertSdpaSelfAttention":
            module.__class__ = type(module).__mro__[1]


def even_parts(lengths: numpy.ndarray, size: int) -> List[numpy.ndarray]:
    """Sort rows by length and cut them into parts of about `size` wordpieces.

    lengths (ndarray): Wordpieces of each row, shape (rows,).
    RETURNS (List[ndarray]): Indices of rows; every row once.
    """
    order = numpy.argsort(lengths, kind="stable")
    ends = numpy.cumsum(lengths[order])
    count = max(1, round(ends[-1] / size))
    cuts = numpy.searchsorted(ends, numpy.arange(1, count) * ends[-1] / count) + 1
    return [part for part in numpy.split(order, cuts) if len(part)]


def buckets(lengths: numpy.ndarray, size: int) -> Iterator[numpy.ndarray]:
    """Group rows by length, so that a group times its longest row fits `size`.

    lengths (ndarray): Wordpieces of each row, shape (rows,).
    YIELDS (ndarray): Indices of rows, at least one; every row once.
    """
    order = numpy.argsort(lengths, kind="stable")
    start = 0
    for end in range(1, len(order) + 1):
        if end == len(order) or lengths[order[end]] * (end + 1 - start) > size:
            yield order[start:end]
            start = end


def resolve_precision(precision: str, is_train: bool) -> str:
    """What "auto" is on this machine; int8 has no gradients, so it trains as auto."""
    if precision == "auto" or (is_train and precision == "int8"):
        return "bf16" if has_bf16() else "fp32"
    return precision


@contextmanager
def running(encoder: Any, autocast: bool, is_train: bool) -> Iterator[None]:
    """Autocast to bf16 or not; predict without dropout and autograd's records."""
    encoder.train(is_train)
    with torch.inference_mode(not is_train):
        with torch.autocast("cpu", torch.bfloat16, enabled=autocast):
            yield
    encoder.train()


def find_fast(
    encoder: Any, precision: str, cache: Dict[str, Any]
) -> Optional[Callable[..., torch.Tensor]]:
    """The packed encoder, packed anew if the weights have changed.

    RETURNS (Optional[Callable]): None if this encoder has no quicker way.
    """
    state = (precision, id(encoder), fingerprint(encoder))
    if cache.get("state") != state:
        build = registry.misc.get("phantom.FastBert.v1")
        with torch.no_grad():
            cache.update(state=state, fast=build(encoder, precision, has_bf16()))
    return cache["fast"]


def fingerprint(encoder: Any) -> Tuple[float, ...]:
    """Numbers that differ after an optimizer step or another way to set weights.

    An optimizer works on the memory behind torch's back, so its version counter is
    not enough; the vectors of the uppermost layers move with every step.
    """
    parameters = list(encoder.parameters())
    vectors = [p for p in parameters if p.dim() == 1][-8:]
    sums = [float(p.detach().double().sum()) for p in vectors]
    return (float(sum(p._version for p in parameters)), *sums)


@lru_cache(maxsize=1)
def has_bf16() -> bool:
    """Whether this CPU multiplies bf16 in hardware (AVX512-BF16, AMX, Arm BF16)."""
    for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"):
        if getattr(torch.cpu, name, bool)():
            return True
    info = Path("/proc/cpuinfo")
    flags = set(info.read_text().split()) if info.exists() else set()
    return bool(flags & {"avx512_bf16", "amx_bf16", "bf16"})
