"""Attention over rows of wordpieces that stand one after the other, unpadded."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Optional

import numpy
import torch
from spacy_transformers.util import registry
from torch.nn.functional import softmax

# Wordpieces of padding that one pass of attention may have: less makes more passes.
PADDING = 256


@dataclass
class Block:
    """Neighbouring rows of about one length, whose attention is computed at once.

    rows (int): How many.
    gather (Tensor): Where their wordpieces are, padded to (rows * width,).
    keep (Optional[Tensor]): Which of those are real; None if all are.
    bias (Optional[Tensor]): 0, or minus infinity where padded, shape
        (rows * heads, 1, width).
    """

    rows: int
    gather: torch.Tensor
    keep: Optional[torch.Tensor] = None
    bias: Optional[torch.Tensor] = None


@registry.misc("phantom.AttentionBlocks.v1")
def make_blocks(
    lengths: numpy.ndarray, places: torch.Tensor, heads: int, dtype: torch.dtype
) -> list[Block]:
    """Cut neighbouring rows into blocks of little padding.

    lengths (ndarray): Wordpieces of each row, shape (rows,).
    places (Tensor): Where each wordpiece is, row after row, shape (wordpieces,).
    dtype (torch.dtype): Of the scores.
    """
    ends = numpy.cumsum(lengths)
    blocks, first = [], 0
    for last in range(1, len(lengths) + 1):
        part = lengths[first : last + 1]
        if last < len(lengths) and part.max() * len(part) - part.sum() <= PADDING:
            continue
        start, end = ends[first] - lengths[first], ends[last - 1]
        part = lengths[first:last]
        blocks.append(make_block(part, places[start:end], heads, dtype))
        first = last
    return blocks


def make_block(
    lengths: numpy.ndarray, places: torch.Tensor, heads: int, dtype: torch.dtype
) -> Block:
    """The block of these rows, whose wordpieces are at these places."""
    rows, width = len(lengths), int(lengths.max())
    filled = torch.from_numpy(numpy.arange(width) < lengths[:, None])
    if filled.all():
        return Block(rows, places)
    gather = places[:1].repeat(rows * width)
    keep = filled.view(-1).nonzero()[:, 0]
    gather[keep] = places
    bias = torch.zeros(rows, 1, width, dtype=dtype)
    bias.masked_fill_(~filled[:, None], float("-inf"))
    return Block(rows, gather, keep, bias.repeat_interleave(heads, 0))


@registry.misc("phantom.PackedAttention.v1")
def attend(
    qkv: torch.Tensor,
    blocks: list[Block],
    heads: int,
    drop: Optional[Callable[[torch.Tensor], torch.Tensor]] = None,
) -> torch.Tensor:
    """Attention of each row to itself.

    qkv (Tensor): Queries, keys and values side by side, (wordpieces, 3 * hidden); the
        queries scaled.
    drop (Optional[Callable]): Dropout of the weights, in training.
    RETURNS (Tensor): Shape (wordpieces, hidden), row after row.
    """
    parts = []
    for block in blocks:
        rows = qkv.index_select(0, block.gather)
        width = len(rows) // block.rows
        split = rows.view(block.rows, width, 3, heads, -1).permute(2, 0, 3, 1, 4)
        query, key, value = split.reshape(3, block.rows * heads, width, -1)
        if block.bias is None:
            scores = torch.bmm(query, key.transpose(1, 2))
        else:
            scores = torch.baddbmm(block.bias, query, key.transpose(1, 2))
        if drop:
            weights = drop(softmax(scores, -1))
        else:
            # In bf16 it takes several times as long, if the width is no multiple of 32.
            weights = softmax(scores, -1, dtype=torch.float32).to(scores.dtype)
        mixed = torch.bmm(weights, value)
        mixed = mixed.view(block.rows, heads, width, -1).transpose(1, 2)
        mixed = mixed.reshape(len(rows), -1)
        parts.append(mixed if block.keep is None else mixed[block.keep])
    return parts[0] if len(parts) == 1 else torch.cat(parts)
