"""What made rows are worth on the medical tables that scikit-learn carries.

    python measurements/synthetic_tables.py

For each table a half is held out; VAE, conditional GAN and a Gaussian copula learn
from the other half, and make as many rows. Scores are those of `synthesize`. Seeds
begin at 1: with seed 0 the width of the VAE was chosen.
"""

import argparse
import json
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes

from phantom.planning.scenarios.generative.columns import Columns, make_column
from phantom.planning.scenarios.generative.fit import (
    MODELS,
    ModelSettings,
    make_rows,
)
from phantom.planning.scenarios.generative.quality import (
    TSTR_TIMES,
    measure_quality,
)

# The target of each; that of breast cancer is a category.
TABLES = {"breast cancer": load_breast_cancer, "diabetes": load_diabetes}


def read_bundled(name: str) -> Columns:
    """A bundled table with its target as the last column, "target"."""
    more = {"scaled": False} if name == "diabetes" else {}
    bunch = TABLES[name](**more)
    cells = np.column_stack([bunch.data, bunch.target])
    names = [*map(str, bunch.feature_names), "target"]
    return Columns(
        tuple(
            make_column(n, [f"{x:.10g}" for x in cells[:, i]])
            for i, n in enumerate(names)
        )
    )


def split(table: Columns, seed: int) -> tuple[Columns, Columns]:
    """A half to learn from, and a half that is held out."""
    order = np.random.default_rng(seed).permutation(len(table))
    return table.take(order[::2]), table.take(order[1::2])


def compare(name: str, steps: int, seed: int) -> Iterator[dict[str, Any]]:
    """A row for each model."""
    train, test = split(read_bundled(name), seed)
    for model in MODELS:
        condition = "" if train["target"].numeric else "target"
        settings = ModelSettings(model=model, steps=steps, condition=condition)
        start = time.process_time()
        made = make_rows(train, settings, TSTR_TIMES * len(train), seed)
        seconds = time.process_time() - start
        found = measure_quality(train, made, test, "target", seed)
        distances = [m.distance for m in found.marginals]
        yield {
            "table": name,
            "model": model,
            "seed": seed,
            "rows": len(train),
            "marginals": round(float(np.mean(distances)), 3),
            "association": round(found.association, 3),
            "detection": round(found.detection, 3),
            "TRTR": round(100 * (found.real or 0.0), 1),
            "TSTR": round(100 * (found.synthetic or 0.0), 1),
            "copied": round(found.copied, 3),
            "CPU seconds": round(seconds, 1),
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--table", choices=TABLES, nargs="*", default=list(TABLES))
    parser.add_argument("--steps", type=int, default=1_000)
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args()
    for name in given.table:
        for seed in range(1, given.seeds + 1):
            for row in compare(name, given.steps, seed):
                print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
