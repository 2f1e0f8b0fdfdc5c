"""JSON as tools write it: an object on each line, or a list of them."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from phantom.formats.base import Report
from phantom.jsonl import load_json, parse_json, read_lines, replace_file


def read_objects(path: Path, report: Report) -> Iterator[tuple[int, dict[str, Any]]]:
    """Stream the objects of a .jsonl file with their line numbers.

    A line that is no object is reported; the others are read.
    """
    for number, line in enumerate(read_lines(path), start=1):
        if not line.strip():
            continue
        try:
            record = parse_json(line, path, number)
        except ValueError as error:
            report.fail(f"{path}:{number}", error)
            continue
        if isinstance(record, dict):
            yield number, record
        else:
            report.fail(f"{path}:{number}", "expected an object in braces")


def read_any(
    path: Path, report: Report, paired: str = ""
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Stream the objects of a file that is a list of them, one, or has one per line.

    paired (str): In a list, a pair of a string and an object counts as an object, too,
        with the string under this key.
    YIELDS (Tuple[str, Dict]): The place, for messages, and the object.
    RAISES: ValueError with `path:line` if a list or single object is no JSON.
    """
    lines = read_lines(path)
    first = next((line.strip() for line in lines if line.strip()), "")
    if first.startswith("[") or first == "{":
        whole_file = load_json(path)
        found = whole_file if isinstance(whole_file, list) else [whole_file]
        for i, record in enumerate(found, start=1):
            match record:
                case [str(words), dict(said)] if paired:
                    record = {**said, paired: words}
            if isinstance(record, dict):
                yield f"{path}: record {i}", record
            else:
                report.fail(f"{path}: record {i}", "expected an object in braces")
    else:
        for number, record in read_objects(path, report):
            yield f"{path}:{number}", record


def to_json(record: dict[str, Any]) -> str:
    """One line with its end."""
    return json.dumps(record, ensure_ascii=False) + "\n"


def write_lines(path: Path, records: Iterable[str]) -> int:
    """Write records as they are, the file whole or not at all; their number."""
    count = 0
    with replace_file(path) as temporary:
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            for record in records:
                file.write(record)
                count += 1
    return count


def whole(value: Any, name: str) -> int:
    """An offset. RAISES: ValueError if it is none."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{name} is {value!r}, expected a whole number")
    return value
