"""The page of formats in the docs, made from the catalogue."""

import dataclasses
import inspect
import re

from phantom.formats.base import Format
from phantom.registry import phantom_registry

SETTING = re.compile(r"(\w+) \(\S[^)]*\): ")
HEAD = """# Formats

Forms of annotated text that are read, and partly written: named under `original` of a
split in `benchmarks.yml` ([metrics.md](../metrics.md)). Each tells what it left out, by
reason, and which records are wrong, by `path:line`; a file of which nothing could be
read is an error. Offsets count characters (code points), ends are exclusive.

An entity is kept whole or not at all. Of mentions that overlap, those that are ends of
relations stay, then the longest, then the first; a mention in pieces stays if only
blanks part them. What goes is counted, and the relations that go with it.

This page is made by `python scripts/document.py docs/reference`. A package adds
formats by entry points of the group `phantom_formats`.
"""


def render_reference() -> str:
    """The page as Markdown: a table, then what each format says of itself."""
    formats: dict[str, type[Format]] = phantom_registry.phantom_formats.get_all()
    rows = ["| format | | files | settings |", "|---|---|---|---|"]
    sections = []
    for name, kind in formats.items():
        does = "reads, writes" if kind.can_write() else "reads"
        files = [f"`{x}`" for x in kind.roles] + [f"(`{x}`)" for x in kind.optional]
        rows.append(
            f"| [`{name}`](#{name}) | {does} | {', '.join(files)} | "
            f"{', '.join(_settings(kind))} |"
        )
        sections.append(f"## {name}\n\n{_describe(kind)}")
    return "\n".join([HEAD, *rows, "", "\n\n".join(sections), ""])


def _settings(kind: type[Format]) -> list[str]:
    if not dataclasses.is_dataclass(kind):
        return []
    return [f"`{x.name}: {_yaml(x.default)}`" for x in dataclasses.fields(kind)]


def _yaml(value: object) -> str:
    named = {None: "null", True: "true", False: "false", "": "''"}
    return named[value] if value in named else str(value)


def _describe(kind: type[Format]) -> str:
    lines = []
    for line in (inspect.getdoc(kind) or "").splitlines():
        setting = SETTING.match(line)
        if setting:
            line = f"- `{setting[1]}`{line[len(setting[1]) :]}"
        elif line.startswith("    "):
            line = f"  {line.strip()}"
        lines.append(line)
    return "\n".join(lines)
