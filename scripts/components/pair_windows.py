"""Which windows of tokens the candidate pairs lie in, and how to index them."""

import numpy as np
from spacy.util import registry

Candidates = dict[str, np.ndarray]


@registry.misc("phantom.WindowStarts.v1")
def find_starts(c: Candidates, lengths: np.ndarray, window: int) -> np.ndarray:
    """First token (P,) of the window around each pair, within its doc.

    Starts are multiples of half a window, so that pairs share windows.
    """
    heads, tails = c["heads"], c["tails"]
    low = np.minimum(c["mention_start"][heads], c["mention_start"][tails])
    high = np.maximum(c["mention_end"][heads], c["mention_end"][tails])
    step = max(1, window // 2)
    starts = (low + high - window + step) // 2 // step * step
    last = lengths[c["mention_doc"][heads]] - window
    return np.clip(starts, 0, np.maximum(last, 0))


@registry.misc("phantom.WindowPlan.v1")
def make_plan(
    c: Candidates,
    part: np.ndarray,
    starts: np.ndarray,
    lengths: np.ndarray,
    window: int,
) -> dict[str, np.ndarray]:
    """Indexes that bring pairs, mentions and windows together.

    part (Ints1d): The pairs, sorted by doc and window.
    starts (Ints1d): First token of each pair's window, within its doc.
    RETURNS (Dict[str, Ints]): Windows (`tokens`, `mask`: N, F), one row per mention
        and window (`row_*`: R), pairs (P), and slots for pairs in blocks of one
        window each (`slot_*`: B, K; `block_frame`: B; `slot`: P), rows likewise.
    """
    heads, tails = c["heads"][part], c["tails"][part]
    docs = c["mention_doc"][heads]
    new = np.ones(len(part), dtype="bool")
    new[1:] = (docs[1:] != docs[:-1]) | (starts[1:] != starts[:-1])
    frame, firsts = np.cumsum(new) - 1, np.flatnonzero(new)
    frame_start, frame_doc = starts[firsts], docs[firsts]
    size = np.minimum(lengths[frame_doc] - frame_start, window)
    step = np.arange(size.max())
    mask = step < size[:, None]
    offset = (np.cumsum(lengths) - lengths)[frame_doc] + frame_start
    p = {"mask": mask, "tokens": np.where(mask, offset[:, None] + step, 0)}

    count = len(c["mention_doc"])
    keys = np.concatenate([frame * count + heads, frame * count + tails])
    rows, which = np.unique(keys, return_inverse=True)
    p["row_frame"], p["row_mention"] = rows // count, rows % count
    begin, end = c["mention_start"], c["mention_end"]
    p["row_start"] = begin[p["row_mention"]] - frame_start[p["row_frame"]]
    p["row_end"] = end[p["row_mention"]] - frame_start[p["row_frame"]]

    p.update(head=heads, tail=tails, frame=frame)
    right = np.maximum(begin[heads], begin[tails])
    left = np.minimum(end[heads], end[tails])
    gap = np.maximum(right - left, -1) + 1
    p["gap"] = np.where(begin[heads] <= begin[tails], gap, -gap)
    p["left"] = np.clip(left - frame_start[frame], 0, size[frame])
    p["right"] = np.clip(right - frame_start[frame], p["left"], size[frame])

    p["row_slot"], slots, p["row_block_frame"] = _blocks(p["row_frame"])
    p["row_slots"] = np.zeros(slots, dtype="int64")
    p["row_slots"].flat[p["row_slot"]] = np.arange(len(rows))
    p["slot"], slots, p["block_frame"] = _blocks(frame)
    for key, row in zip(("slot_head", "slot_tail"), which.reshape(2, -1), strict=True):
        p[key] = np.zeros(slots, dtype="int64")
        p[key].flat[p["slot"]] = row
    return p


def _blocks(frame: np.ndarray) -> tuple[np.ndarray, tuple[int, int], np.ndarray]:
    """Spread items, sorted by window, over blocks of one window and one size each.

    RETURNS (Tuple): Slot of each item (P,), shape of the slots (B, K), and the
        window of each block (B,).
    """
    counts = np.bincount(frame)
    size = int(2 ** np.clip(np.log2(counts.mean()).round(), 1, 7))
    blocks = -(-counts // size)
    place = np.arange(len(frame)) - (np.cumsum(counts) - counts)[frame]
    slot = (np.cumsum(blocks) - blocks)[frame] * size + place
    return slot, (int(blocks.sum()), size), np.repeat(np.arange(len(counts)), blocks)
