"""Mixup in training: two pairs or words are blended, and so are their losses.

H. Zhang et al., "mixup: Beyond Empirical Risk Minimization", ICLR 2018; between hidden
layers, as V. Verma et al., "Manifold Mixup", ICML 2019.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from spacy.util import registry
from thinc.api import Model
from thinc.types import Floats2d

# Where a model keeps what it drew, from its forward pass until the loss is computed.
DRAWN = "mixed"
Loss = tuple[float, Any]
Blended = tuple[Floats2d, Callable[[Floats2d], Floats2d]]


@registry.misc("phantom.CheckMixup.v1")
def check_mixup(alpha: float) -> float:
    """The parameter of Beta(alpha, alpha), or 0 for no mixup.

    RAISES: ValueError for one below 0.
    """
    if alpha < 0:
        raise ValueError(
            f"mixup is {alpha}; set it to 0 for none, or above, such as 0.2"
        )
    return alpha


@registry.misc("phantom.BlendPairs.v1")
def blend_pairs(
    model: Model, pairs: Floats2d, candidates: dict[str, np.ndarray], alpha: float
) -> Blended:
    """Blend the vector of each pair with that of another with the same entity labels.

    model (Model): Keeps the draw for `mixed_loss`.
    pairs (Floats2d): One vector per pair (P, width).
    alpha (float): Of the distribution Beta(alpha, alpha) of shares.
    RETURNS (Tuple[Floats2d, Callable]): The blended vectors, and the way back.
    """
    types = candidates["mention_type"]
    kinds = np.stack([types[candidates["heads"]], types[candidates["tails"]]], axis=1)
    order = np.arange(len(kinds))
    for kind in np.unique(kinds, axis=0):
        rows = np.flatnonzero((kinds == kind).all(axis=1))
        order[rows] = rows[np.random.permutation(len(rows))]
    return _blend(model, pairs, order, alpha)


@registry.misc("phantom.BlendWords.v1")
def blend_words(
    model: Model, words: Floats2d, lengths: Sequence[int], alpha: float
) -> Blended:
    """Blend each word of a passage with the word at the same place of another passage.

    So its neighbours are blended with that word's neighbours. Words past the end of
    the other passage stay as they are. Source: J. Chen et al., "Local Additivity Based
    Data Augmentation for Semi-supervised NER", EMNLP 2020 (Inter-LADA, passages drawn
    by chance alone).

    model (Model): Keeps the draw for `mixed_loss`.
    words (Floats2d): One vector per word (words, width), passage after passage.
    lengths (Sequence[int]): Words of each passage.
    alpha (float): Of the distribution Beta(alpha, alpha) of shares.
    RETURNS (Tuple[Floats2d, Callable]): The blended vectors, and the way back.
    """
    sizes = np.asarray(lengths, dtype="int64")
    starts = np.cumsum(sizes) - sizes
    order = np.arange(len(words))
    there = np.flatnonzero(sizes)
    for passage, other in zip(there, np.random.permutation(there), strict=True):
        shared = min(sizes[passage], sizes[other])
        rows = starts[passage] + np.arange(shared)
        order[rows] = starts[other] + np.arange(shared)
    return _blend(model, words, order, alpha)


def _blend(model: Model, vectors: Floats2d, order: Any, alpha: float) -> Blended:
    """Blend each vector with the one that stands at its place in the order.

    The share of its own is at least half, drawn once for the batch from numpy's
    generator, which spaCy seeds.
    """
    share = float(np.random.beta(alpha, alpha))
    share = max(share, 1 - share)
    model.attrs[DRAWN] = (order, share)
    rows = model.ops.asarray1i(order)

    def backprop(gradient: Floats2d) -> Floats2d:
        back = share * gradient
        # A vector may be the other one of several, or of none.
        model.ops.scatter_add(back, rows, (1 - share) * gradient)
        return back

    return share * vectors + (1 - share) * vectors[rows], backprop


@registry.misc("phantom.MixedLoss.v1")
def mixed_loss(
    find: Callable[..., Loss], model: Model, logits: Floats2d, targets: Any, mask: Any
) -> Loss:
    """The loss of each vector and that of the one blended into it, by their shares.

    find (Callable): Loss and gradient from logits, targets and mask.
    RETURNS (Tuple[float, Floats2d]): The plain loss if nothing was blended.
    """
    drawn = model.attrs.pop(DRAWN, None)
    loss, gradient = find(logits, targets, mask)
    if drawn is None:
        return loss, gradient
    order, share = drawn
    other, rest = find(logits, targets[order], mask[order])
    return share * loss + (1 - share) * other, share * gradient + (1 - share) * rest
