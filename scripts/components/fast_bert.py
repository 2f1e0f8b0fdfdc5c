"""BERT's forward pass for prediction on CPUs: packed weights, without padding."""

from typing import Any, Callable, Dict, List, Optional, Tuple

import numpy
import torch
from spacy_transformers.util import registry
from torch.nn.functional import layer_norm


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
        self.precisions = ["plain", "int8"] if precision == "int8" else ["plain"]
        self.layers = [
            [self.pack_layer(layer, precision) for precision in self.precisions]
            for layer in encoder.encoder.layer
        ]

    def pack_layer(self, layer: Any, precision: str) -> Dict[str, Any]:
        """Pack a layer; query, key and value are joined."""
        join_projections = registry.misc.get("phantom.JoinedProjections.v1")
        joined = [part.detach() for part in join_projections(layer.attention.self)]
        dense = [layer.attention.output.dense, layer.intermediate.dense]
        dense.append(layer.output.dense)
        pairs = [(part.weight.detach(), part.bias.detach()) for part in dense]
        norms = (layer.attention.output.LayerNorm, layer.output.LayerNorm)
        pack = registry.misc.get("phantom.PackedLinear.v1")
        settings = {"stream": self.stream, "int8": precision == "int8"}
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
        ways = self.part_ways(lengths)
        places = torch.argsort(torch.cat(ways))
        make_blocks = registry.misc.get("phantom.AttentionBlocks.v1")
        blocks = make_blocks(lengths, places, self.heads, self.stream)
        attend = registry.misc.get("phantom.PackedAttention.v1")
        embed = registry.misc.get("phantom.BertEmbeddings.v1")
        embedded = embed(self.embeddings, ids, types, lengths).to(self.stream)
        states = [embedded[way] for way in ways]
        for layer in self.layers:
            pairs = list(zip(layer, states, strict=True))
            qkv = join([packed["qkv"](part) for packed, part in pairs])
            mixed = attend(qkv, blocks, self.heads)
            states = [
                self.finish(packed, part, mixed[way])
                for (packed, part), way in zip(pairs, ways, strict=True)
            ]
        return join(states)[places].float()

    def part_ways(self, lengths: numpy.ndarray) -> List[torch.Tensor]:
        """The wordpieces that go together: all, or the rows' first ones and the rest.

        RETURNS (List[Tensor]): Their indices, one tensor for each of the precisions.
        """
        every = numpy.arange(lengths.sum())
        if len(self.precisions) == 1:
            return [torch.from_numpy(every)]
        starts = numpy.cumsum(lengths) - lengths
        rest = numpy.delete(every, starts)
        return [torch.from_numpy(starts), torch.from_numpy(rest)]

    def finish(
        self, layer: Dict[str, Any], states: torch.Tensor, mixed: torch.Tensor
    ) -> torch.Tensor:
        """What comes after attention; all of shape (wordpieces, hidden)."""
        states = normalize(layer["mix"](mixed).add_(states), layer["norms"][0])
        wide = layer["narrow"](layer["widen"](states))
        return normalize(wide.add_(states), layer["norms"][1])


@registry.misc("phantom.FastBert.v1")
def build_fast_bert(
    encoder: Any, precision: str, with_bf16: bool
) -> Optional[Callable[..., torch.Tensor]]:
    """Pack an encoder, if it is a plain BERT.

    precision (str): One that this machine has.
    with_bf16 (bool): Whether int8 may keep its states in bf16.
    RETURNS (Optional[FastBert]): None for any other model.
    """
    if not registry.misc.get("phantom.IsPlainBert.v1")(encoder):
        return None
    use_bf16 = precision == "bf16" or (precision == "int8" and with_bf16)
    return FastBert(encoder, precision, torch.bfloat16 if use_bf16 else torch.float32)


def normalize(
    states: torch.Tensor, norm: Tuple[torch.Tensor, torch.Tensor, float]
) -> torch.Tensor:
    """Layer normalisation over the last axis; norm is weight, bias and epsilon."""
    weight, bias, epsilon = norm
    return layer_norm(states, (states.shape[-1],), weight, bias, epsilon)


def join(parts: List[torch.Tensor]) -> torch.Tensor:
    """One tensor below the other, without a copy if there is but one."""
    return parts[0] if len(parts) == 1 else torch.cat(parts)
