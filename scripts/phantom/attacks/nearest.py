"""How near synthetic text comes to private text, beside other text of its kind."""

import numpy as np

from phantom.attacks.membership import interval
from phantom.records import Record


class Nearness(Record):
    """Whether synthetic passages lie nearer to private text than to held-out text.

    share (float): Of synthetic passages, those whose nearest neighbour is private and
        not held out, both sides of one size; 0.5 where neither was seen.
    low, high (float): Its 95% interval.
    closest (float): Cosine of the nearest pair of a synthetic and a private passage.
    """

    synthetic: int
    private: int
    share: float
    low: float
    high: float
    closest: float

    @property
    def shown(self) -> bool:
        """Whether private text is nearer than held-out text can be by chance."""
        return self.low > 0.5


def measure_nearness(
    synthetic: np.ndarray, private: np.ndarray, holdout: np.ndarray, seed: int = 0
) -> Nearness:
    """Compare nearest neighbours.

    synthetic, private, holdout (ndarray): Unit vectors, shape (n, width); of private
        and held-out text as many are drawn as the smaller side has.
    RAISES: ValueError if a side is empty.
    """
    if not min(len(synthetic), len(private), len(holdout)):
        raise ValueError("nearness needs synthetic, private and held-out text")
    rng = np.random.default_rng(seed)
    size = min(len(private), len(holdout))
    sides = [x[rng.permutation(len(x))[:size]] for x in (private, holdout)]
    near, far = ((synthetic @ side.T).max(1) for side in sides)
    # A tie is a coin.
    wins = [
        bool(x) for x in (near > far) | ((near == far) & (rng.random(len(near)) < 0.5))
    ]
    low, high = interval(wins)
    return Nearness(
        synthetic=len(synthetic),
        private=size,
        share=round(sum(wins) / len(wins), 4),
        low=round(low, 4),
        high=round(high, 4),
        closest=round(float((synthetic @ private.T).max()), 4),
    )
