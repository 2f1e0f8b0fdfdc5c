"""Stylised facts of returns: each with its sign and an interval by block bootstrap."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from phantom.planning.scenarios.history.vary import block_bootstrap

Array = np.ndarray[Any, np.dtype[np.float64]]


class StylisedFact(NamedTuple):
    """One row of the table.

    history, low, high (float): Of the series, with its 95% interval.
    simulated (float): Of the simulation.
    sign (int): 1 or -1 as theory has it, 0 for near 0.
    inside, right_sign (bool): Whether the simulation is within the interval, and has
        the sign (where near 0 is expected: whether its interval reaches 0 or it is
        below a tenth).
    """

    name: str
    history: float
    low: float
    high: float
    simulated: float
    sign: int
    inside: bool
    right_sign: bool


def autocorrelation(values: Array, lag: int) -> float:
    """Of a series with itself, `lag` days later."""
    away = values - values.mean()
    return float((away[:-lag] * away[lag:]).mean() / (away * away).mean())


def kurtosis(returns: Array) -> float:
    """Excess kurtosis: 0 for a normal distribution."""
    away = returns - returns.mean()
    return float((away**4).mean() / (away**2).mean() ** 2 - 3)


def tail_ratio(returns: Array) -> float:
    """How far out the 1% and 99% points lie, in those of 25% and 75%, less that of a
    normal distribution (3.45)."""
    low, q1, q3, high = np.quantile(returns, [0.01, 0.25, 0.75, 0.99])
    return float((high - low) / (q3 - q1)) - 3.449


def leverage(returns: Array, days: int = 10) -> float:
    """Mean correlation of a return with the squared returns of the days after."""
    squares = returns**2
    found = [
        np.corrcoef(returns[:-lag], squares[lag:])[0, 1] for lag in range(1, days + 1)
    ]
    return float(np.mean(found))


def clustering(returns: Array) -> float:
    """Mean autocorrelation of absolute returns over lags 1 to 20."""
    size = np.abs(returns)
    return float(np.mean([autocorrelation(size, lag) for lag in range(1, 21)]))


FACTS: dict[str, tuple[Callable[[Array], float], int]] = {
    "volatility of a day": (lambda r: float(r.std()), 1),
    "excess kurtosis": (kurtosis, 1),
    "tail ratio": (tail_ratio, 1),
    "volatility clustering": (clustering, 1),
    "autocorrelation of returns": (lambda r: autocorrelation(r, 1), 0),
    "leverage effect": (leverage, -1),
}


def compare(
    history: Array, simulated: list[Array], seed: int = 0, draws: int = 400
) -> list[StylisedFact]:
    """Stylised facts of simulated series beside those of history.

    simulated (List[Array]): Series whose median counts.
    draws (int): Bootstrap samples, in blocks of 60 days.
    """
    samples = [block_bootstrap(history, 60, seed + i) for i in range(draws)]
    rows = []
    for name, (measure, sign) in FACTS.items():
        drawn = [measure(sample) for sample in samples]
        low, high = np.quantile(drawn, [0.025, 0.975]).tolist()
        # The median, since one share that defaults would decide a mean.
        value = float(np.median([measure(series) for series in simulated]))
        right = abs(value) < 0.1 if sign == 0 else value * sign > 0
        inside = bool(low <= value <= high)
        rows.append(
            StylisedFact(name, measure(history), low, high, value, sign, inside, right)
        )
    return rows


def compare_cross(
    history: Sequence[Array],
    simulated: Sequence[Array],
    seed: int = 0,
    draws: int = 400,
) -> StylisedFact:
    """The mean correlation of simulated series beside that of several of history.

    history (List[Array]): Returns of the same days.
    draws (int): Bootstrap samples; blocks of 60 days are drawn for all series at once.
    """
    rows = len(history[0])
    drawn = []
    for i in range(draws):
        days = block_bootstrap(np.arange(rows, dtype=np.float64), 60, seed + i)
        drawn.append(cross_correlation([s[days.astype(int)] for s in history]))
    low, high = np.quantile(drawn, [0.025, 0.975]).tolist()
    value = cross_correlation(simulated)
    true = cross_correlation(history)
    inside = bool(low <= value <= high)
    return StylisedFact(
        "cross-correlation", true, low, high, value, 1, inside, value > 0
    )


def cross_correlation(series: Sequence[Array]) -> float:
    """Mean correlation of the returns of different shares."""
    return float(lagged_correlations(series, 0).mean())


def lagged_correlations(series: Sequence[Array], lag: int) -> Array:
    """Of each pair of series, the second `lag` days after the first.

    lag (int): Below 0 the second comes first.
    RETURNS (Array): shape (pairs,), pairs in the order of the series.
    """
    days, values = len(series[0]), np.array(series)
    first = values[:, max(-lag, 0) : days - max(lag, 0)]
    second = values[:, max(lag, 0) : days - max(-lag, 0)]
    count = len(series)
    matrix = np.corrcoef(first, second)[:count, count:]
    return np.asarray(matrix[np.triu_indices(count, 1)])
