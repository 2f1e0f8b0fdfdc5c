"""Parameters of prices from a series: volatility by GJR-GARCH, the rest by moments."""

import warnings
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize

from phantom.planning.scenarios.history.moments import autocorrelation
from phantom.planning.scenarios.market.prices import (
    draw_surprises,
    follow,
    simulate_returns,
)
from phantom.planning.scenarios.market.settings import PriceSettings

Array = np.ndarray[Any, np.dtype[np.float64]]
# Simulated days per day of history, in so many series.
REPLICAS = 5
# Series whose moments say how much each of these counts.
DRAWN = 40
# Days of the series that the volatility is fitted to once more.
LONGEST = 100_000
LAGS = (1, 2, 3, 4, 5, 7, 10)
SPANS = (10, 40, 120)
# Least and most of momentum and pull.
BOUNDS = (np.array([-0.95, 0.0]), np.array([0.95, 0.95]))
# arch wants returns in percent: unscaled ones end where the search begins.
PERCENT = 100.0


class Calibrated(NamedTuple):
    """prices (PriceSettings): As fitted. distance (float): Of simulated and historical
    moments, in their standard deviations, squared and summed."""

    prices: PriceSettings
    distance: float


def calibrate(returns: Array, seed: int = 0) -> Calibrated:
    """Fit the kernel of the market to log returns.

    Alarm, fear, memory and tail are those of a GJR-GARCH(1,1,1) with t errors, by
    maximum likelihood (package arch). Momentum and pull are found by the method of
    simulated moments (McFadden 1989): autocorrelations and variance ratios, weighted
    by their covariance over simulations; noise follows from the standard deviation.
    Alarm, fear and tail are then corrected by what the fit makes of a simulated series
    (indirect inference, Gourieroux et al. 1993).

    RAISES: ValueError if the fit does not converge.
    """
    first = fit_volatility(returns)
    momentum, pull, _ = _fit_lean(returns, first, seed)
    leaning = first.model_copy(update={"momentum": momentum, "pull": pull})
    # What the fit makes of a series with these parameters, and so what it gets wrong.
    days = min(REPLICAS * len(returns), LONGEST)
    again = fit_volatility(simulate_returns(leaning, days, seed + 1_000))
    update = {}
    for name in ("alarm", "fear", "tail"):
        made, known = getattr(again, name), getattr(first, name)
        factor = np.clip(known / made, 0.7, 1.4) if made > 0.01 else 1.0
        update[name] = known * float(factor)
    level = first.persistence - update["alarm"] - update["fear"] / 2
    fitted = first.model_copy(update={**update, "memory": max(level, 0.0)})
    momentum, pull, far = _fit_lean(returns, fitted, seed)
    drawn = [draw_surprises(fitted, len(returns), seed + i) for i in range(REPLICAS)]
    made = np.mean([follow(*pair, momentum, pull).std() for pair in drawn])
    noise = fitted.noise * float(returns.std() / made)
    lean = {"momentum": momentum, "pull": pull, "noise": noise}
    return Calibrated(fitted.model_copy(update=lean), far)


def _fit_lean(
    returns: Array, fitted: PriceSettings, seed: int
) -> tuple[float, float, float]:
    """Momentum and pull by simulated moments, and how far off they stay."""
    wanted = moments(returns)
    drawn = [draw_surprises(fitted, len(returns), seed + i) for i in range(DRAWN)]
    start = np.array([0.1, 0.03])
    made = np.array([moments(follow(*pair, *start.tolist())) for pair in drawn])
    weights = np.linalg.inv(np.cov(made.T) * (1 + 1 / REPLICAS))

    def distance(point: Array) -> float:
        momentum, pull = np.clip(point, *BOUNDS).tolist()
        series = [follow(*pair, momentum, pull) for pair in drawn[:REPLICAS]]
        away = np.mean([moments(one) for one in series], axis=0) - wanted
        outside = float(np.abs(point - np.clip(point, *BOUNDS)).sum())
        return float(away @ weights @ away) + 1_000 * outside

    simplex = np.array([start, [0.4, 0.03], [0.1, 0.15]])
    options = {"initial_simplex": simplex, "xatol": 1e-3, "fatol": 1e-2, "maxfev": 80}
    found = minimize(distance, start, method="Nelder-Mead", options=options)
    momentum, pull = np.clip(found.x, *BOUNDS).tolist()
    return momentum, pull, float(found.fun)


def fit_volatility(returns: Array) -> PriceSettings:
    """GJR-GARCH(1,1,1) with t errors; momentum and pull are left at 0."""
    try:
        from arch import arch_model
    except ModuleNotFoundError:
        raise ValueError(
            "fitting needs arch: pip install 'spacy-phantom[simulate]'"
        ) from None
    model = arch_model(
        PERCENT * returns, mean="AR", lags=2, p=1, o=1, q=1, dist="t", rescale=False
    )
    with warnings.catch_warnings():
        # It warns where it fails, too, which is asked for below.
        warnings.simplefilter("ignore")
        result = model.fit(disp="off")
    if result.convergence_flag != 0:
        raise ValueError(
            "the volatility of this series could not be fitted (no convergence); give "
            "a longer one, of daily returns"
        )
    found = {key: float(result.params[key]) for key in ("alpha[1]", "gamma[1]")}
    beta, nu = float(result.params["beta[1]"]), float(result.params["nu"])
    alarm, fear = max(found["alpha[1]"], 0.0), max(found["gamma[1]"], 0.0)
    persistence = min(alarm + fear / 2 + beta, 0.995)
    noise = (float(result.params["omega"]) / (1 - persistence)) ** 0.5 / PERCENT
    return PriceSettings(
        noise=noise,
        alarm=alarm,
        fear=fear,
        memory=min(beta, 0.995 - alarm - fear / 2),
        tail=float(np.clip(nu, 2.1, 100)),
        momentum=0.0,
        pull=0.0,
    )


def moments(returns: Array) -> Array:
    """Autocorrelations, and variance ratios of longer spans (1 for a random walk)."""
    path = np.concatenate([[0.0], np.cumsum(returns - returns.mean())])
    variance = returns.var()
    ratios = [np.var(path[n:] - path[:-n]) / (n * variance) for n in SPANS]
    return np.array([*(autocorrelation(returns, lag) for lag in LAGS), *ratios])
