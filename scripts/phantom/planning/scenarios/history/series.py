"""A user's series of prices or returns, from CSV or Parquet."""

import csv
from pathlib import Path
from typing import Any

import numpy as np

from phantom.jsonl import read_lines

Array = np.ndarray[Any, np.dtype[np.float64]]
LEAST = 250


def read_returns(path: Path, column: str, kind: str = "price") -> Array:
    """Log returns of a column; rows without a value are passed over.

    path (Path): .csv, .csv.gz, .tsv or .parquet, oldest row first.
    kind (str): "price", or "return" for simple returns.
    RAISES: ValueError that names file, line and mend.
    """
    if kind not in ("price", "return"):
        raise ValueError(f"kind {kind!r}: use price or return")
    values = _read_values(path, column)
    values = values[~np.isnan(values)]
    if kind == "price":
        if values.size and values.min() <= 0:
            raise ValueError(f"{path}: {column}: prices are above 0")
        returns = np.diff(np.log(values))
    else:
        if values.size and values.min() <= -1:
            raise ValueError(
                f"{path}: {column}: a return of -1 or less; give shares, not percent"
            )
        returns = np.log1p(values)
    if len(returns) < LEAST:
        raise ValueError(
            f"{path}: {len(returns)} returns; what is fitted needs {LEAST} or more"
        )
    return np.asarray(returns, dtype=np.float64)


def read_together(path: Path, columns: list[str]) -> list[Array]:
    """Log returns of several columns of prices, on the days on which all have one.

    RAISES: ValueError that names file, line and mend.
    """
    prices = np.column_stack([_read_values(path, column) for column in columns])
    prices = prices[~np.isnan(prices).any(axis=1)]
    if prices.size and prices.min() <= 0:
        raise ValueError(f"{path}: {', '.join(columns)}: prices are above 0")
    if len(prices) <= LEAST:
        raise ValueError(
            f"{path}: {len(prices)} days on which {', '.join(columns)} have a price; "
            f"what is compared needs more than {LEAST}"
        )
    return list(np.diff(np.log(prices), axis=0).T)


def _read_values(path: Path, column: str) -> Array:
    """One value for each row, nan where it has none."""
    if path.suffix == ".parquet":
        return _read_parquet(path, column)
    return _read_csv(path, column)


def _read_csv(path: Path, column: str) -> Array:
    delimiter = "\t" if ".tsv" in path.suffixes else ","
    reader = csv.DictReader(read_lines(path), delimiter=delimiter)
    if column not in (reader.fieldnames or []):
        names = ", ".join(reader.fieldnames or []) or "none"
        raise ValueError(f"{path}:1: no column {column!r}; the header has {names}")
    values = []
    for row in reader:
        cell = (row[column] or "").strip()
        try:
            values.append(float(cell) if cell else np.nan)
        except ValueError:
            raise ValueError(
                f"{path}:{reader.line_num}: {column}: {cell!r} is no number"
            ) from None
    return np.array(values, dtype=np.float64)


def _read_parquet(path: Path, column: str) -> Array:
    try:
        from pyarrow import parquet
    except ModuleNotFoundError:
        raise ValueError(
            f"{path}: Parquet needs pyarrow: pip install pyarrow, or give a .csv"
        ) from None
    names = parquet.read_schema(path).names
    if column not in names:
        raise ValueError(f"{path}: no column {column!r}; it has {', '.join(names)}")
    table = parquet.read_table(path, columns=[column])
    values = table.column(column).to_numpy(zero_copy_only=False)
    return np.asarray(values, dtype=np.float64)
