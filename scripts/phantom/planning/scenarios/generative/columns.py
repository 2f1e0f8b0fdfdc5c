"""A user's table by columns: numbers, and categories with missing values."""

import csv
import io
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from phantom.planning.scenarios.table import read_rows

# Numbers of so few different values are drawn as categories.
FEW = 12
# More different texts are names or ids, which a model would copy.
_MANY = 50


@dataclass(frozen=True)
class Column:
    """name (str): In the header.

    values (Array): Floats with nan, or strings with "" where it is missing.
    numeric (bool): Whether they are floats.
    decimals (int): Digits after the point, of numbers.
    """

    name: str
    values: Any
    numeric: bool
    decimals: int = 0

    @property
    def missing(self) -> Any:
        """Where there is no value, shape (rows,)."""
        return np.isnan(self.values) if self.numeric else self.values == ""

    def take(self, places: Any) -> "Column":
        """The same column with the rows of these places."""
        return Column(self.name, self.values[places], self.numeric, self.decimals)


@dataclass(frozen=True)
class Columns:
    """A table. columns (Tuple[Column, ...]): All of the same length."""

    columns: tuple[Column, ...]

    def __len__(self) -> int:
        return len(self.columns[0].values)

    def __getitem__(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> list[str]:
        """Of the columns, in order."""
        return [column.name for column in self.columns]

    def take(self, places: Any) -> "Columns":
        """The rows of these places."""
        return Columns(tuple(column.take(places) for column in self.columns))

    def rows(self) -> list[dict[str, str]]:
        """Cells as they are written, one dictionary per row."""
        written = {c.name: _write(c) for c in self.columns}
        return [
            {name: cells[i] for name, cells in written.items()}
            for i in range(len(self))
        ]

    def to_csv(self) -> str:
        """The table as CSV with a header."""
        out = io.StringIO()
        writer = csv.DictWriter(out, self.names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows())
        return out.getvalue()


def read_columns(
    path: Path, leave_out: Collection[str] = (), categories: Collection[str] = ()
) -> Columns:
    """Read a table (.csv, .tsv) and tell numbers from categories.

    leave_out (Collection[str]): Columns that no row shall have, such as names.
    categories (Collection[str]): Columns of numbers that count nothing, such as codes.
    RAISES: ValueError that names a column which holds names, or too few rows.
    """
    if not path.is_file():
        raise ValueError(f"{path}: no such file; give a table (.csv, .tsv)")
    rows = [row for _, row in read_rows(path, {*leave_out, *categories})]
    if len(rows) < 2:
        raise ValueError(f"{path}: {len(rows)} rows; a model needs some to learn from")
    columns = []
    for name in rows[0]:
        if name in leave_out:
            continue
        cells = [row[name] for row in rows]
        column = make_column(name, cells, name in categories)
        kinds = len(set(cells))
        if not column.numeric and kinds > max(_MANY, len(rows) // 10):
            raise ValueError(
                f"{path}: column {name!r} has {kinds:,} different texts, as names "
                "or ids have; a model would only copy them: put it into leave_out"
            )
        columns.append(column)
    return Columns(tuple(columns))


def make_column(name: str, cells: list[str], category: bool = False) -> Column:
    """A column of cells; numbers if all are and there are more than a few."""
    filled = [cell for cell in cells if cell]
    try:
        numbers = [float(cell) for cell in filled]
    except ValueError:
        category = True
    if category or len(set(filled)) <= FEW or not np.isfinite(numbers).all():
        return Column(name, np.array(cells, dtype=object), False)
    decimals = max(len(cell.partition(".")[2]) for cell in filled)
    values = np.array([float(cell) if cell else np.nan for cell in cells])
    return Column(name, values, True, decimals)


def _write(column: Column) -> list[str]:
    if not column.numeric:
        return [str(value) for value in column.values]
    return [
        "" if np.isnan(value) else f"{value:.{column.decimals}f}"
        for value in column.values
    ]
