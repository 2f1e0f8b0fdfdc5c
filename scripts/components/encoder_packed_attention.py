"""Attention over rows of wordpieces that stand one after the other, unpadded."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import repeat
from typing import Optional

import numpy
import torch
from spacy_transformers.util import registry
from torch.nn.functional import embedding, softmax

# Wordpieces of padding that one pass of attention may have: less makes more passes.
PADDING = 64
# Scores that are computed at once: they stay in the processor's cache, and the system
# need not hand out and clear fresh memory for each of the products.
SCORES = 2**18


@dataclass
class Block:
    """Neighbouring rows of about one length, whose attention is computed at once.

    rows (int): How many, times the heads.
    width (int): Wordpieces of the longest.
    gather (Tensor): Where their queries are, then their keys and values, among the
        vectors of all wordpieces, each padded to (rows * width,).
    bias (Optional[Tensor]): 0, or minus infinity where padded, shape
        (rows, 1, width); None if nothing is.
    """

    rows: int
    width: int
    gather: torch.Tensor
    bias: Optional[torch.Tensor]


@dataclass
class Blocks:
    """All rows of a pass.

    parts (List[Block]): With every row once.
    back (Tensor): Where the vectors of each wordpiece are among the results of the
        blocks, one after the other, shape (wordpieces * heads,).
    """

    parts: list[Block]
    back: torch.Tensor


@registry.misc("phantom.AttentionBlocks.v1")
def make_blocks(
    lengths: numpy.ndarray, places: numpy.ndarray, heads: int, dtype: torch.dtype
) -> Blocks:
    """Cut neighbouring rows into blocks of little padding.

    lengths (ndarray): Wordpieces of each row, shape (rows,).
    places (ndarray): Where each wordpiece is, row after row, shape (wordpieces,).
    dtype (torch.dtype): Of the scores.
    """
    ends = numpy.cumsum(lengths)
    back = numpy.empty((len(places), heads), dtype="int32")
    blocks, first, done = [], 0, 0
    for last in range(1, len(lengths) + 1):
        part = lengths[first : last + 1]
        if last < len(lengths) and part.max() * len(part) - part.sum() <= PADDING:
            continue
        part = lengths[first:last]
        here = places[ends[first] - lengths[first] : ends[last - 1]]
        block, slots = make_block(part, here, heads, dtype)
        back[here] = done + slots
        done += block.rows * block.width
        blocks.append(block)
        first = last
    return Blocks(blocks, torch.from_numpy(back.ravel()))


def make_block(
    lengths: numpy.ndarray, places: numpy.ndarray, heads: int, dtype: torch.dtype
) -> tuple[Block, numpy.ndarray]:
    """The block of these rows, whose wordpieces are at these places.

    RETURNS (Tuple[Block, ndarray]): And where each wordpiece's vectors are in its
        results, shape (wordpieces, heads).
    """
    rows, width = len(lengths), int(lengths.max())
    filled = numpy.arange(width) < lengths[:, None]
    padded = numpy.full(filled.shape, places[0])
    padded[filled] = places
    head = numpy.arange(heads)
    query = padded[:, None] * (3 * heads) + head[:, None]
    gather = numpy.stack([query, query + heads, query + 2 * heads]).astype("int32")
    bias = None
    if not filled.all():
        bias = torch.zeros(rows, 1, width, dtype=dtype)
        bias.masked_fill_(torch.from_numpy(~filled)[:, None], float("-inf"))
        bias = bias.repeat_interleave(heads, 0)
    row, column = numpy.nonzero(filled)
    slots = (row[:, None] * heads + head) * width + column[:, None]
    return Block(rows * heads, width, torch.from_numpy(gather.ravel()), bias), slots


@registry.misc("phantom.PackedAttention.v1")
def attend(
    qkv: torch.Tensor,
    blocks: Blocks,
    heads: int,
    drop: Optional[Callable[[torch.Tensor], torch.Tensor]] = None,
) -> torch.Tensor:
    """Attention of each row to itself.

    qkv (Tensor): Queries, keys and values side by side, (wordpieces, 3 * hidden); the
        queries scaled.
    drop (Optional[Callable]): Dropout of the weights, in training.
    RETURNS (Tensor): Shape (wordpieces, hidden), in the order of `qkv`.
    """
    # Whole vectors are copied once each way, from any place to any other.
    vectors = qkv.view(-1, qkv.shape[1] // (3 * heads))
    parts = []
    for block in blocks.parts:
        rows = embedding(block.gather, vectors)
        size = max(1, SCORES // block.width**2)
        pieces = [x.split(size) for x in rows.view(3, block.rows, block.width, -1)]
        biases = block.bias.split(size) if block.bias is not None else repeat(None)
        for query, key, value, bias in zip(*pieces, biases, strict=False):
            if bias is None:
                scores = torch.bmm(query, key.transpose(1, 2))
            else:
                scores = torch.baddbmm(bias, query, key.transpose(1, 2))
            if drop:
                weights = drop(softmax(scores, -1))
            else:
                # In bf16 it takes several times as long, if the width is no multiple
                # of 32.
                weights = softmax(scores, -1, dtype=torch.float32).to(scores.dtype)
            parts.append(torch.bmm(weights, value).view(-1, vectors.shape[1]))
    mixed = parts[0] if len(parts) == 1 else torch.cat(parts)
    return embedding(blocks.back, mixed).view(len(qkv), -1)
