"""The page of checks in the docs, made from the catalogue."""

import inspect
import re
from collections.abc import Iterator, Mapping
from typing import Any

from phantom.checks.engine.base import Check
from phantom.registry import phantom_registry

HEAD = """# Checks and their settings

In running order; [its how-to](../checks.md) tells what becomes of what they find.
Settings stand in a pack's `checks.yml`, laid over the defaults key by key. A setting
without a value takes what its description says.

This page is made by `python scripts/document.py docs/reference`. A package adds
checks by entry points of the group `phantom_checks`.
"""
TYPE = re.compile(r" \(\S[^)]*\)")
SETTING = re.compile(r"([a-z_, ]|(?<=\w) \(\S[^)]*\))+: ")
STOP = re.compile(r"(?<!\.)\.$")


def render_reference() -> str:
    """The page as Markdown: a table, then each check with its settings."""
    rows = ["| check | finds | default |", "|---|---|---|"]
    sections = []
    for name, check in in_order():
        settings = read_settings(name)
        text = inspect.getdoc(check) or ""
        first = STOP.sub("", text.partition("\n")[0])
        rows.append(f"| [`{name}`](#{name}) | {first} | {say_default(settings)} |")
        sections.append("\n".join([f"## {name}", "", *_describe(text, settings)]))
    return "\n".join([HEAD, *rows, "", "\n\n".join(sections), ""])


def in_order() -> Iterator[tuple[str, Check]]:
    """Every check by name: those that run by default in their order, then others."""
    checks = phantom_registry.phantom_checks
    for name in dict.fromkeys([*checks.defaults, *checks.names()]):
        yield name, checks.get(name)


def read_settings(name: str) -> dict[str, Any]:
    """The settings of a check: of its signature, under those of the data file."""
    checks = phantom_registry.phantom_checks
    fields = checks.model(name).model_fields
    own = {key: None if f.is_required() else f.default for key, f in fields.items()}
    return {**own, **checks.defaults.get(name, {})}


def say_default(settings: Mapping[str, Any]) -> str:
    """What becomes of what is found: "block", an action, or "measures"."""
    if settings.get("severity") == "block":
        return "block"
    return str(settings.get("action") or settings.get("missing") or "measures")


def _describe(text: str, settings: Mapping[str, Any]) -> list[str]:
    lines = []
    for line in text.splitlines():
        if SETTING.match(line):
            names, _, meaning = line.partition(": ")
            names = TYPE.sub("", names)
            line = f"- {', '.join(_show(x, settings) for x in names.split(', '))}: "
            line += meaning
        elif line.startswith("    "):
            line = f"  {line.strip()}"
        lines.append(line)
    told = " ".join(lines)
    rest = [key for key in settings if f"- `{key}" not in told]
    rest = [key for key in rest if f", `{key}" not in told]
    if rest:
        lines += ["", f"Further: {', '.join(_show(key, settings) for key in rest)}."]
    return lines


def _show(name: str, settings: Mapping[str, Any]) -> str:
    value = settings.get(name)
    if (
        value is None
        or value == ""
        or (not value and not isinstance(value, int | float))
    ):
        return f"`{name}`"
    if isinstance(value, list | tuple):
        value = f"[{', '.join(map(str, value))}]"
    return f"`{name}: {value}`"
