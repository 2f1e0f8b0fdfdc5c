"""A Gaussian copula: each column as it is, joined by correlations of normal scores."""

from typing import Any

import numpy as np
from scipy.stats import norm

from phantom.planning.scenarios.generative.encoding import Block, TableEncoder

_LEAST = 1e-6


class GaussianCopula:
    """The plain model that the others are compared with.

    A category is a normal score cut into ranges, one per value.

    encoder (TableEncoder): Whose matrices it is fitted to.
    """

    def __init__(self, encoder: TableEncoder, seed: int) -> None:
        self.blocks = encoder.blocks
        self.width = encoder.width
        self.chance = np.random.default_rng(seed)
        self.cuts: dict[int, Any] = {}
        self.root: Any = None

    def fit(self, matrix: Any) -> None:
        """matrix (Array): Shape (rows, width)."""
        scores = np.column_stack([self._score(b, matrix) for b in self.blocks])
        scores = np.where(scores.std(axis=0) > 0, scores, 0.0)
        spread = np.cov(scores, rowvar=False).reshape(len(self.blocks), -1)
        scale = np.sqrt(np.maximum(np.diag(spread), _LEAST))
        values, vectors = np.linalg.eigh(spread / np.outer(scale, scale))
        self.root = vectors * np.sqrt(np.maximum(values, 0))

    def sample(self, rows: int) -> Any:
        """RETURNS (Array): Shape (rows, width)."""
        draws = self.chance.standard_normal((rows, len(self.blocks))) @ self.root.T
        matrix = np.zeros((rows, self.width), dtype=np.float32)
        for i, block in enumerate(self.blocks):
            if block.kind == "number":
                matrix[:, block.start] = draws[:, i]
                continue
            place = np.searchsorted(self.cuts[block.start][1:-1], norm.cdf(draws[:, i]))
            matrix[np.arange(rows), block.start + place] = 1.0
        return matrix

    def _score(self, block: Block, matrix: Any) -> Any:
        part = matrix[:, block.start : block.stop]
        if block.kind == "number":
            return part[:, 0].astype(np.float64)
        ends = np.concatenate([[0.0], np.cumsum(part.mean(axis=0))])
        self.cuts[block.start] = ends
        place = part.argmax(axis=1)
        at = self.chance.uniform(ends[place], ends[place + 1])
        return norm.ppf(np.clip(at, _LEAST, 1 - _LEAST))
