"""Which windows of tokens the candidate pairs lie in, and how to index them."""

from typing import Any, NamedTuple

import numpy as np
from spacy.util import registry

Candidates = dict[str, np.ndarray]
# NumPy's as they are made, torch's once they are moved to the encoder's device.
Array = Any


class Windows(NamedTuple):
    """Windows of tokens (N), padded to the longest of them (F)."""

    used: Array  # (U,) those in any window, places among all; at last one that is blank
    tokens: Array  # (N, F) places among those used; U - 1 where no token stands


class Rows(NamedTuple):
    """Mentions in their windows, in blocks (B) of slots (K), each of one window.

    A mention has a row for each window and each side, head or tail, that it is on
    there. Slots that are free repeat the first row.
    """

    mention: Array  # (B * K,) number of the mention
    side: Array  # (B * K,) 0 for heads, 1 for tails
    start: Array  # (B * K,) first token, from the window's start
    end: Array  # (B * K,) token after the last, from the window's start
    window: Array  # (B,) number of the window


class Pairs(NamedTuple):
    """Candidate pairs (P), sorted by window."""

    head: Array  # (P,) number of the mention
    tail: Array  # (P,) number of the mention
    head_row: Array  # (P,) slot of the mention's row in the pair's window
    tail_row: Array  # (P,) slot of the mention's row in the pair's window
    window: Array  # (P,) number of the window
    gap: Array  # (P,) 1 + tokens between, 0 if they overlap; < 0 if the tail is first
    left: Array  # (P,) first token between the two, from the window's start
    right: Array  # (P,) token after the last between the two


class Blocks(NamedTuple):
    """Items (I) of several windows in blocks (B), each of one window and K slots."""

    items: Array  # (B, K) number of the item in each slot, 0 in one that is free
    slot: Array  # (I,) place of each item in the flattened slots
    window: Array  # (B,) number of the window


class WindowPlan(NamedTuple):
    """Indexes that bring mentions, pairs and windows together."""

    windows: Windows
    rows: Rows
    pairs: Pairs
    blocks: Blocks  # of the pairs


@registry.misc("phantom.WindowStarts.v1")
def find_starts(c: Candidates, lengths: np.ndarray, window: int) -> np.ndarray:
    """First token (P,) of the window around each pair, within its doc.

    Starts are multiples of half a window, so that pairs share windows.

    c (Candidates): See `phantom.PairTensor.v1`.
    lengths (Ints1d): Tokens of each doc.
    window (int): Most tokens of a window.
    """
    heads, tails = c["heads"], c["tails"]
    low = np.minimum(c["mention_start"][heads], c["mention_start"][tails])
    high = np.maximum(c["mention_end"][heads], c["mention_end"][tails])
    step = max(1, window // 2)
    starts = (low + high - window + step) // 2 // step * step
    last = lengths[c["mention_doc"][heads]] - window
    return np.clip(starts, 0, np.maximum(last, 0))


@registry.misc("phantom.WindowPlan.v1")
def plan_windows(
    c: Candidates,
    part: np.ndarray,
    starts: np.ndarray,
    lengths: np.ndarray,
    window: int,
) -> WindowPlan:
    """The windows of some pairs, and where their mentions and pairs lie in them.

    c (Candidates): See `phantom.PairTensor.v1`.
    part (Ints1d): Numbers of the pairs (P,), sorted by doc and window.
    starts (Ints1d): First token of each pair's window, within its doc (P,).
    lengths (Ints1d): Tokens of each doc.
    window (int): Most tokens of a window.
    """
    heads, tails = c["heads"][part], c["tails"][part]
    docs = c["mention_doc"][heads]
    is_new = np.ones(len(part), dtype="bool")
    is_new[1:] = (docs[1:] != docs[:-1]) | (starts[1:] != starts[:-1])
    window_of_pair, firsts = np.cumsum(is_new) - 1, np.flatnonzero(is_new)
    begins = starts[firsts]
    sizes = np.minimum(lengths[docs[firsts]] - begins, window)
    offsets = (np.cumsum(lengths) - lengths)[docs[firsts]] + begins
    rows, head_row, tail_row = _find_rows(c, heads, tails, window_of_pair, begins)
    left, right, gap = _look_between(c, heads, tails)
    left = np.clip(left - begins[window_of_pair], 0, sizes[window_of_pair])
    right = np.clip(right - begins[window_of_pair], left, sizes[window_of_pair])
    return WindowPlan(
        windows=_lay_tokens(offsets, sizes),
        rows=rows,
        pairs=Pairs(heads, tails, head_row, tail_row, window_of_pair, gap, left, right),
        blocks=_make_blocks(window_of_pair, 64),
    )


def _lay_tokens(offsets: np.ndarray, sizes: np.ndarray) -> Windows:
    """Windows (N,) of these sizes that begin at these places among all tokens."""
    step = np.arange(sizes.max())
    mask = step < sizes[:, None]
    used, where = np.unique((offsets[:, None] + step)[mask], return_inverse=True)
    tokens = np.full(mask.shape, len(used))
    tokens[mask] = where
    return Windows(np.append(used, used[0]), tokens)


def _find_rows(
    c: Candidates,
    heads: np.ndarray,
    tails: np.ndarray,
    window_of_pair: np.ndarray,
    begins: np.ndarray,
) -> tuple[Rows, np.ndarray, np.ndarray]:
    """Rows of the mentions, and the slots of heads and tails (P,)."""
    count = 2 * len(c["mention_doc"])
    keys = np.concatenate(
        [window_of_pair * count + 2 * heads, window_of_pair * count + 2 * tails + 1]
    )
    found, which = np.unique(keys, return_inverse=True)
    window, mention, side = found // count, found % count // 2, found % 2
    blocks = _make_blocks(window, 32)
    order = blocks.items.ravel()
    window, mention = window[order], mention[order]
    start = c["mention_start"][mention] - begins[window]
    end = c["mention_end"][mention] - begins[window]
    head_row, tail_row = blocks.slot[which].reshape(2, -1)
    rows = Rows(mention, side[order], start, end, blocks.window)
    return rows, head_row, tail_row


def _look_between(
    c: Candidates, heads: np.ndarray, tails: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Bounds of the text between both mentions in their doc, and its signed gap."""
    begin, end = c["mention_start"], c["mention_end"]
    left = np.minimum(end[heads], end[tails])
    right = np.maximum(begin[heads], begin[tails])
    gap = np.maximum(right - left, -1) + 1
    return left, right, np.where(begin[heads] <= begin[tails], gap, -gap)


def _make_blocks(window: np.ndarray, most: int) -> Blocks:
    """Items, sorted by their window (I,), in blocks of a size that wastes few slots.

    most (int): Slots of a block, a power of two.
    """
    counts = np.bincount(window)
    size = int(np.clip(2 ** np.log2(counts.mean()).round(), 2, most))
    blocks = -(-counts // size)
    place = np.arange(len(window)) - (np.cumsum(counts) - counts)[window]
    slot = (np.cumsum(blocks) - blocks)[window] * size + place
    items = np.zeros((int(blocks.sum()), size), dtype="int64")
    items.flat[slot] = np.arange(len(window))
    return Blocks(items, slot, np.repeat(np.arange(len(counts)), blocks))
