"""The kernel's likelihood: a Kalman filter for the value, with GARCH noise."""

from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln

from phantom.planning.scenarios.market.prices import DRIFT, MOST, TREND
from phantom.planning.scenarios.market.settings import PriceSettings

Array = np.ndarray[Any, np.dtype[np.float64]]

# A point: log noise, alarm, fear, persistence, 1 / tail, momentum, pull.
LOWEST = np.array([-12.0, 0.0, 0.0, 0.0, 0.01, -0.95, 0.0])
HIGHEST = np.array([2.0, 0.9, 0.9, 0.995, 0.47, 0.95, 0.95])
# How far each may be off at the start, so that the search takes even steps.
SCALE = np.array([0.05, 0.02, 0.02, 0.01, 0.02, 0.05, 0.02])
# Of a difference that stands for a slope, in these.
STEP = 1e-2
STARTS = [(momentum, pull) for momentum in (-0.2, 0.1, 0.4) for pull in (0.01, 0.1)]


class Filtered(NamedTuple):
    """What each day brought beyond what was expected of it.

    surprises, variances (Array): In log units; shape (days,).
    """

    surprises: Array
    variances: Array


def to_point(prices: PriceSettings) -> Array:
    """Parameters as the search has them, shape (7,)."""
    p = prices
    tail = 1 / min(p.tail, 1 / LOWEST[4])
    return np.array(
        [np.log(p.noise), p.alarm, p.fear, p.persistence, tail, p.momentum, p.pull]
    )


def from_point(point: Array) -> PriceSettings:
    """The same as settings, within what these allow."""
    inside = np.clip(point, LOWEST, HIGHEST).tolist()
    noise, alarm, fear, persistence, tail, momentum, pull = inside
    return PriceSettings(
        noise=float(np.exp(noise)),
        alarm=alarm,
        fear=fear,
        memory=max(persistence - alarm - fear / 2, 0.0),
        tail=1 / tail,
        momentum=momentum,
        pull=pull,
    )


def to_errors(spread: Array, prices: PriceSettings) -> dict[str, float]:
    """Standard errors of the settings, from the covariance of a point, shape (7, 7)."""
    parts = np.sqrt(np.diag(spread)).tolist()
    # Memory is persistence, less alarm and half of fear.
    memory = np.array([0, -1, -0.5, 1, 0, 0, 0])
    return {
        "noise": prices.noise * parts[0],
        "alarm": parts[1],
        "fear": parts[2],
        "memory": float(np.sqrt(memory @ spread @ memory)),
        "tail": prices.tail**2 * parts[4],
        "momentum": parts[5],
        "pull": parts[6],
    }


def filter_returns(returns: list[float], point: Array) -> Filtered:
    """Expect each day from those before it.

    The value that prices are pulled to is not seen: a Kalman filter follows how far it
    lies above the price, and variance moves by the part of a day that is held to be
    news (Harvey, Ruiz and Sentana 1992).
    """
    log_noise, alarm, fear, persistence, _, momentum, pull = point.tolist()
    base = float(np.exp(2 * log_noise))
    memory = max(persistence - alarm - fear / 2, 0.0)
    constant, most, drift = base * (1 - persistence), MOST * base, base * DRIFT**2
    unsure = news = base
    away = trend = 0.0
    surprises, variances = [], []
    for moved in returns:
        # Before the day is seen: where the value may lie, what the day may bring.
        unsure += drift
        surprise = moved - pull * away - momentum * trend
        hidden = pull * pull * unsure
        total = hidden + news
        surprises.append(surprise)
        variances.append(total)
        share = news / total
        away += pull * unsure / total * surprise - moved
        unsure *= share
        trend += TREND * (moved - trend)
        known = surprise * share
        weight = alarm + (fear if surprise < 0 else 0.0)
        rest = (alarm + fear / 2) * hidden * share
        news = constant + weight * known * known + rest + memory * news
        if news > most:
            news = most
    return Filtered(np.array(surprises), np.array(variances))


def log_likelihood(returns: list[float], point: Array) -> Array:
    """Of each day, by Student's t; shape (days,)."""
    surprises, variances = filter_returns(returns, point)
    tail = 1 / point[4]
    constant = gammaln((tail + 1) / 2) - gammaln(tail / 2)
    scaled = surprises**2 / (variances * (tail - 2))
    spread = np.log(np.pi * (tail - 2) * variances) / 2
    return np.asarray(constant - spread - (tail + 1) / 2 * np.log1p(scaled))


def maximize(returns: list[float], start: PriceSettings) -> Array:
    """The point of the greatest likelihood, from the best of some starts."""

    def cost(point: Array) -> float:
        return -float(log_likelihood(returns, point).mean())

    points = []
    for momentum, pull in STARTS:
        update = {"momentum": momentum, "pull": pull}
        point = to_point(start.model_copy(update=update))
        points.append(np.clip(point, LOWEST, HIGHEST))
    found = minimize(
        lambda scaled: cost(scaled * SCALE),
        min(points, key=cost) / SCALE,
        method="L-BFGS-B",
        bounds=list(zip(LOWEST / SCALE, HIGHEST / SCALE, strict=True)),
        options={"eps": 1e-3, "ftol": 1e-9, "maxiter": 60},
    )
    return np.asarray(found.x * SCALE)


def scores(returns: list[float], point: Array) -> Array:
    """Slope of the log-likelihood of each day in the search's units, (days, 7)."""
    slopes = []
    for place, scale in enumerate(SCALE):
        step = np.zeros(len(SCALE))
        step[place] = STEP * scale
        up, down = (log_likelihood(returns, point + x) for x in (step, -step))
        slopes.append((up - down) / (2 * STEP))
    return np.stack(slopes, axis=1)
