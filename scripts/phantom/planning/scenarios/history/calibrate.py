"""Parameters of prices from a series, by the method of simulated moments."""

import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from phantom.planning.scenarios.history.likelihood import (
    HIGHEST,
    LOWEST,
    SCALE,
    from_point,
    maximize,
    scores,
    to_errors,
)
from phantom.planning.scenarios.history.moments import (
    autocorrelation,
    cross_correlation,
)
from phantom.planning.scenarios.market.prices import (
    draw_surprises,
    follow,
    simulate_returns,
)
from phantom.planning.scenarios.market.settings import PriceSettings

Array = np.ndarray[Any, np.dtype[np.float64]]
# Simulated days for each day of history, and the fewest and most of them.
REPLICAS = 10
FEWEST, LONGEST = 100_000, 500_000
# Steps towards the point whose simulations have the scores of history.
ROUNDS = 3
# Series whose moments say how far off the fit is.
DRAWN = 40
LAGS = (1, 2, 3, 4, 5, 7, 10)
SPANS = (10, 40, 120)
# Books of their own keep the returns of shares from going together more than this.
MOST_ALIKE = 0.6
# arch wants returns in percent: unscaled ones end where the search begins.
PERCENT = 100.0


class Calibrated(NamedTuple):
    """prices (PriceSettings): As fitted.

    errors (Dict[str, float]): Standard error of each parameter, as far as known.
    distance (float): Of simulated and historical moments, in their standard
        deviations, squared and summed; about their number (10) if all fits.
    """

    prices: PriceSettings
    errors: dict[str, float]
    distance: float


def calibrate(
    returns: Array, seed: int = 0, together: Sequence[Array] = ()
) -> Calibrated:
    """Fit the kernel of the market to log returns.

    The moments are the scores of an auxiliary likelihood (efficient method of moments,
    Gallant and Tauchen 1996): those of simulated series shall be those of history at
    the point that fits history best, weighted by their covariance. Its search starts
    at a GJR-GARCH(1,1,1) with t errors (package arch). The standard deviation is that
    of history.

    together (Sequence[Array]): Log returns of several series of the same days, whose
        correlation shares shall have.
    RAISES: ValueError if the volatility does not converge.
    """
    history = (returns - returns.mean()).tolist()
    auxiliary = maximize(history, fit_volatility(returns))
    wanted = scores(history, auxiliary).mean(axis=0)
    days = min(max(REPLICAS * len(history), FEWEST), LONGEST)
    point: Array = auxiliary
    inverse: Array = np.eye(len(auxiliary))
    for _ in range(ROUNDS):
        # The same chances each time, so that only the point makes a difference.
        simulated = simulate_returns(from_point(point), days, seed)
        found = scores(simulated.tolist(), auxiliary)
        inverse = np.asarray(np.linalg.pinv(found.T @ found / days, hermitian=True))
        away = inverse @ (found.mean(axis=0) - wanted)
        point = np.clip(point - away * SCALE, LOWEST, HIGHEST)
    fitted = from_point(point)
    update = {"noise": fitted.noise * _match_spread(returns, fitted, days, seed)}
    if len(together) > 1:
        update["together"] = float(np.clip(cross_correlation(together), 0, MOST_ALIKE))
    fitted = fitted.model_copy(update=update)
    spread = inverse * (1 / len(history) + 1 / days)
    errors = to_errors(spread * np.outer(SCALE, SCALE), fitted)
    return Calibrated(fitted, errors, measure_distance(returns, fitted, seed))


def _match_spread(returns: Array, fitted: PriceSettings, days: int, seed: int) -> float:
    """By what the noise is multiplied for the standard deviation of history."""
    surprises, drift = draw_surprises(fitted, days, seed)
    made = follow(surprises, drift, fitted.momentum, fitted.pull)
    # Variance of news is known; that of a sample with fat tails hardly is.
    grows = float(made.std() / surprises.std())
    return float(returns.std()) / (grows * fitted.noise)


def measure_distance(returns: Array, fitted: PriceSettings, seed: int) -> float:
    """How far autocorrelations and variance ratios of simulations are from history."""
    drawn = [simulate_returns(fitted, len(returns), seed + i) for i in range(DRAWN)]
    made = np.array([moments(one) for one in drawn])
    away = made.mean(axis=0) - moments(returns)
    return float(away @ np.linalg.inv(np.cov(made.T)) @ away)


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
