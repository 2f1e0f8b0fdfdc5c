"""What differential privacy costs made rows: TSTR of a private VAE over epsilon.

    python measurements/private_tables.py

Half of a table is held out; the VAE learns from the other half by DP-SGD, and a random
forest that is trained on the rows that it makes predicts the target of the held-out
half ("inf" is the plain VAE of `synthesize` on the same columns, "real" is trained on
the rows themselves). Ranges are declared as the ends of the whole table: those of
scikit-learn's tables are public. "made" is drawn by make_classification. "gain" is
attribute inference: by how much the target of people that rows were made of is guessed
more often than that of the held-out half, by an attacker who has the rows.
"""

import argparse
import json
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn.datasets import load_breast_cancer, make_classification
from synthetic_tables import split

from phantom.attacks.attributes import infer_attribute
from phantom.planning.scenarios.generative.columns import Columns, make_column
from phantom.planning.scenarios.generative.declared import DeclaredTable
from phantom.planning.scenarios.generative.fit import ModelSettings, make_rows
from phantom.planning.scenarios.generative.private import (
    PrivateVae,
    make_private_rows,
    plan_mechanisms,
)
from phantom.planning.scenarios.generative.quality import measure_quality


def read_table(name: str) -> Columns:
    """A table whose last column, a category, is its target."""
    if name == "made":
        values, target = make_classification(
            n_samples=20_000, n_features=8, n_informative=5, flip_y=0.05, random_state=3
        )
        names = [f"x{i}" for i in range(values.shape[1])]
    else:
        bunch = load_breast_cancer()
        # The ten means; the other twenty say much the same.
        values, target = bunch.data[:, :10], bunch.target
        names = list(map(str, bunch.feature_names[:10]))
    cells = np.column_stack([values, target])
    return Columns(
        tuple(
            make_column(n, [f"{x:.6g}" for x in cells[:, i]])
            for i, n in enumerate([*names, "target"])
        )
    )


def declare(table: Columns) -> DeclaredTable:
    """The ends and the values of a public table."""
    columns: dict[str, Any] = {}
    for column in table.columns:
        if column.numeric:
            low, high = float(column.values.min()), float(column.values.max())
            columns[column.name] = {"low": low, "high": high, "decimals": 4}
        else:
            columns[column.name] = {"values": sorted(set(column.values))}
    return DeclaredTable.model_validate({"columns": columns, "condition": "target"})


def compare(
    name: str, epsilons: list[float], steps: int, seed: int
) -> Iterator[dict[str, Any]]:
    """A row for each epsilon."""
    whole = read_table(name)
    train, test = split(whole, seed)
    declared, settings = declare(whole), PrivateVae(steps=steps)
    for epsilon in epsilons:
        start = time.process_time()
        if epsilon == float("inf"):
            made = make_rows(train, ModelSettings(steps=2_000), len(train), seed)
        else:
            plan = plan_mechanisms(declared, epsilon, 1e-5, settings)
            made = make_private_rows(train, declared, plan, settings, len(train), seed)
        seconds = time.process_time() - start
        found = measure_quality(train, made, test, "target", seed)
        attack = infer_attribute(made, train, test, "target", seed=seed)
        yield {
            "table": name,
            "units": len(train),
            "epsilon": epsilon,
            "seed": seed,
            "marginals": round(
                float(np.mean([m.distance for m in found.marginals])), 3
            ),
            "TRTR": round(100 * (found.real or 0.0), 1),
            "TSTR": round(100 * (found.synthetic or 0.0), 1),
            "gain": attack.gain,
            "gain from": attack.low,
            "gain to": attack.high,
            "CPU seconds": round(seconds, 1),
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", nargs="*", default=["breast cancer", "made"])
    parser.add_argument("--epsilons", type=float, nargs="*", default=[])
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args()
    epsilons = given.epsilons or [1.0, 2.0, 4.0, 8.0, float("inf")]
    for name in given.tables:
        for seed in range(1, given.seeds + 1):
            for row in compare(name, epsilons, given.steps, seed):
                print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
