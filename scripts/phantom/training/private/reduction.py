"""Fewer, evenly scaled features, learned from public text: noise has less to hide."""

from typing import Any

import numpy as np

# Of the mean variance: directions with hardly any are not blown up to noise.
_RIDGE = 0.05


class Reduction:
    """Principal components of features, whitened; an affine map.

    rows (Array): Features of text that nobody's privacy hangs on, (n, inputs).
    size (int): Components to keep, at most.
    """

    def __init__(self, rows: Any, size: int) -> None:
        rows = rows.astype("float64")
        self.mean = rows.mean(axis=0)
        spread = np.cov(rows - self.mean, rowvar=False)
        values, vectors = np.linalg.eigh(spread)
        values, vectors = values[::-1][:size], vectors[:, ::-1][:, :size]
        scale = np.sqrt(np.maximum(values, 0) + _RIDGE * spread.trace() / len(spread))
        self.matrix = vectors / scale

    @property
    def size(self) -> int:
        """How many components there are."""
        return int(self.matrix.shape[1])

    def apply(self, rows: Any) -> Any:
        """Components, float16, shape (n, size)."""
        return ((rows - self.mean) @ self.matrix).astype("float16")

    def undo(self, weight: Any, bias: Any) -> tuple[Any, Any]:
        """A layer on components as the same layer on features.

        weight (Array): Shape (outputs, size). bias (Array): Shape (outputs,).
        RETURNS (Tuple[Array, Array]): Shapes (outputs, inputs) and (outputs,), float32.
        """
        whole = weight.astype("float64") @ self.matrix.T
        return whole.astype("float32"), (bias - whole @ self.mean).astype("float32")

    def redo(self, weight: Any, bias: Any) -> tuple[Any, Any]:
        """A layer on features as the same layer on components, if all are kept.

        weight (Array): Shape (outputs, inputs). bias (Array): Shape (outputs,).
        RETURNS (Tuple[Array, Array]): Shapes (outputs, size) and (outputs,), float32.
        """
        whole = weight.astype("float64")
        inverse = np.linalg.pinv(self.matrix)
        return (
            (whole @ inverse.T).astype("float32"),
            (bias + whole @ self.mean).astype("float32"),
        )
