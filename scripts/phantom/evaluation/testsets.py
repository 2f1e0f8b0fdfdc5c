"""Test sets as users have them: in our form, or an export of another tool."""

import json
from collections.abc import Iterator
from pathlib import Path

from phantom.formats.base import recognise_format
from phantom.jsonl import read_jsonl, read_lines
from phantom.records import Example


def read_records(path: Path) -> Iterator[Example]:
    """Stream the records of a test set.

    RAISES: ValueError with `path:line`; for another tool's export, with the format to
        import it with.
    """
    try:
        yield from read_jsonl(path, Example)
    except ValueError as error:
        format_ = _recognise_first(path)
        if format_ is None:
            raise
        raise ValueError(
            f"{error}\nThis is an export of {format_}. Put it below raw/, name it "
            f"under `original:` of its split with `format: {format_}`, and run "
            "`prepare-benchmarks`; docs/metrics.md shows how."
        ) from None


def _recognise_first(path: Path) -> str | None:
    lines = read_lines(path)
    first = next((line for line in lines if line.strip()), "")
    try:
        # Some tools write one list over many lines.
        record = json.loads(first + "".join(lines) if first.startswith("[") else first)
    except json.JSONDecodeError:
        return None
    if isinstance(record, list) and record:
        record = record[0]
    return recognise_format(record) if isinstance(record, dict) else None
