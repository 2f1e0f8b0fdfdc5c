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
    return read_together(path, [column], kind)[0]


def read_together(path: Path, columns: list[str], kind: str = "price") -> list[Array]:
    """Log returns of several columns, on the days on which all have a value.

    RAISES: ValueError that names file, line and mend.
    """
    if kind not in ("price", "return"):
        raise ValueError(f"kind {kind!r}: use price or return")
    values = np.column_stack([_read_values(path, column) for column in columns])
    values = values[~np.isnan(values).any(axis=1)]
    names = ", ".join(columns)
    least = values.min() if values.size else 1.0
    if kind == "price":
        if least <= 0:
            raise ValueError(f"{path}: {names}: prices are above 0")
        returns = np.diff(np.log(values), axis=0)
    else:
        if least <= -1:
            raise ValueError(
                f"{path}: {names}: a return of -1 or less; give shares, not percent"
            )
        returns = np.log1p(values)
    if len(returns) < LEAST:
        raise ValueError(
            f"{path}: {len(returns)} returns of days on which {names} has a value; "
            f"what is fitted or compared needs {LEAST} or more"
        )
    return [np.asarray(one, dtype=np.float64) for one in returns.T]


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
