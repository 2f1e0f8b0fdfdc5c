"""What a forest makes of rows that stand close to single real ones."""

import numpy as np
import pytest

from phantom.planning.scenarios.generative.columns import Column, Columns
from phantom.planning.scenarios.generative.quality import NEAR_COPIES, detect


@pytest.mark.slow
def test_near_copies_are_taken_for_their_rows() -> None:
    rows = np.random.default_rng(0).normal(size=(8, 120))

    def table(values: "np.typing.NDArray[np.float64]") -> Columns:
        return Columns(tuple(Column(f"x{i}", v, True, 3) for i, v in enumerate(values)))

    assert detect(table(rows), table(rows + 0.01), seed=0) < NEAR_COPIES
