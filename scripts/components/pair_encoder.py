"""Pair encoder: the torch module behind `phantom.PairTensor.v1`."""

from collections.abc import Callable

import numpy as np
import torch
from spacy.util import registry
from torch import Tensor, nn
from torch.nn.functional import embedding

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
        find_starts = registry.misc.get("phantom.WindowStarts.v1")
        frames = find_starts(candidates, lengths, self.window)
        order = np.lexsort((frames, m["doc"][candidates["heads"]]))
        make_plan = registry.misc.get("phantom.WindowPlan.v1")
        parts = []
        for part in np.array_split(order, -(-len(order) // PAIRS_AT_ONCE)):
            plan = make_plan(candidates, part, frames[part], lengths, self.window)
            plan = {key: move(value) for key, value in plan.items()}
            parts.append(self._encode(hidden, mentions, ends, plan))
        back = np.empty_like(order)
        back[order] = np.arange(len(order))
        return torch.cat(parts)[move(back)]

    def _encode(
        self,
        hidden: Tensor,
        mentions: Tensor,
        ends: tuple[Tensor, ...],
        p: dict[str, Tensor],
    ) -> Tensor:
        """Pair vectors of some pairs, sorted by the window they lie in.

        ends (Tuple[Tensor, ...]): Each mention as head and as tail (M, width), of the
            sum, then of the product.
        p (Dict[str, Tensor]): Their plan, see `phantom.WindowPlan.v1`.
        """
        window = embedding(p["tokens"], hidden)
        mask = p["mask"]
        head, tail = p["head"], p["tail"]
        context = self._attend(window, mask, embedding(p["row_mention"], mentions), p)
        sums = nn.functional.pad((window * mask[..., None]).cumsum(1), (0, 0, 1, 0))
        between = sums[p["frame"], p["right"]] - sums[p["frame"], p["left"]]
        between = between / (p["right"] - p["left"]).clamp(min=1)[:, None]
        pair = embedding(head, ends[0]) + embedding(tail, ends[1])
        pair = pair + self.gap(self._bucket(p["gap"]))
        left, right = embedding(head, ends[2]), embedding(tail, ends[3])
        pair = pair + self.product(left * right)
        pair = pair + self.between(between) + self.context(context)
        pair = self.dropout(nn.functional.gelu(pair))
        return self.dropout(nn.functional.gelu(self.output(pair)))

    def _attend(
        self, window: Tensor, mask: Tensor, queries: Tensor, p: dict[str, Tensor]
    ) -> Tensor:
        """Context of each pair (P, width): tokens that both its mentions attend to."""
        n, f, width = window.shape
        h, k = self.heads, width // self.heads
        keys = self.keys(window).view(n, f, h, k).permute(2, 0, 3, 1)
        query = self.queries(queries).view(-1, 2, h, k) / k**0.5
        places = torch.einsum("rshk,shkb->rshb", query, self.places) + self.place_bias
        blocks = query[p["row_slots"]].permute(3, 0, 1, 2, 4).flatten(2, 3)
        scores = torch.matmul(blocks, _pick(keys, p["row_block_frame"]))
        scores = _pick(scores.view(h, -1, 2, f), p["row_slot"])
        position = torch.arange(f, device=window.device)[None]
        before = position - p["row_start"][:, None]
        after = position - p["row_end"][:, None] + 1
        buckets = self._bucket(before.clamp(max=0) + after.clamp(min=0))
        buckets = buckets[None, :, None].expand(h, -1, 2, -1)
        scores = scores + places.permute(2, 0, 1, 3).gather(3, buckets)
        # Bounded, so that the product of two exponentials stays within float32.
        weights = torch.exp(scores.clamp(-15, 15))
        weights = weights * mask[p["row_frame"]][:, None]
        weights = weights.flatten(1, 2)
        by_head = _pick(weights, 2 * p["slot_head"])
        both = by_head * _pick(weights, 2 * p["slot_tail"] + 1)
        values = self.values(window).view(n, f, h, k).permute(2, 0, 1, 3)
        values = _pick(nn.functional.pad(values, (0, 1), value=1.0), p["block_frame"])
        sums = _pick(torch.matmul(both, values).view(h, -1, k + 1), p["slot"])
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


def _mover(device: torch.device) -> Callable[[np.ndarray], Tensor]:
    return lambda array: torch.from_numpy(np.ascontiguousarray(array)).to(device)
