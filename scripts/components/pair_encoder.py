"""Pair encoder: the torch module behind `phantom.PairTensor.v1`."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from spacy.util import registry
from torch import Tensor, nn
from torch.nn.functional import embedding

# Parts of other files, looked up once: components/README.md says why.
find_part = functools.cache(registry.misc.get)

# Edges of the distance buckets in tokens; passages of training are short, so what
# is further than the last edge shares one bucket that training reaches.
EDGES = [1, 2, 3, 4, 6, 9, 13, 19, 28, 40]
PAIRS_AT_ONCE = 2048
Candidates = dict[str, np.ndarray]


@registry.misc("phantom.PairEncoder.v1")
class PairEncoder(nn.Module):
    """Pair vectors with attention localised by both mentions.

    Every mention attends over the tokens of a window, by their content and their
    place relative to it; a pair attends where both of its mentions do, that is with
    the normalised product of the two. So attention costs one row per mention, and a
    pair a product of rows. After ATLOP's localized context pooling (Zhou et al.
    2021, arXiv:2010.11304), with attention of its own.

    inputs (int): Width of the token vectors.
    types (int): Number of entity types; 0 is no entity, 1 a type not known.
    """

    def __init__(
        self,
        inputs: int,
        types: int,
        width: int,
        heads: int,
        dropout: float,
        window: int,
    ) -> None:
        super().__init__()
        self.settings = {
            "inputs": inputs,
            "types": types,
            "width": width,
            "heads": heads,
            "dropout": dropout,
            "window": window,
        }
        self.heads, self.window = heads, window
        buckets = 2 * len(EDGES) + 1
        self.dropout = nn.Dropout(dropout)
        self.project = nn.Linear(inputs, width)
        self.token_types = nn.Embedding(types, width)
        self.norm = nn.LayerNorm(width)
        self.keys, self.values = nn.Linear(width, width), nn.Linear(width, width)
        self.queries = nn.Linear(width, 2 * width)
        self.places = nn.Parameter(torch.randn(2, heads, width // heads, buckets) * 0.1)
        self.place_bias = nn.Parameter(torch.zeros(2, heads, buckets))
        self.ends = nn.Linear(width, 4 * width)
        self.between = nn.Linear(width, width, bias=False)
        self.context = nn.Linear(width, width, bias=False)
        self.product = nn.Linear(width, width, bias=False)
        self.gap = nn.Embedding(buckets, width)
        self.output = nn.Linear(width, width)
        nn.init.normal_(self.token_types.weight, std=0.1)
        nn.init.normal_(self.gap.weight, std=0.1)

    def forward(
        self, tokens: Tensor, candidates: Candidates, lengths: np.ndarray
    ) -> Tensor:
        """Pair vectors (P, width) of all candidates, a bounded number at a time.

        tokens (Tensor): Token vectors of all docs, one after the other (T, inputs).
        lengths (Ints1d): Tokens of each doc.
        """
        m = {key: candidates["mention_" + key] for key in ("doc", "start", "end")}
        offsets = np.cumsum(lengths) - lengths
        sizes = m["end"] - m["start"]
        spans = np.repeat(np.arange(len(sizes)), sizes)
        inside = np.arange(len(spans)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        inside += np.repeat(offsets[m["doc"]] + m["start"], sizes)
        move = _mover(tokens.device)
        where, owner = move(inside), move(spans)
        types = torch.zeros(len(tokens), dtype=torch.long, device=tokens.device)
        types[where] = move(candidates["mention_type"])[owner]
        hidden = self.project(self.dropout(tokens)) + self.token_types(types)
        hidden = self.norm(hidden)
        mentions = hidden.new_zeros(len(sizes), hidden.shape[1])
        mentions = mentions.index_add(0, owner, hidden[where]) / move(sizes)[:, None]
        ends = self.ends(mentions).chunk(4, dim=1)
        ends = (*ends[:2], ends[2].tanh(), ends[3].tanh())
        find_starts = find_part("phantom.WindowStarts.v1")
        starts = find_starts(candidates, lengths, self.window)
        order = np.lexsort((starts, m["doc"][candidates["heads"]]))
        plan_windows = find_part("phantom.WindowPlan.v1")
        parts = []
        for part in np.array_split(order, -(-len(order) // PAIRS_AT_ONCE)):
            plan = plan_windows(candidates, part, starts[part], lengths, self.window)
            parts.append(self._encode(hidden, mentions, ends, _move_all(plan, move)))
        back = np.empty_like(order)
        back[order] = np.arange(len(order))
        return torch.cat(parts)[move(back)]

    def _encode(
        self, hidden: Tensor, mentions: Tensor, ends: tuple[Tensor, ...], plan: Any
    ) -> Tensor:
        """Pair vectors of some pairs, sorted by the window they lie in.

        hidden (Tensor): Tokens of all docs (T, width).
        mentions (Tensor): Means of their tokens (M, width).
        ends (Tuple[Tensor, ...]): Each mention as head and as tail (M, width), of the
            sum, then of the product.
        plan (WindowPlan): Of the pairs, see `phantom.WindowPlan.v1`.
        """
        pairs, mask = plan.pairs, plan.windows.mask
        window = embedding(plan.windows.tokens, hidden)
        context = self._attend(window, mentions, plan)
        sums = nn.functional.pad((window * mask[..., None]).cumsum(1), (0, 0, 1, 0))
        between = sums[pairs.window, pairs.right] - sums[pairs.window, pairs.left]
        between = between / (pairs.right - pairs.left).clamp(min=1)[:, None]
        pair = embedding(pairs.head, ends[0]) + embedding(pairs.tail, ends[1])
        pair = pair + self.gap(self._bucket(pairs.gap))
        left, right = embedding(pairs.head, ends[2]), embedding(pairs.tail, ends[3])
        pair = pair + self.product(left * right)
        pair = pair + self.between(between) + self.context(context)
        pair = self.dropout(nn.functional.gelu(pair))
        return self.dropout(nn.functional.gelu(self.output(pair)))

    def _attend(self, window: Tensor, mentions: Tensor, plan: Any) -> Tensor:
        """Context of each pair (P, width): tokens that both its mentions attend to."""
        n, f, width = window.shape
        h, k = self.heads, width // self.heads
        rows, row_blocks, pair_blocks = plan.rows, plan.row_blocks, plan.pair_blocks
        keys = self.keys(window).view(n, f, h, k).permute(2, 0, 3, 1)
        query = self.queries(embedding(rows.mention, mentions))
        query = query.view(-1, 2, h, k) / k**0.5
        places = torch.einsum("rshk,shkb->rshb", query, self.places) + self.place_bias
        blocks = query[row_blocks.items].permute(3, 0, 1, 2, 4).flatten(2, 3)
        scores = torch.matmul(blocks, _pick(keys, row_blocks.window))
        scores = _pick(scores.view(h, -1, 2, f), row_blocks.slot)
        position = torch.arange(f, device=window.device)[None]
        before = position - rows.start[:, None]
        after = position - rows.end[:, None] + 1
        buckets = self._bucket(before.clamp(max=0) + after.clamp(min=0))
        buckets = buckets[None, :, None].expand(h, -1, 2, -1)
        scores = scores + places.permute(2, 0, 1, 3).gather(3, buckets)
        # Bounded, so that the product of two exponentials stays within float32.
        weights = torch.exp(scores.clamp(-15, 15))
        weights = weights * plan.windows.mask[rows.window][:, None]
        weights = weights.flatten(1, 2)
        by_head = _pick(weights, 2 * plan.pairs.head_row[pair_blocks.items])
        by_tail = _pick(weights, 2 * plan.pairs.tail_row[pair_blocks.items] + 1)
        values = self.values(window).view(n, f, h, k).permute(2, 0, 1, 3)
        values = nn.functional.pad(values, (0, 1), value=1.0)
        values = _pick(values, pair_blocks.window)
        sums = torch.matmul(by_head * by_tail, values).view(h, -1, k + 1)
        sums = _pick(sums, pair_blocks.slot)
        context = sums[..., :-1] / sums[..., -1:]
        return context.transpose(0, 1).flatten(1)

    def _bucket(self, distance: Tensor) -> Tensor:
        """Signed distances in tokens to buckets, the middle one for 0."""
        edges = torch.tensor(EDGES, device=distance.device)
        size = torch.bucketize(distance.abs(), edges, right=True)
        return len(EDGES) + torch.sign(distance) * size


def _pick(tables: Tensor, index: Tensor) -> Tensor:
    """`tables[:, index]`, several times as quick, since rows are copied whole."""
    count, size = tables.shape[:2]
    first = torch.arange(count, device=index.device) * size
    index = first.view(-1, *[1] * index.dim()) + index
    rows = embedding(index, tables.flatten(0, 1).flatten(1))
    return rows.view(*index.shape, *tables.shape[2:])


def _move_all(plan: Any, move: Callable[[np.ndarray], Tensor]) -> Any:
    """The same named tuples, with tensors in the place of arrays."""
    is_array = isinstance(plan, np.ndarray)
    return move(plan) if is_array else plan._make(_move_all(x, move) for x in plan)


def _mover(device: torch.device) -> Callable[[np.ndarray], Tensor]:
    return lambda array: torch.from_numpy(np.ascontiguousarray(array)).to(device)
