"""Cells of WebAnno TSV 3: what is escaped, stacked, numbered."""

import re

VALUE = re.compile(r"((?:\\.|[^\\\[])*)(?:\[(\d+)\])?", re.DOTALL)
REFERENCE = re.compile(r"([\d.-]+)(?:\[(\d+)_(\d+)\])?")
SPECIAL = re.compile(r"->|[\\\[\]|_;*\t\n]")
NAMED = {"\t": "t", "\n": "n", "\f": "f", "\r": "r", "\b": "b"}
PLAIN = {letter: sign for sign, letter in NAMED.items()}
CONTROL = re.compile(r"[\x00-\x08\t\n\f\r\x0e-\x1f\\]")
ESCAPED = re.compile(r"\\(->|.)", re.DOTALL)
UNICODE = re.compile(r"\\u([0-9a-fA-F]{4})")


def escape_text(text: str) -> str:
    """A line of text for `#Text=`."""
    return CONTROL.sub(lambda x: "\\" + NAMED.get(x[0], x[0]), text)


def unescape_text(text: str, old: bool = False) -> str:
    """The line that a `#Text=` stands for. old (bool): Of version 3.1 or before."""
    if old:
        text = UNICODE.sub(lambda x: chr(int(x[1], 16)), text)
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return ESCAPED.sub(lambda x: PLAIN.get(x[1], x[1]), text)


def escape_value(value: str) -> str:
    """A value for a cell."""
    return SPECIAL.sub(lambda x: "\\" + {"\t": "t", "\n": "n"}.get(x[0], x[0]), value)


def unescape_value(value: str) -> str:
    """The value of a cell, once it is split."""
    return ESCAPED.sub(lambda x: {"t": "\t", "n": "\n"}.get(x[1], x[1]), value)


def split_stack(cell: str) -> list[str]:
    """The values of annotations that lie on one another; bars in them are escaped."""
    parts = [""]
    for token in re.findall(r"\\.|.", cell, re.DOTALL):
        if token == "|":
            parts.append("")
        else:
            parts[-1] += token
    return parts


def read_value(part: str) -> tuple[str | None, str]:
    """A value (None if there is none), and the number of its annotation or ""."""
    match = VALUE.fullmatch(part)
    value, number = (match[1], match[2] or "") if match else (part, "")
    return (None if value == "*" else unescape_value(value)), number
