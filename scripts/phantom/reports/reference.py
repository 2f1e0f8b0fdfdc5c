"""The page of JSON files in metrics/, made from the records that they hold."""

import inspect
import re
import types
from collections.abc import Iterator
from typing import Any, Literal, Union, get_args, get_origin

from phantom.curation.labelling import Figures
from phantom.evaluation.diagnosis.records import Diagnosis
from phantom.evaluation.history import EvaluatedRun
from phantom.evaluation.report import Metrics, SplitReport
from phantom.feedback.hints import Hints
from phantom.records import Record
from phantom.training.progress import CurvePoint

HEAD = """# JSON files of metrics

Scores are fractions from 0 to 1; [metrics.md](../metrics.md) says what is counted.
*optional* keys are left out, or null, where they don't apply.

This page is made by `python scripts/document.py docs/reference`.
"""
PLAIN = {float: "number", int: "integer", str: "text", bool: "true or false"}


class TimedSplit(SplitReport):
    """As SplitReport; the use and the note of the split are left out.

    latency_seconds_per_1000 (Optional[float]): The pipeline's, for 1,000 texts.
    """

    use: Literal["dev", "test"] | None = None
    note: str = ""
    latency_seconds_per_1000: float | None = None


class ComparedRun(Record):
    """One run of the LLM as labeller, beside the pipeline on the same texts.

    figures (Figures): What the run took.
    systems (Dict[str, TimedSplit]): By name.
    """

    figures: Figures
    systems: dict[str, TimedSplit]


# What each file holds; keys of a mapping are what the second name says.
FILES: dict[str, tuple[type[Record], str]] = {
    "metrics/<run>.json": (Metrics, "one object"),
    "metrics/history.jsonl": (EvaluatedRun, "one object per line"),
    "metrics/<run>/extract.json": (ComparedRun, "one object by run"),
    "metrics/<run>/extract/*.json": (Figures, "one object"),
    "metrics/<run>/training.jsonl": (CurvePoint, "one object per line"),
    "metrics/<run>/hints.json": (Hints, "one object"),
    "metrics/<run>/diagnosis.json": (Diagnosis, "one object"),
}


def render_reference() -> str:
    """The page as Markdown: a table of files, then every record with its keys."""
    rows = ["| file | holds |", "|---|---|"]
    rows += [f"| `{file}` | {how}: {_link(x)} |" for file, (x, how) in FILES.items()]
    sections = [_describe(model) for model in all_models()]
    return "\n".join([HEAD, *rows, "", "\n\n".join(sections), ""])


def all_models() -> list[type[Record]]:
    """Every record of the files, each before those that it holds."""
    found: dict[type[Record], None] = {}
    waiting = [model for model, _ in FILES.values()]
    while waiting:
        model = waiting.pop(0)
        if model not in found:
            found[model] = None
            fields = model.model_fields.values()
            waiting = [x for f in fields for x in _held(f.annotation)] + waiting
    return list(found)


def read_meanings(model: type[Record]) -> dict[str, str]:
    """What the docstring says of each key: `name (Type): meaning`."""
    text = " ".join((model.__doc__ or "").split())
    names = "|".join(model.model_fields)
    start = re.compile(
        rf"(?:^|(?<=\s))((?:(?:{names}), )*(?:{names}))(?: \([^:]*\))?: "
    )
    found = list(start.finditer(text))
    ends = [match.start() for match in found[1:]] + [len(text)]
    base = model.__base__
    inherited = read_meanings(base) if base and base.__base__ is Record else {}
    return inherited | {
        name: text[match.end() : end].strip()
        for match, end in zip(found, ends, strict=True)
        for name in match[1].split(", ")
    }


def _describe(model: type[Record]) -> str:
    first = (inspect.getdoc(model) or "").partition("\n")[0]
    rows = ["| key | value | meaning |", "|---|---|---|"]
    meanings = read_meanings(model)
    for name, field in model.model_fields.items():
        value = _say(field.annotation)
        if not field.is_required():
            value += ", *optional*"
        elif type(None) in get_args(field.annotation):
            value += " or null"
        rows.append(f"| `{name}` | {value} | {meanings.get(name, '')} |")
    return "\n".join([f"## {model.__name__}", "", first, "", *rows])


def _say(kind: Any) -> str:
    """A type in words; other records as links."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return " or ".join(_say(x) for x in inner if x is not type(None))
    if origin is Literal:
        return ", ".join(f'"{x}"' for x in inner)
    if origin is dict:
        return f"{{name: {_say(inner[1])}}}"
    if origin is tuple and inner[-1] is not ...:
        return f"[{', '.join(_say(x) for x in inner)}]"
    if origin in (list, tuple):
        return f"list of {_say(inner[0])}"
    if isinstance(kind, type) and issubclass(kind, Record):
        return _link(kind)
    return PLAIN.get(kind, "any")


def _held(kind: Any) -> Iterator[type[Record]]:
    if isinstance(kind, type) and issubclass(kind, Record):
        yield kind
    for inner in get_args(kind):
        yield from _held(inner)


def _link(model: type[Record]) -> str:
    return f"[{model.__name__}](#{model.__name__.lower()})"
