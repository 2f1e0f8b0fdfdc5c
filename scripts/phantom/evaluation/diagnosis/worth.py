"""What it is worth to mend a weakness; the one formula that takes and ranks them."""

import numpy as np

Figures = float | np.ndarray
# A lack below this is chance.
SLIGHT = 0.3


def weigh(errors: Figures, excess: Figures, lack: Figures) -> np.ndarray:
    """What cells of items are worth to mend: the errors beyond the share elsewhere,
    and all of them in the measure of the lack. What goes wrong though training text
    has its share of it is mended more slowly, and counts for half.
    """
    mended = weigh_lack(lack)
    return np.maximum(0.0, excess) * (1 + mended) / 2 + mended * errors


def weigh_lack(lack: Figures) -> np.ndarray:
    """Squared, so that a slight lack counts for little, and chance for nothing."""
    return np.where(np.asarray(lack) < SLIGHT, 0.0, lack) ** 2
