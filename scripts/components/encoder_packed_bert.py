"""BERT's steps without padding: the forward pass for training on CPUs, its parts."""

import functools
from typing import Any, Optional

import numpy
import torch
from spacy_transformers.util import registry
from torch.nn.functional import linear

# Parts of other files, looked up once: components/README.md says why.
find_part = functools.cache(registry.misc.get)


@registry.misc("phantom.IsPlainBert.v1")
def is_plain_bert(encoder: Any) -> bool:
    """Whether an encoder is BERT as it was published, whose steps are known here."""
    config = encoder.config
    return (
        type(encoder).__name__ == "BertModel"
        and not config.is_decoder
        and config.position_embedding_type == "absolute"
        and config.hidden_act == "gelu"
    )


@registry.misc("phantom.PackedBert.v1")
def encode_packed(
    encoder: Any,
    ids: torch.Tensor,
    types: Optional[torch.Tensor],
    lengths: numpy.ndarray,
) -> torch.Tensor:
    """Encode rows of wordpieces, one after the other, with autograd's records.

    ids, types (Tensor): Integers, shape (wordpieces,).
    lengths (ndarray): Wordpieces of each row; quickest if ascending.
    RETURNS (Tensor): Last hidden states, fp32, shape (wordpieces, hidden).
    """
    attend = find_part("phantom.PackedAttention.v1")
    heads = encoder.config.num_attention_heads
    states = embed(encoder.embeddings, ids, types, lengths)
    states = encoder.embeddings.dropout(states)
    autocast = torch.is_autocast_enabled("cpu")
    dtype = torch.get_autocast_dtype("cpu") if autocast else states.dtype
    make_blocks = find_part("phantom.AttentionBlocks.v1")
    blocks = make_blocks(lengths, numpy.arange(len(ids)), heads, dtype)
    for layer in encoder.encoder.layer:
        own = layer.attention.self
        qkv = linear(states, *join_projections(own))
        mixed = attend(qkv, blocks, heads, own.dropout)
        states = layer.attention.output(mixed, states)
        states = layer.output(layer.intermediate(states), states)
    return states.float()


@registry.misc("phantom.JoinedProjections.v1")
def join_projections(attention: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Weight (3 * hidden, hidden) and bias of query, key and value side by side, the
    scale of attention folded into the query's.

    attention (BertSelfAttention): Of one layer.
    """
    scale = attention.attention_head_size**-0.5
    parts = (attention.query, attention.key, attention.value)
    weights = [part.weight for part in parts]
    biases = [part.bias for part in parts]
    weights[0], biases[0] = weights[0] * scale, biases[0] * scale
    return torch.cat(weights), torch.cat(biases)


@registry.misc("phantom.BertEmbeddings.v1")
def embed(
    layers: Any,
    ids: torch.Tensor,
    types: Optional[torch.Tensor],
    lengths: numpy.ndarray,
) -> torch.Tensor:
    """Sum of word, type and position embeddings, normalised.

    layers (BertEmbeddings): The encoder's own; the rest as in `encode_packed`.
    """
    starts = numpy.repeat(numpy.cumsum(lengths) - lengths, lengths)
    columns = torch.from_numpy(numpy.arange(len(starts)) - starts)
    states = layers.word_embeddings(ids) + layers.position_embeddings(columns)
    if types is None:
        states = states + layers.token_type_embeddings.weight[0]
    else:
        states = states + layers.token_type_embeddings(types)
    return layers.LayerNorm(states)
