"""Pair encoder: the torch module behind `phantom.PairTensor.v1`."""

import functools
from bisect import bisect_right
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from spacy.util import registry
from torch import Tensor, nn
from torch.nn.functional import embedding, embedding_bag

# Parts of other files, looked up once: components/README.md says why.
find_part = functools.cache(registry.misc.get)

# Edges of the distance buckets in tokens; passages of training are short, so what
# is further than the last edge shares one bucket that training reaches.
EDGES = [1, 2, 3, 4, 6, 9, 13, 19, 28, 40]
FAR = EDGES[-1]
# Of each signed distance from -FAR to FAR, the middle one for 0.
BUCKETS = torch.tensor(
    [
        len(EDGES) + (1 if x > 0 else -1) * bisect_right(EDGES, abs(x))
        for x in range(-FAR, FAR + 1)
    ]
)
PAIRS_AT_ONCE = 4096
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
        return embedding(move(back), torch.cat(parts))

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
        used = embedding(plan.windows.used, hidden)
        context = self._attend(used, mentions, plan)
        pair, pairs = self._add_up(used, ends, plan), plan.pairs
        product = embedding(pairs.head, ends[2]) * embedding(pairs.tail, ends[3])
        pair = torch.addmm(pair, product, self.product.weight.T)
        pair = torch.addmm(pair, context, self.context.weight.T)
        pair = self.dropout(nn.functional.gelu(pair))
        return self.dropout(nn.functional.gelu(self.output(pair)))

    def _add_up(self, used: Tensor, ends: tuple[Tensor, ...], plan: Any) -> Tensor:
        """The part of each pair (P, width) that is a sum: head, tail, gap, and the mean
        of the tokens between, as the difference of two running sums.

        In one call, which goes through the pairs once.
        """
        pairs, tokens = plan.pairs, plan.windows.tokens
        # A projection of sums is a sum of projections, and tokens are fewer than pairs.
        between = self.between(used)
        between[-1] = 0
        sums = embedding(tokens, between).cumsum(1)
        sums, width = nn.functional.pad(sums, (0, 0, 1, 0)), tokens.shape[1] + 1
        tables = [ends[0], ends[1], self.gap.weight, sums.flatten(0, 1)]
        gap = BUCKETS.to(used.device)[pairs.gap.clamp(-FAR, FAR) + FAR]
        rows = [pairs.head, pairs.tail, gap]
        rows += [pairs.window * width + end for end in (pairs.right, pairs.left)]
        starts = np.cumsum([0, *map(len, tables)])[[0, 1, 2, 3, 3]].tolist()
        index = torch.stack([row + i for row, i in zip(rows, starts, strict=True)], 1)
        weights = used.new_ones(index.shape)
        weights[:, 3] = 1 / (pairs.right - pairs.left).clamp(min=1)
        weights[:, 4] = -weights[:, 3]
        return embedding_bag(
            index, torch.cat(tables), mode="sum", per_sample_weights=weights
        )

    def _attend(self, used: Tensor, mentions: Tensor, plan: Any) -> Tensor:
        """Context of each pair (P, width): tokens that both its mentions attend to.

        used (Tensor): Tokens of the plan's windows (U, width).
        """
        h, (rows, tokens) = self.heads, (plan.rows, plan.windows.tokens)
        k, f = used.shape[1] // h, tokens.shape[1]
        query = self.queries(mentions).view(-1, 2, h, k) / k**0.5
        places = torch.einsum("mshk,shkb->hmsb", query, self.places)
        places = (places + self.place_bias.transpose(0, 1)[:, None]).flatten(1, 2)
        places = places[..., BUCKETS.to(used.device)]
        query = query.permute(2, 0, 1, 3).flatten(1, 2)
        row = 2 * rows.mention + rows.side
        keys = self.keys(used).view(-1, h, k).transpose(0, 1)
        keys = _pick(keys, tokens[rows.window])
        blocks = _pick(query, row).view(h, len(rows.window), -1, k)
        scores = torch.matmul(blocks, keys.transpose(2, 3)).view(h, -1, f)
        position = torch.arange(f, device=used.device)[None]
        before = (position - rows.start[:, None]).clamp(-FAR, 0)
        after = (position - rows.end[:, None] + 1).clamp(0, FAR)
        distance = (before + after + FAR).expand(h, -1, -1)
        scores = scores + _pick(places, row).gather(2, distance)
        # Bounded, so that the product of two exponentials stays within float32.
        weights = torch.exp(scores.clamp(-15, 15))
        items = plan.blocks.items
        by_head = _pick(weights, plan.pairs.head_row[items])
        by_tail = _pick(weights, plan.pairs.tail_row[items])
        values = nn.functional.pad(self.values(used).view(-1, h, k), (0, 1), value=1.0)
        values[-1] = 0
        values = _pick(values.transpose(0, 1), tokens[plan.blocks.window])
        sums = torch.matmul(by_head.mul_(by_tail), values).view(h, -1, k + 1)
        sums = _pick(sums, plan.blocks.slot)
        context = sums[..., :-1] / sums[..., -1:]
        return context.transpose(0, 1).flatten(1)


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
