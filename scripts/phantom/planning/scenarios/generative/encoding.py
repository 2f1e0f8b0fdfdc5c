"""Columns as a matrix for a model, and back: normal scores and one-hot categories."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.preprocessing import QuantileTransformer

from phantom.planning.scenarios.generative.columns import Column, Columns

# Beyond it lies one value in a thousand; an edge of the table is no far outlier.
_EDGE = 3.1


@dataclass(frozen=True)
class Block:
    """Where a part of the matrix stands. column (str): What it is made from.

    kind (str): "number" is one normal score, "category" one column per value.
    values (Tuple[str, ...]): Of a category; "" is missing.
    """

    column: str
    kind: str
    start: int
    values: tuple[str, ...] = ()

    @property
    def stop(self) -> int:
        """The column of the matrix behind it."""
        return self.start + max(1, len(self.values))


class TableEncoder:
    """Turns tables like one table into matrices.

    Numbers become normal scores by their quantiles, with a category beside them that
    says whether they are missing.

    table (Columns): The one to learn from.
    """

    def __init__(self, table: Columns) -> None:
        self.template = {c.name: c.take(np.arange(0)) for c in table.columns}
        self.blocks: list[Block] = []
        self.scalers: dict[str, QuantileTransformer] = {}
        for column in table.columns:
            if column.numeric:
                filled = column.values[~column.missing].reshape(-1, 1)
                scaler = QuantileTransformer(
                    output_distribution="normal",
                    n_quantiles=min(1_000, len(filled)),
                    subsample=None,
                )
                self.scalers[column.name] = scaler.fit(filled)
                self._add(column.name, "number")
                if column.missing.any():
                    self._add(column.name, "category", ("there", ""))
            else:
                self._add(column.name, "category", tuple(sorted(set(column.values))))

    @property
    def width(self) -> int:
        """Columns of a matrix."""
        return self.blocks[-1].stop

    def encode(self, table: Columns) -> Any:
        """A matrix of shape (rows, width); a number that is missing becomes 0."""
        matrix = np.zeros((len(table), self.width), dtype=np.float32)
        for block in self.blocks:
            column = table[block.column]
            if block.kind == "number":
                filled = ~column.missing
                scores = self.scalers[block.column].transform(
                    column.values[filled].reshape(-1, 1)
                )
                matrix[filled, block.start] = np.clip(scores[:, 0], -_EDGE, _EDGE)
                continue
            cells = column.values
            if column.numeric:
                cells = np.where(column.missing, "", "there")
            for i, value in enumerate(block.values):
                matrix[cells == value, block.start + i] = 1.0
        return matrix

    def decode(self, matrix: Any) -> Columns:
        """A table of a matrix: of each category the value with the most weight."""
        found: dict[str, Column] = {}
        for block in self.blocks:
            like = self.template[block.column]
            part = matrix[:, block.start : block.stop]
            if block.kind == "number":
                scores = np.clip(part, -_EDGE, _EDGE).astype(np.float64)
                values = self.scalers[block.column].inverse_transform(scores)[:, 0]
                # The edge stands for the end of the table.
                values = np.round(values, like.decimals)
            elif like.numeric:
                gone = part.argmax(axis=1) == block.values.index("")
                values = np.where(gone, np.nan, found[block.column].values)
            else:
                kinds = np.array(block.values, dtype=object)
                values = kinds[part.argmax(axis=1)]
            found[block.column] = Column(like.name, values, like.numeric, like.decimals)
        return Columns(tuple(found[name] for name in self.template))

    def _add(self, column: str, kind: str, values: tuple[str, ...] = ()) -> None:
        start = self.blocks[-1].stop if self.blocks else 0
        self.blocks.append(Block(column, kind, start, values))
