"""Columns as a person declares them, so that no private row decides on a range."""

from pathlib import Path
from typing import Any, Self

import numpy as np
from pydantic import Field, model_validator

from phantom.packs.pack import read_yaml
from phantom.planning.scenarios.generative.columns import Column, Columns
from phantom.planning.scenarios.generative.encoding import TableEncoder
from phantom.planning.scenarios.table import read_rows
from phantom.records import Record

# Ranges are wider than what is common: the middle three quarters are within one.
_WITHIN = 2.0


class DeclaredColumn(Record):
    """What everybody may know of a column.

    values (Tuple[str, ...]): Of a category; "" among them where it may be missing.
    low, high (Optional[float]): Of a number; what lies beyond is moved to the end.
    decimals (int): Digits after the point, of a number.
    missing (bool): Whether a number may be missing.
    """

    values: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    decimals: int = Field(default=0, ge=0)
    missing: bool = False

    @model_validator(mode="after")
    def _check(self) -> Self:
        has_range = self.low is not None and self.high is not None
        if bool(self.values) == has_range:
            raise ValueError("give either values, or low and high")
        if has_range and not float(self.low or 0) < float(self.high or 0):
            raise ValueError(f"low {self.low} is not below high {self.high}")
        return self


class DeclaredTable(Record):
    """A table without its rows. columns (Dict[str, DeclaredColumn]): In order.

    condition (str): A category that rows are drawn by; "" for none.
    """

    columns: dict[str, DeclaredColumn] = Field(min_length=1)
    condition: str = ""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.condition and not (
            self.condition in self.columns and self.columns[self.condition].values
        ):
            raise ValueError(f"condition {self.condition!r} is no column with values")
        return self


class DeclaredEncoder(TableEncoder):
    """Encodes tables by what is declared of them, and nothing else."""

    def __init__(self, declared: DeclaredTable) -> None:
        self.blocks = []
        self.template, self.scalers = {}, {}
        for name, column in declared.columns.items():
            numeric = not column.values
            empty: Any = np.zeros(0) if numeric else np.zeros(0, dtype=object)
            self.template[name] = Column(name, empty, numeric, column.decimals)
            if not numeric:
                self._add(name, "category", column.values)
                continue
            self.scalers[name] = _Range(column)
            self._add(name, "number")
            if column.missing:
                self._add(name, "category", ("there", ""))


class _Range:
    """A range as numbers around 0; takes the place of a fitted scaler."""

    def __init__(self, column: DeclaredColumn) -> None:
        self.low, self.high = float(column.low or 0), float(column.high or 0)

    def transform(self, values: Any) -> Any:
        share = (np.clip(values, self.low, self.high) - self.low) / self._width
        return _WITHIN * (2 * share - 1)

    def inverse_transform(self, scores: Any) -> Any:
        share = np.clip(scores / _WITHIN + 1, 0, 2) / 2
        return self.low + share * self._width

    @property
    def _width(self) -> float:
        return self.high - self.low


def read_declared(path: Path) -> DeclaredTable:
    """Read a declaration (.yml). RAISES: ValueError that says what does not fit."""
    return read_yaml(path, DeclaredTable)


def read_units(path: Path, declared: DeclaredTable, key: str) -> tuple[Columns, int]:
    """The first row of each unit of a table (.csv, .tsv).

    key (str): The column that says whose a row is.
    RETURNS (Tuple[Columns, int]): The rows, and how many more there were.
    RAISES: ValueError that names the row which has no unit, or a cell that is not as
        declared.
    """
    firsts: dict[str, dict[str, str]] = {}
    more = 0
    for number, row in read_rows(path, {key, *declared.columns}):
        whose = row[key]
        if not whose:
            raise ValueError(
                f"{path}:{number}: column {key!r} does not say whose it is"
            )
        more += whose in firsts
        firsts.setdefault(whose, row)
    rows = list(firsts.values())
    return Columns(
        tuple(_column(path, name, x, rows) for name, x in declared.columns.items())
    ), more


def _column(
    path: Path, name: str, declared: DeclaredColumn, rows: list[dict[str, str]]
) -> Column:
    cells = [row[name] for row in rows]
    if declared.values:
        unknown = set(cells) - set(declared.values)
        if unknown:
            raise ValueError(
                f"{path}: column {name!r} has {min(unknown)!r}, undeclared"
            )
        return Column(name, np.array(cells, dtype=object), False)
    if "" in cells and not declared.missing:
        raise ValueError(f"{path}: column {name!r} has empty cells; declare missing")
    try:
        values = np.array([float(cell) if cell else np.nan for cell in cells])
    except ValueError:
        raise ValueError(
            f"{path}: column {name!r} has cells that are no number"
        ) from None
    return Column(name, values, True, declared.decimals)
