"""Groups of documents from a file of the user's."""

import csv
import json
from pathlib import Path

from phantom.jsonl import read_lines

ID = "id"


def read_metadata(path: Path) -> dict[str, dict[str, str]]:
    """Read groups by dimension, by record id.

    path (Path): A table with a header (.csv, .tsv), or JSON lines of flat objects.
        The column `id` names the record, each other is a dimension; an empty cell says
        nothing.
    RAISES: ValueError with `path:line`.
    """
    found: dict[str, dict[str, str]] = {}
    for line, row in _rows(path):
        name = row.pop(ID, None)
        if not name:
            raise ValueError(f"{path}:{line}: no {ID!r}; it names the record of a row")
        if str(name) in found:
            raise ValueError(f"{path}:{line}: the id {name!r} is there twice")
        nested = [key for key, value in row.items() if isinstance(value, (dict, list))]
        if nested:
            raise ValueError(f"{path}:{line}: {nested[0]}: give one value, no list")
        found[str(name)] = {
            key: str(value).strip()
            for key, value in row.items()
            if key and value is not None and str(value).strip()
        }
    if not found:
        raise ValueError(f"{path}: no rows in it")
    return found


def _rows(path: Path) -> list[tuple[int, dict]]:
    lines = list(read_lines(path))
    if path.suffix in (".csv", ".tsv"):
        reader = csv.DictReader(lines, delimiter="\t" if path.suffix == ".tsv" else ",")
        return [(reader.line_num, dict(row)) for row in reader]
    if path.suffix != ".jsonl":
        raise ValueError(f"{path}: give a .jsonl, .csv or .tsv file")
    rows = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise ValueError(f"{path}:{number}: not valid JSON: {error}") from None
        if not isinstance(row, dict):
            raise ValueError(f"{path}:{number}: give an object in each line")
        rows.append((number, row))
    return rows
