"""Tab-separated tables of a domain pack, as editors and spreadsheets write them."""

import re
from collections import Counter
from collections.abc import Collection, Hashable, Sequence
from functools import lru_cache
from pathlib import Path

from phantom.jsonl import read_lines

# A cell in quotes ends where a quote is followed by the next cell; quotes inside are
# doubled. Any other quote is a character, such as in a pattern or in 5"-cap.
_CELL = re.compile(r'[^\S\t]*"((?:[^"]|"")*)"[^\S\t]*(?=\t|$)|([^\t]*)')
_OPEN = re.compile(r'[^\S\t]*"[^"]*')
# What a spreadsheet makes of a cell that it takes for a formula, or for a date: genes
# such as SEPT2 come out as 2-Sep (Ziemann et al. 2016, doi:10.1186/s13059-016-1044-7).
_SPOILED = re.compile(
    r"=.*|#[A-Z/0]+[!?]|#N/A|#{3,}"
    r"|\d{1,2}-[A-Z][a-z]{2}|[A-Z][a-z]{2}-\d{2}"
)
_INVISIBLE = "\ufeff\u200b\u2060"


def read_table(
    path: Path, columns: Collection[str], filled: Collection[str] = ()
) -> list[dict[str, str]]:
    """Read a tab-separated table with a header.

    Blanks around a cell, of any kind, are no part of it, nor are the quotes that
    spreadsheets put around one; empty rows and cells at the end are passed over.

    columns (Collection[str]): Must all be there.
    filled (Collection[str]): Those in which no cell may be empty, a formula, an error
        or a date of a spreadsheet; blanks inside become single plain ones there.
    RETURNS (List[Dict[str, str]]): One per row.
    RAISES: ValueError with `path:line`.
    """
    if not path.is_file():
        raise ValueError(f"{path}: missing; a domain pack needs this file.")
    about = path.stat()
    version = (about.st_dev, about.st_ino, about.st_mtime_ns, about.st_size)
    rows = _read_version(path, tuple(columns), tuple(filled), version)
    return [dict(row) for row in rows]


# Lexicons are asked for again and again: by each draw that used one up, by each check.
@lru_cache(maxsize=32)
def _read_version(
    path: Path, columns: Sequence[str], filled: Sequence[str], version: Hashable
) -> list[dict[str, str]]:
    """The rows of a file as it stands. version (Hashable): Another if it changed."""
    lines = "".join(read_lines(path)).split("\n")
    while lines and not _strip(lines[-1]):
        lines.pop()
    header = split_cells(lines[0], f"{path}:1") if lines else []
    missing = [column for column in columns if column not in header]
    if missing:
        mark = next((x for x in ";,|" if x in "".join(header)), "")
        remedy = f" Save it with tabs between cells, not {mark!r}." if mark else ""
        raise ValueError(
            f"{path}:1: no column {', '.join(missing)}; the header has "
            f"{', '.join(header) or 'none'}.{remedy}"
        )
    twice = [column for column, count in Counter(header).items() if count > 1]
    if set(twice) & set(columns):
        raise ValueError(f"{path}:1: column {twice[0]} is there twice; keep one.")
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        cells = split_cells(line, f"{path}:{number}", len(header))
        if len(cells) != len(header):
            raise ValueError(
                f"{path}:{number}: {len(cells)} cells, the header has {len(header)}."
            )
        row = dict(zip(header, cells, strict=True))
        for column in filled:
            row[column] = " ".join(row[column].split())
            if not row[column]:
                raise ValueError(
                    f"{path}:{number}: empty {column}; fill it in or delete the row."
                )
            if _SPOILED.fullmatch(row[column]):
                raise ValueError(
                    f"{path}:{number}: {column} is {row[column]!r}, which a "
                    "spreadsheet made of it; write the name again, in a text editor or "
                    "in cells that are formatted as text."
                )
        rows.append(row)
    return rows


def split_cells(line: str, where: str, least: int = 1) -> list[str]:
    """The cells of a line, without blanks and quotes around them.

    where (str): `path:line`, for the error.
    least (int): Empty cells at the end are passed over down to so many.
    RAISES: ValueError if a quote is not closed, as where a name has a line break.
    """
    if '"' not in line:
        cells = [_strip(cell) for cell in line.split("\t")]
    else:
        cells = []
        position = 0
        while position <= len(line):
            match = _CELL.match(line, position)
            assert match is not None  # its second form takes anything
            quoted, plain = match.groups()
            if quoted is None and _OPEN.fullmatch(plain) and match.end() == len(line):
                raise ValueError(
                    f"{where}: the quote before {plain.strip()[1:21]!r} is not closed "
                    "on this line; a cell holds no line break."
                )
            text = plain if quoted is None else quoted.replace('""', '"')
            cells.append(_strip(text))
            position = match.end() + 1
    while len(cells) > least and not cells[-1]:
        cells.pop()
    return cells


def _strip(cell: str) -> str:
    """Take off blanks, no-break ones and marks of no width included."""
    if cell.isascii():
        return cell.strip()
    while cell != (stripped := cell.strip().strip(_INVISIBLE)):
        cell = stripped
    return cell
