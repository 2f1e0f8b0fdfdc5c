"""Formats called on small files."""

from pathlib import Path
from typing import Any

from phantom.formats.base import Report, make_format, read_format
from phantom.records import Example

# Name, file and settings of formats that hold text, offsets and relations.
OFFSETS: list[tuple[str, str, dict[str, Any]]] = [
    ("bioc", "o.xml", {"unit": "characters"}),
    ("bioc", "o.json", {"unit": "characters"}),
    ("brat", "o", {}),
    ("doccano", "o.jsonl", {}),
    ("gliner", "o.json", {}),
    ("phantom", "o.jsonl", {}),
    ("prodigy", "o.jsonl", {}),
    ("spacy_json", "o.jsonl", {}),
    ("webanno_tsv", "o", {}),
]


def write_text(path: Path, text: str) -> Path:
    """The file, in UTF-8 and with its line ends as they are."""
    path.write_bytes(text.encode())
    return path


def read_as(
    name: str, path: Path, prefix: str = "x", **settings: Any
) -> tuple[list[Example], Report]:
    """The examples of one file and the report on it."""
    report = Report()
    return list(read_format(name, {"file": path}, prefix, report, settings)), report


def turn_round(
    name: str, examples: list[Example], path: Path, prefix: str = "x", **settings: Any
) -> tuple[list[Example], Report]:
    """Write examples in a format and read them again; the report is on both."""
    report = Report()
    make_format(name, settings).write(examples, path, report)
    found = list(read_format(name, {"file": path}, prefix, report, settings))
    return found, report
