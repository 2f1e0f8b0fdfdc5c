"""BERT's forward pass for prediction on CPUs: packed weights, without padding."""

import functools
from collections.abc import Callable
from typing import Any, Optional

import numpy
import torch
from spacy_transformers.util import registry
from torch.nn.functional import layer_norm

# Parts of other files, looked up once: components/README.md says why.
find_part = functools.cache(registry.misc.get)


class FastBert:
    """The layers of a BertModel, packed for one precision.

    In int8 the first wordpiece of each row goes its own way, in the precision of the
    states: trained encoders give it values many times as large as any other's (Sun
    et al. 2024, arXiv:2402.17762), and one scale for all would be too coarse.

    encoder (BertModel): Its matrices are copied; it has to be packed anew when its
        weights have changed.
    precision (str): "fp32", "bf16" or "int8"; the last quantises activations as
        they come, per tensor.
    stream (torch.dtype): Of the states between the layers and of attention, fp32
        or bf16.
    """

    def __init__(self, encoder: Any, precision: str, stream: torch.dtype):
        self.heads = encoder.config.num_attention_heads
        self.stream = stream
        self.embeddings = encoder.embeddings
        self.int8 = precision == "int8"
        self.layers = [self.pack_layer(layer) for layer in encoder.encoder.layer]

    def pack_layer(self, layer: Any) -> dict[str, Any]:
        """Pack a layer; query, key and value are joined."""
        join_projections = find_part("phantom.JoinedProjections.v1")
        joined = [part.detach() for part in join_projections(layer.attention.self)]
        dense = [layer.attention.output.dense, layer.intermediate.dense]
        dense.append(layer.output.dense)
        pairs = [(part.weight.detach(), part.bias.detach()) for part in dense]
        norms = (layer.attention.output.LayerNorm, layer.output.LayerNorm)
        pack = find_part("phantom.PackedLinear.v1")
        settings = {"stream": self.stream, "int8": self.int8}
        return {
            "qkv": pack(tuple(joined), **settings),
            "mix": pack(pairs[0], **settings),
            "widen": pack(pairs[1], activation="gelu", **settings),
            "narrow": pack(pairs[2], **settings),
            "norms": [
                (norm.weight.to(self.stream), norm.bias.to(self.stream), norm.eps)
                for norm in norms
            ],
        }

    def __call__(
        self, ids: torch.Tensor, types: Optional[torch.Tensor], lengths: numpy.ndarray
    ) -> torch.Tensor:
        """Encode rows of wordpieces, one after the other, without padding.

        ids, types (Tensor): Integers, shape (wordpieces,).
        lengths (ndarray): Wordpieces of each row; quickest if ascending.
        RETURNS (Tensor): Last hidden states, fp32, shape (wordpieces, hidden).
        """
        attend = find_part("phantom.PackedAttention.v1")
        embed = find_part("phantom.BertEmbeddings.v1")
        make_blocks = find_part("phantom.AttentionBlocks.v1")
        states = embed(self.embeddings, ids, types, lengths).to(self.stream)
        places, first = numpy.arange(len(ids)), 0
        if self.int8:
            order, first = first_ones_first(lengths), len(lengths)
            states, places = states[torch.from_numpy(order)], numpy.argsort(order)
        blocks = make_blocks(lengths, places, self.heads, self.stream)
        for layer in self.layers:
            mixed = attend(layer["qkv"](states, first), blocks, self.heads)
            mixed = layer["mix"](mixed, first).add_(states)
            states = normalize(mixed, layer["norms"][0])
            wide = layer["widen"](states, first)
            wide = layer["narrow"](wide, first).add_(states)
            states = normalize(wide, layer["norms"][1])
        states = states[torch.from_numpy(places)] if self.int8 else states
        return states.float()


def first_ones_first(lengths: numpy.ndarray) -> numpy.ndarray:
    """The wordpieces, those that begin a row before all others."""
    starts = numpy.cumsum(lengths) - lengths
    rest = numpy.delete(numpy.arange(lengths.sum()), starts)
    return numpy.concatenate([starts, rest])


@registry.misc("phantom.FastBert.v1")
def build_fast_bert(
    encoder: Any, precision: str, with_bf16: bool
) -> Optional[Callable[..., torch.Tensor]]:
    """Pack an encoder, if it is a plain BERT.

    precision (str): One that this machine has.
    with_bf16 (bool): Whether int8 may keep its states in bf16.
    RETURNS (Optional[FastBert]): None for any other model.
    """
    if not find_part("phantom.IsPlainBert.v1")(encoder):
        return None
    use_bf16 = precision == "bf16" or (precision == "int8" and with_bf16)
    return FastBert(encoder, precision, torch.bfloat16 if use_bf16 else torch.float32)


def normalize(
    states: torch.Tensor, norm: tuple[torch.Tensor, torch.Tensor, float]
) -> torch.Tensor:
    """Layer normalisation over the last axis; norm is weight, bias and epsilon."""
    weight, bias, epsilon = norm
    return layer_norm(states, (states.shape[-1],), weight, bias, epsilon)
