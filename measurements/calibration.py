"""How well `calibrate` finds known parameters, by the length of the series.

    python measurements/calibration.py --days 2500 10000 30000 --seeds 10

Series are simulated with the parameters below, and fitted as a user's are. `bound` is
the standard error that the fit itself states, in percent of the parameter.
"""

import argparse
import json
import time

import numpy as np

from phantom.planning.scenarios.history.calibrate import calibrate
from phantom.planning.scenarios.market.prices import simulate_returns
from phantom.planning.scenarios.market.settings import PriceSettings

KNOWN = PriceSettings(
    noise=0.012, alarm=0.08, fear=0.18, memory=0.74, tail=6, momentum=0.5, pull=0.12
)
# What one series of prices fixes.
NAMES = ("noise", "alarm", "fear", "memory", "tail", "momentum", "pull")


def measure(days: int, seeds: int) -> dict[str, object]:
    """One row: errors in percent of the parameter, over series of so many days."""
    away, stated = [], []
    start = time.process_time()
    for seed in range(1, seeds + 1):
        fitted = calibrate(simulate_returns(KNOWN, days, seed), seed)
        known = [getattr(KNOWN, name) for name in NAMES]
        found = [getattr(fitted.prices, name) for name in NAMES]
        away.append(100 * (np.array(found) / known - 1))
        stated.append([100 * fitted.errors[n] / getattr(KNOWN, n) for n in NAMES])
    errors = np.array(away)

    def by_name(values: np.ndarray) -> dict[str, float]:
        return {n: round(float(v), 1) for n, v in zip(NAMES, values, strict=True)}

    return {
        "days": days,
        "series": seeds,
        "root mean square error": by_name(np.sqrt((errors**2).mean(axis=0))),
        "mean error": by_name(errors.mean(axis=0)),
        "bound": by_name(np.mean(stated, axis=0)),
        "within 10%": by_name(100 * (np.abs(errors) <= 10).mean(axis=0)),
        "all within 10%": int((np.abs(errors) <= 10).all(axis=1).sum()),
        "CPU seconds of a fit": round((time.process_time() - start) / seeds, 1),
    }


def main() -> None:
    """Print a row for each length."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, nargs="*", default=[2_500, 10_000, 30_000])
    parser.add_argument("--seeds", type=int, default=10)
    given = parser.parse_args()
    for days in given.days:
        print(json.dumps(measure(days, given.seeds)), flush=True)


if __name__ == "__main__":
    main()
