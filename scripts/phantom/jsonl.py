"""JSON lines on disk: streamed in, written whole or not at all."""

import gzip
import io
import json
import os
import zlib
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from phantom.records import Record

RecordT = TypeVar("RecordT", bound=Record)


class TextFile(io.TextIOWrapper):
    """A text file whose errors name it. path (Path): Where it lies."""

    path: Path

    def read(self, size: int | None = -1) -> str:
        """The next characters, or all. RAISES: ValueError for what `told` names."""
        with told(self.path):
            return super().read(size)

    def readline(self, size: int = -1) -> str:  # type: ignore[override]
        """The next line. RAISES: ValueError for what `told` names."""
        with told(self.path):
            return super().readline(size)


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Say which file is no UTF-8, no gzip or torn. RAISES: ValueError."""
    try:
        yield
    except UnicodeDecodeError as error:
        form = (
            "UTF-16" if error.object[:2] in (BOM_UTF16_LE, BOM_UTF16_BE) else str(error)
        )
        raise ValueError(f"{path}: not UTF-8 ({form}); save it as UTF-8") from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ValueError(f"{path}: cut off or damaged ({error})") from None


def open_text(path: Path, newline: str | None = None) -> TextFile:
    """Open a text file for reading as UTF-8, through gzip if it ends in .gz.

    newline (Optional[str]): As `open` has it; "" keeps the ends of lines.
    """
    raw: Any = gzip.open(path) if path.suffix == ".gz" else path.open("rb")
    file = TextFile(raw, encoding="utf-8-sig", newline=newline)
    file.path = path
    return file


def load_json(path: Path) -> Any:
    """The value that a file holds. RAISES: ValueError with `path:line` if none."""
    with open_text(path) as file:
        return parse_json(file.read(), path)


def parse_json(text: str, path: Path, line: int | None = None) -> Any:
    """The value that a text holds.

    path (Path): Of the file that it is from; line (Optional[int]): which one it is.
    RAISES: ValueError with `path:line` if it is no JSON.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place, reason = line or error.lineno, error.msg
    except RecursionError:
        place, reason = line or 1, "brackets within brackets without end"
    raise ValueError(f"{path}:{place}: no JSON ({reason})")


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
            said = _explain(error, record)
            raise ValueError(f"{path}:{number}: {said}") from None


def read_some(path: Path, record: type[RecordT], unique: bool = True) -> list[RecordT]:
    """The records of a file that a step lives on, as `read_jsonl` reads them.

    unique (bool): Whether each needs an id of its own.
    RAISES: ValueError if there is none, or if two share an id; as `read_jsonl`.
    """
    records = list(read_jsonl(path, record))
    if not records:
        raise ValueError(f"{path}: empty; {_name(record)} expected, one per line")
    if unique:
        counts = Counter(getattr(each, "id", i) for i, each in enumerate(records))
        twice = [name for name, count in counts.items() if count > 1]
        if twice:
            raise ValueError(
                f"{path}: {len(twice)} ids are there more than once, such as "
                f"{twice[0]!r}; give each record an id of its own"
            )
    return records


def load_record(path: Path, record: type[RecordT]) -> RecordT:
    """The record that a JSON file is. RAISES: ValueError that says what is wrong."""
    value = load_json(path)
    try:
        return record.model_validate_json(json.dumps(value))
    except ValidationError as error:
        raise ValueError(f"{path}: {_explain(error, record)}") from None


def read_lines(path: Path) -> Iterator[str]:
    """Stream the lines of a text file. RAISES: ValueError if it is no UTF-8 or torn."""
    with open_text(path) as file:
        yield from file


def count_records(path: Path) -> int:
    """How many records a .jsonl file holds, without reading them."""
    return sum(1 for line in read_lines(path) if line.strip())


@contextmanager
def replace_file(path: Path) -> Iterator[Path]:
    """Write a file whole or not at all.

    YIELDS (Path): A temporary name beside `path`, with its suffix, to write to. It
        takes the place of `path` at the end, or is deleted after an error.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.tmp{path.suffix}")
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_jsonl(path: Path, records: Iterable[Record]) -> int:
    """Write records, one per line, whole or not at all; through gzip if .gz.

    RETURNS (int): The number of lines written.
    """
    count = 0
    opener = gzip.open if path.suffix == ".gz" else open
    with replace_file(path) as temporary:
        with opener(temporary, "wt", encoding="utf-8", newline="\n") as file:
            for record in records:
                file.write(to_line(record))
                count += 1
    return count


def write_text(path: Path, text: str) -> None:
    """Write a text file in UTF-8, whole or not at all."""
    with replace_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def write_json(path: Path, value: Any) -> None:
    """Write a value that JSON can hold, or a record, whole or not at all."""
    if isinstance(value, Record):
        value = value.model_dump(mode="json")
    write_text(path, json.dumps(value, indent=1, ensure_ascii=False) + "\n")


def to_line(record: Record) -> str:
    """One JSON line with its newline; fields that hold their default are left out."""
    return record.model_dump_json(exclude_defaults=True) + "\n"


def append_line(path: Path, record: Record) -> None:
    """Append a record and wait for the disk; the caller holds the file's lock.

    RAISES: OSError if the disk is full or broken; then the file is as it was.
    """
    line = to_line(record).encode("utf-8")
    with path.open("ab", buffering=0) as file:
        offset = file.tell()
        try:
            written = 0
            while written < len(line):
                written += file.write(line[written:])
            os.fsync(file.fileno())
        except OSError:
            # The next line must not be glued to half of this one.
            file.truncate(offset)
            raise


def _explain(error: ValidationError, record: type[Record]) -> str:
    """What is wrong; which record was expected, where fields are those of another."""
    parts, kinds = [], set()
    for item in error.errors():
        where = ".".join(str(key) for key in item["loc"]) or "line"
        parts.append(f"{where}: {item['msg']}")
        kinds.add(item["type"])
    told = "; ".join(parts)
    if {"missing", "extra_forbidden"} <= kinds:
        return f"{_name(record)} expected, is it the right file? ({told})"
    return told


def _name(record: type[Record]) -> str:
    """Such as "records of Spec"."""
    return f"records of {record.__name__}"
