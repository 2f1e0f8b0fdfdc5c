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
    first = next((line for line in read_lines(path) if line.strip()), "")
    try:
        record = json.loads(first)
    except json.JSONDecodeError:
        return None
    return recognise_format(record) if isinstance(record, dict) else None
