"""Mixup in training: the vectors of two pairs are blended, and so are their losses.

H. Zhang et al., "mixup: Beyond Empirical Risk Minimization", ICLR 2018; between hidden
layers, as V. Verma et al., "Manifold Mixup", ICML 2019.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from spacy.util import registry
from thinc.api import Model
from thinc.types import Floats2d

# Where a model keeps what it drew, from its forward pass until the loss is computed.
DRAWN = "mixed"
Loss = tuple[float, Any]


@registry.misc("phantom.BlendPairs.v1")
def blend_pairs(
    model: Model, pairs: Floats2d, candidates: dict[str, np.ndarray], alpha: float
) -> tuple[Floats2d, Callable[[Floats2d], Floats2d]]:
    """Blend the vector of each pair with that of another with the same entity labels.

    The share of its own is at least half, drawn once for the batch from numpy's
    generator, which spaCy seeds.

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
    share = float(np.random.beta(alpha, alpha))
    share = max(share, 1 - share)
    model.attrs[DRAWN] = (order, share)
    rows = model.ops.xp.asarray(order)

    def backprop(gradient: Floats2d) -> Floats2d:
        back = share * gradient
        # Each row is the other one of exactly one pair.
        back[rows] += (1 - share) * gradient
        return back

    return share * pairs + (1 - share) * pairs[rows], backprop


@registry.misc("phantom.MixedLoss.v1")
def mixed_loss(
    find: Callable[..., Loss], model: Model, logits: Floats2d, targets: Any, mask: Any
) -> Loss:
    """The loss of each pair and that of the one blended into it, by their shares.

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
