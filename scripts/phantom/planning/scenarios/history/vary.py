"""More series from one: volatility scaled, blocks drawn anew, regimes mixed."""

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]


def scale_volatility(returns: Array, factor: float) -> Array:
    """Returns that swing `factor` times as far around the same mean."""
    if factor <= 0:
        raise ValueError(f"factor {factor:g}: volatility is scaled by more than 0")
    mean = returns.mean()
    return mean + factor * (returns - mean)


def block_bootstrap(returns: Array, mean_length: int, seed: int) -> Array:
    """A series of blocks of the old one, of geometric lengths, end joined to start.

    Stationary bootstrap of Politis and Romano (1994): what follows each other within
    a block stays, such as clusters of volatility.

    mean_length (int): Of blocks, in days.
    """
    if mean_length < 1:
        raise ValueError(f"mean_length {mean_length}: a block has a day or more")
    rng = np.random.default_rng(seed)
    count = len(returns)
    new = rng.random(count) < 1 / mean_length
    new[0] = True
    starts = rng.integers(0, count, count)
    days = np.arange(count)
    begun = np.maximum.accumulate(np.where(new, days, 0))
    return returns[(starts[begun] + days - begun) % count]


def mix_regimes(
    returns: Array, turbulent: float, stay: int, seed: int, window: int = 20
) -> Array:
    """Calm and turbulent days of a series in another proportion.

    A day is turbulent if the volatility of the `window` days before it is in the upper
    half. Regimes follow a Markov chain; days of a regime are drawn in runs.

    turbulent (float): Share of turbulent days, between 0 and 1.
    stay (int): Mean length of a turbulent spell, in days.
    """
    if not 0 < turbulent < 1 or stay < 1:
        raise ValueError("turbulent lies between 0 and 1, stay is a day or more")
    squares = np.concatenate([[0.0], np.cumsum(returns**2)])
    past = squares[window:-1] - squares[: -window - 1]
    days = np.arange(window, len(returns))
    hot = past > np.median(past)
    rng = np.random.default_rng(seed)
    leave = 1 / stay
    enter = min(leave * turbulent / (1 - turbulent), 1.0)
    state = rng.random() < turbulent
    chosen: list[float] = []
    while len(chosen) < len(returns):
        length = int(rng.geometric(leave if state else enter))
        pool = days[hot == state]
        at = int(rng.integers(0, len(pool)))
        chosen += returns[np.take(pool, range(at, at + length), mode="wrap")].tolist()
        state = not state
    return np.array(chosen[: len(returns)])
