"""Our own form: examples as JSON lines, as `curate` and `check` write them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from phantom.formats.base import Files, Format, Report
from phantom.formats.lines import read_objects
from phantom.jsonl import write_jsonl
from phantom.records import Example
from phantom.registry import phantom_registry


@phantom_registry.phantom_formats("phantom")
@dataclass(frozen=True, kw_only=True)
class Own(Format):
    """Examples as the steps of this project write and read them; holds all there is.

    Entities are sorted on reading, whatever order they were marked in.
    """

    roles: ClassVar[tuple[str, ...]] = ("jsonl",)
    holds: ClassVar[frozenset[str]] = frozenset(
        {"concepts", "meta", "provenance", "names", "orig", "nominal"}
    )

    def read(self, files: Files, prefix: str, report: Report) -> Iterator[Example]:
        path = files.pick("jsonl")
        for number, record in read_objects(path, report):
            place = f"{path}:{number}"
            example = report.attempt(place, Example.model_validate, record)
            if example:
                yield example

    def write(self, examples: Iterable[Example], path: Path, report: Report) -> int:
        return write_jsonl(path, examples)

    @staticmethod
    def recognise(record: Mapping[str, Any]) -> bool:
        entities = record.get("entities", [])
        ours = isinstance(entities, list) and all(
            isinstance(x, dict) and "start" in x for x in entities
        )
        known = Example.model_fields.keys()
        return {"id", "text"} <= record.keys() <= known and ours
