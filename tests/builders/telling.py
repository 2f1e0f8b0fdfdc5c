"""What an attacker proves who tells two neighbouring data sets apart by releases."""

import numpy as np
from scipy.stats import beta


def told_apart(one: np.ndarray, other: np.ndarray, delta: float = 0.0) -> float:
    """The epsilon that a threshold chosen on one half of the runs proves on the other.

    Clopper and Pearson bounds at 97.5% each: above a claimed epsilon in one test of
    twenty if the claim is right.

    one, other (ndarray): A figure of each release, shape (runs,); of `other`, higher.
    """
    half = len(one) // 2
    cuts = np.unique(np.concatenate([one[:half], other[:half]]))
    cut = cuts[np.argmax(least(one[:half], other[:half], cuts, delta))]
    return float(least(one[half:], other[half:], np.array([cut]), delta)[0])


def least(
    one: np.ndarray, other: np.ndarray, cuts: np.ndarray, delta: float
) -> np.ndarray:
    """A lower bound on epsilon by each cut."""
    high = (one[:, None] >= cuts).sum(0)
    low = (other[:, None] >= cuts).sum(0)
    most = beta.ppf(0.975, high + 1, np.maximum(len(one) - high, 0.5))
    at_least = beta.ppf(0.025, np.maximum(low, 0.5), len(other) - low + 1)
    return np.log(np.maximum(at_least - delta, 1e-9) / most)
