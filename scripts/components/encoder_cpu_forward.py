"""The encoder on a CPU: rows of similar length together, in the quickest precision."""

import functools
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Optional, cast

import numpy
import torch
from spacy_transformers.data_classes import BaseModelOutput, WordpieceBatch
from spacy_transformers.util import registry

# Parts of other files, looked up once: components/README.md says why.
find_part = functools.cache(registry.misc.get)


@registry.misc("phantom.CPUForward.v1")
def forward_buckets(
    encoder: Any,
    wordpieces: WordpieceBatch,
    is_train: bool,
    settings: dict[str, Any],
    cache: dict[str, Any],
) -> tuple[BaseModelOutput, Callable]:
    """Run the encoder over rows of similar length at a time.

    encoder (PreTrainedModel): Of Hugging Face; a BERT goes without padding.
    settings (Dict[str, Any]): "precision" and "bucket_size".
    cache (Dict[str, Any]): Keeps packed weights between calls.
    RETURNS (Tuple[BaseModelOutput, Callable]): `last_hidden_state` of shape
        (rows, longest, width) in fp32, `pooler_output` where the encoder has one, and
        the backward pass, which is that of the former.
    """
    precision = resolve_precision(settings["precision"], is_train, encoder)
    if settings["precision"] == "int8" and not is_train and precision != "int8":
        warnings.warn(
            "int8 takes a BERT, and a CPU and torch that have a product for it: "
            f"predicting in {precision}",
            stacklevel=2,
        )
    hidden = torch.zeros(*wordpieces.input_ids.shape, encoder.config.hidden_size)
    flat = hidden.view(-1, hidden.shape[-1])
    packed = find_packed(encoder, precision, is_train, cache)
    if is_train or packed is None:
        if is_train:
            quicken(encoder)
        encoder = find_part("phantom.ModuleInMode.v1")(encoder, is_train)
    if is_train and packed:
        packed = partial(packed, encoder)
    use_bf16 = precision == "bf16" or (
        precision == "int8" and find_part("phantom.HasBf16.v1")()
    )
    # What predicts with packed weights has them in the right type already.
    autocast = use_bf16 and (is_train or packed is None)
    inputs = wordpieces.to_hf_dict()
    lengths = numpy.array(wordpieces.lengths)
    done: list[tuple[torch.Tensor, torch.Tensor]] = []

    def encode(rows: numpy.ndarray) -> None:
        with modes(autocast, is_train):
            if packed:
                places, states = encode_rows(packed, inputs, lengths, rows)
            else:
                places, states = encode_padded(encoder, inputs, lengths, rows)
            flat[places] = states.detach()
        if is_train:
            done.append((places, states))

    threads, size = 1, settings["bucket_size"]
    if packed and not is_train:
        # Other encoders' own code may not be made for several threads at once.
        threads = find_part("phantom.CountThreads.v1")(int(lengths.sum()))
    cut = "phantom.EvenParts.v1" if packed else "phantom.PaddedParts.v1"
    parts = find_part(cut)(lengths, size, threads)
    # Around all of them too, since autocast forgets what it cast at the outer end.
    with modes(autocast, is_train):
        find_part("phantom.RunInThreads.v1")(encode, parts, threads)

    output = BaseModelOutput(last_hidden_state=cast(Any, hidden))
    if type(getattr(encoder, "pooler", None)).__name__.endswith("Pooler"):
        with torch.no_grad():
            output["pooler_output"] = encoder.pooler(hidden)

    def backprop(d_output: Any) -> None:
        gradient = d_output[0].reshape(flat.shape)
        parts = [gradient[places] for places, _ in done]
        torch.autograd.backward([states for _, states in done], parts)

    return output, backprop


def encode_rows(
    packed: Callable[..., torch.Tensor],
    inputs: dict[str, torch.Tensor],
    lengths: numpy.ndarray,
    rows: numpy.ndarray,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Run an encoder that needs no padding on some rows.

    packed (Callable): From ids, types and lengths to states.
    inputs (Dict[str, Tensor]): Of all rows, shape (rows, longest).
    lengths (ndarray): Wordpieces of each row, shape (rows,).
    rows (ndarray): Indices of those to encode.
    RETURNS (Tuple[Tensor, Tensor]): Places in the flattened wordpieces, and their
        states.
    """
    ids, types = inputs["input_ids"], inputs.get("token_type_ids")
    columns = numpy.arange(lengths[rows].max())
    grid = rows[:, None] * ids.shape[1] + columns
    places = torch.from_numpy(grid[columns < lengths[rows, None]])
    part = None if types is None else types.view(-1)[places]
    return places, packed(ids.view(-1)[places], part, lengths[rows])


def encode_padded(
    encoder: Any,
    inputs: dict[str, torch.Tensor],
    lengths: numpy.ndarray,
    rows: numpy.ndarray,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Run any encoder of Hugging Face; as `encode_rows`, places of padding too."""
    index, width = torch.from_numpy(rows), int(lengths[rows].max())
    ids, mask, types = (
        inputs[name][index, :width] if name in inputs else None
        for name in ("input_ids", "attention_mask", "token_type_ids")
    )
    kwargs = {} if types is None else {"token_type_ids": types}
    output = encoder(input_ids=ids, attention_mask=mask, **kwargs)
    longest = inputs["input_ids"].shape[1]
    places = (index[:, None] * longest + torch.arange(width)).view(-1)
    return places, output.last_hidden_state.float().flatten(0, 1)


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
        mask = torch.from_numpy(keep).view(input.shape).to(input)
        return input * mask.mul_(65536 / (65536 - drop))


def quicken(encoder: Any) -> None:
    """Exchange an encoder's dropout, which is slow on a CPU, for its equal."""
    for module in encoder.modules():
        if type(module) is torch.nn.Dropout:
            module.__class__ = QuickDropout


def resolve_precision(precision: str, is_train: bool, encoder: Any) -> str:
    """What is used on this machine for "auto", and where int8 can't be had.

    int8 has no gradients, so it trains as auto.
    """
    if precision == "int8" and not is_train:
        if find_part("phantom.IsPlainBert.v1")(encoder):
            if find_part("phantom.HasInt8.v1")():
                return "int8"
    if precision in ("auto", "int8"):
        return "bf16" if find_part("phantom.HasBf16.v1")() else "fp32"
    return precision


@contextmanager
def modes(autocast: bool, is_train: bool) -> Iterator[None]:
    """torch's modes of a thread: bf16 by autocast or not, autograd's records or not."""
    with torch.inference_mode(not is_train):
        with torch.autocast("cpu", torch.bfloat16, enabled=autocast):
            yield


def find_packed(
    encoder: Any, precision: str, is_train: bool, cache: dict[str, Any]
) -> Optional[Callable[..., torch.Tensor]]:
    """The encoder's forward pass without padding, if it has one.

    To predict, weights are packed, and packed anew when they have changed.
    RETURNS (Optional[Callable]): From ids, types and lengths to states, in training
        from the encoder too; None if only the encoder itself knows its steps.
    """
    if not find_part("phantom.IsPlainBert.v1")(encoder):
        return None
    if is_train:
        return find_part("phantom.PackedBert.v1")
    state = (precision, id(encoder), fingerprint(encoder))
    # Both in one place, so that no thread sees one of them without the other.
    packed = cache.get("packed")
    if packed is None or packed[0] != state:
        build = find_part("phantom.FastBert.v1")
        has_bf16 = find_part("phantom.HasBf16.v1")()
        with torch.no_grad():
            packed = cache["packed"] = state, build(encoder, precision, has_bf16)
    return packed[1]


def fingerprint(encoder: Any) -> tuple[float, ...]:
    """Numbers that differ after an optimizer step or another way to set weights.

    An optimizer works on the memory behind torch's back, so its version counter is
    not enough; the vectors of the uppermost layers move with every step.
    """
    parameters = list(encoder.parameters())
    vectors = [p for p in parameters if p.dim() == 1][-8:]
    sums = [float(p.detach().double().sum()) for p in vectors]
    return (float(sum(p._version for p in parameters)), *sums)
