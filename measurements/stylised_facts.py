"""Stylised facts of the market beside the shipped series, by seed.

python measurements/stylised_facts.py --seeds 10
"""

import argparse
import json
from pathlib import Path

import numpy as np

from phantom.packs.pack import load_pack
from phantom.planning.scenarios.base import World
from phantom.planning.scenarios.history.moments import (
    StylisedFact,
    compare,
    compare_cross,
)
from phantom.planning.scenarios.history.series import read_returns, read_together
from phantom.planning.scenarios.market.scenario import open_market

PACK = Path(__file__).resolve().parents[1] / "assets" / "domains" / "finance"
SERIES = PACK / "scenarios" / "energy.csv"
COLUMNS = ["wti", "brent", "gas"]


def measure(seed: int) -> list[StylisedFact]:
    """The table of one run of the pack's market."""
    market = open_market(World(load_pack(PACK), seed))
    market.run()
    closes = np.array(market.closes)
    listed = [firm.number for firm in market.firms if firm.listed]
    returns = [np.diff(np.log(closes[:, number])) for number in listed]
    rows = compare(read_returns(SERIES, COLUMNS[0]), returns)
    return [*rows, compare_cross(read_together(SERIES, COLUMNS), returns)]


def main() -> None:
    """Print for each fact in how many runs it has its sign and is in the interval."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    given = parser.parse_args()
    runs = [measure(seed) for seed in range(given.seeds)]
    for rows in zip(*runs, strict=True):
        found = sorted(row.simulated for row in rows)
        first = rows[0]
        row = {
            "fact": first.name,
            "history": round(first.history, 3),
            "interval": [round(first.low, 3), round(first.high, 3)],
            "seed 0": round(first.simulated, 3),
            "least, median, most": [
                round(float(x), 3) for x in (found[0], np.median(found), found[-1])
            ],
            "within": sum(row.inside for row in rows),
            "right sign": sum(row.right_sign for row in rows),
            "runs": given.seeds,
        }
        print(json.dumps(row))


if __name__ == "__main__":
    main()
