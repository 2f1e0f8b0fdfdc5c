"""What moves beliefs about prices, in the market and in its kernel."""

from typing import Any

import numpy as np

from phantom.planning.scenarios.market.settings import PriceSettings

# Weight of yesterday in the trend that momentum follows.
TREND = 0.3
# Volatility of the fundamental value, as a share of `noise`.
DRIFT = 0.5
# Traders' alarm has an end: a day's variance is at most so many times the usual.
MOST = 25.0

Array = np.ndarray[Any, np.dtype[np.float64]]


def next_variance(variance: Any, returns: Any, prices: PriceSettings) -> Any:
    """Tomorrow's variance of the news, from today's returns (GJR-GARCH).

    variance, returns (Any): One number, or an array over shares.
    """
    base = prices.noise**2
    weight = prices.alarm + prices.fear * (returns < 0)
    moved = (
        base * (1 - prices.persistence) + weight * returns**2 + prices.memory * variance
    )
    return np.minimum(moved, MOST * base)


def draw_news(prices: PriceSettings, rng: np.random.Generator, shape: Any) -> Array:
    """News with variance 1 and the tails of the settings."""
    drawn = rng.standard_t(prices.tail, shape)
    return drawn * np.sqrt((prices.tail - 2) / prices.tail)


def simulate_returns(prices: PriceSettings, steps: int, seed: int) -> Array:
    """Log returns of the kernel: the market's beliefs, with a price that is theirs.

    It is the market without order books and limits, so fast that it can be fitted.

    RETURNS (Array): Of `steps` days.
    """
    surprises, drift = draw_surprises(prices, steps, seed)
    return follow(surprises, drift, prices.momentum, prices.pull)


def draw_surprises(prices: PriceSettings, steps: int, seed: int) -> tuple[Array, Array]:
    """News with their volatility, and the moves of the value, of `steps` days."""
    rng = np.random.default_rng(seed)
    news = draw_news(prices, rng, steps).tolist()
    drift = prices.noise * DRIFT * rng.standard_normal(steps)
    variance = base = prices.noise**2
    constant, most = base * (1 - prices.persistence), MOST * base
    alarm, fear, memory = prices.alarm, prices.fear, prices.memory
    surprises = []
    for shock in news:
        surprise = variance**0.5 * shock
        weight = alarm + (fear if surprise < 0 else 0.0)
        variance = min(constant + weight * surprise**2 + memory * variance, most)
        surprises.append(surprise)
    return np.array(surprises), drift


def follow(surprises: Array, drift: Array, momentum: float, pull: float) -> Array:
    """Returns where beliefs lean to a value that drifts, and with the trend."""
    away = trend = 0.0
    returns = []
    for surprise, step in zip(surprises.tolist(), drift.tolist(), strict=True):
        # How far the value lies above the price.
        away += step
        moved = pull * away + momentum * trend + surprise
        away -= moved
        trend += TREND * (moved - trend)
        returns.append(moved)
    return np.array(returns)
