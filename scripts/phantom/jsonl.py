"""JSON lines on disk: streamed in, written whole or not at all."""

import gzip
import os
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, TypeVar

from pydantic import ValidationError

from phantom.records import Record

RecordT = TypeVar("RecordT", bound=Record)


def open_text(path: Path) -> IO[str]:
    """Open a text file for reading as UTF-8, through gzip if it ends in .gz."""
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig")
    return path.open(encoding="utf-8-sig")


def read_jsonl(path: Path, record: type[RecordT]) -> Iterator[RecordT]:
    """Stream the records of a .jsonl or .jsonl.gz file.

    path (Path): The file; empty lines are passed over.
    record (Type[Record]): The model that each line must fit.
    YIELDS (Record): One per line.
    RAISES: ValueError with `path:line` and what is wrong, at the line.
    """
    for number, line in enumerate(read_lines(path), start=1):
        if not line.strip():
            continue
        try:
            yield record.model_validate_json(line)
        except ValidationError as error:
            raise ValueError(f"{path}:{number}: {_explain(error)}") from None


def read_lines(path: Path) -> Iterator[str]:
    """Stream the lines of a text file. RAISES: ValueError if it is no UTF-8 or torn."""
    try:
        with open_text(path) as file:
            yield from file
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: not UTF-8 ({error}); save it as UTF-8") from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ValueError(f"{path}: cut off or damaged ({error})") from None


def write_jsonl(path: Path, records: Iterable[Record]) -> int:
    """Write records to a temporary name beside `path`, then rename.

    RETURNS (int): The number of lines written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".tmp")
    count = 0
    with temporary.open("w", encoding="utf-8") as file:
        for record in records:
            file.write(to_line(record))
            count += 1
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    return count


def to_line(record: Record) -> str:
    """One JSON line with its newline; fields that hold their default are left out."""
    return record.model_dump_json(exclude_defaults=True) + "\n"


def _explain(error: ValidationError) -> str:
    parts = []
    for item in error.errors():
        where = ".".join(str(key) for key in item["loc"]) or "line"
        parts.append(f"{where}: {item['msg']}")
    return "; ".join(parts)
