"""Label smoothing: what is learnt is a little of each choice, so no label is certain.

C. Szegedy et al., "Rethinking the Inception Architecture", CVPR 2016.
"""

import numpy as np
from spacy.util import registry


@registry.misc("phantom.CheckSmoothing.v1")
def check_smoothing(name: str, smoothing: float) -> float:
    """The share, if it leaves a label the likelier choice.

    name (str): Of the component that is set so.
    RAISES: ValueError for one below 0, or of a half and more.
    """
    if not 0 <= smoothing < 0.5:
        raise ValueError(
            f"{name}: label_smoothing is {smoothing}; set it from 0 to below 0.5, the "
            "share of what is learnt that no label tells"
        )
    return smoothing


@registry.misc("phantom.SmoothTargets.v1")
def smooth_targets(
    targets: np.ndarray, mask: np.ndarray, smoothing: float, exclusive: bool
) -> np.ndarray:
    """Targets of relations, a share of which is the same for each choice.

    targets, mask (Floats2d): Pairs by labels (P, L); what is not known stays.
    smoothing (float): The share; with 0 the targets are handed back.
    exclusive (bool): The choices of a pair are its known labels and none, among which
        it has one in all; else those of a cell are yes and no.
    RETURNS (Floats2d): Shape (P, L).
    """
    if not smoothing:
        return targets
    choices = 2.0
    if exclusive:
        targets = targets / np.maximum(targets.sum(axis=1, keepdims=True), 1)
        choices = 1 + (mask > 0).sum(axis=1, keepdims=True)
    smooth = (1 - smoothing) * targets + smoothing / choices
    return np.where(mask > 0, smooth, targets).astype(targets.dtype)
