"""spaCy's own JSON: what `Doc.to_json` gives and `Doc.from_json` takes."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from phantom.formats.base import Files, Format, Report, prefixed
from phantom.formats.lines import read_any, to_json, whole, write_lines
from phantom.formats.mentions import Document, Link, Mention, to_example
from phantom.formats.tokens import cover_text, split_tokens, tokens_of
from phantom.records import Example
from phantom.records.examples import BESIDE
from phantom.registry import phantom_registry

PAIR = re.compile(r'\s*\[\s*\[\s*"(?:[^"\\]|\\.)*"\s*,\s*\{\s*"entities"')


@phantom_registry.phantom_formats("spacy_json")
@dataclass(frozen=True, kw_only=True)
class SpacyJson(Format):
    """What spaCy's `Doc.to_json(underscore=["relations"])` gives, a doc on each line.

    Reads a list, too, and pairs on which spaCy 2 was trained, of a text and an object
    with "entities". Relations stand in `_`, in tokens; before `Doc.from_json`, spaCy
    3.8 needs `Doc.set_extension("relations", default=None)`. Concepts are written as
    `kb_id` of an entity, the source as `example`; spaCy itself passes over both.
    Tokens are parted where mentions begin and end, so that each can be expressed.
    """

    roles: ClassVar[tuple[str, ...]] = ("json",)
    holds: ClassVar[frozenset[str]] = frozenset({"concepts", "meta", "provenance"})

    def read(self, files: Files, prefix: str, report: Report) -> Iterator[Example]:
        records = read_any(files.pick("json"), report, paired="text")
        for i, (place, record) in enumerate(records, 1):
            name = prefixed(prefix, str(i))
            example = report.attempt(place, _convert, record, name, place, report)
            if example:
                yield example

    def write(self, examples: Iterable[Example], path: Path, report: Report) -> int:
        return write_lines(path, (to_json(_render(x)) for x in examples))

    @staticmethod
    def recognise(record: Mapping[str, Any]) -> bool:
        return "text" in record and "tokens" in record and "ents" in record

    @staticmethod
    def recognise_file(path: Path, head: str) -> bool:
        return bool(PAIR.match(head))


def _convert(
    record: Mapping[str, Any], name: str, place: str, report: Report
) -> Example:
    extra: Mapping[str, Any] = record.get("_") or {}
    said = {
        key: value
        for key, value in (record.get("example") or {}).items()
        if key in BESIDE
    }
    document = Document(str(said.pop("id", name)), record["text"], place)
    document.meta = said.pop("meta", {})
    for entity in record.get("ents") or ():
        start, end = whole(entity["start"], "start"), whole(entity["end"], "end")
        concept = entity.get("kb_id") or entity.get("id") or None
        document.mentions.append(
            Mention(f"{start}-{end}", ((start, end),), entity["label"], None, concept,
                    place)
        )  # fmt: skip
    for start, end, label in record.get("entities") or ():
        bounds = (whole(start, "start"), whole(end, "end"))
        document.mentions.append(Mention(f"{bounds}", (bounds,), label, place=place))
    for group, spans in (record.get("spans") or {}).items():
        report.leave_out(f"span of the group {group!r}", place, len(spans))
    tokens = record.get("tokens") or []
    for relation in extra.get("relations") or ():
        head, tail = (
            f"{tokens[a]['start']}-{tokens[b - 1]['end']}"
            for a, b in (relation["head"], relation["tail"])
        )
        document.links.append(Link(head, tail, relation["label"], place))
    example = to_example(document, report)
    return Example.model_validate({**example.model_dump(exclude_unset=True), **said})


def _render(example: Example) -> dict[str, Any]:
    spans = cover_text(example.text, split_tokens(example))
    ends = [list(tokens_of(spans, x.start, x.end)) for x in example.entities]
    entities = [
        {"start": x.start, "end": x.end, "label": x.label}
        | ({"kb_id": x.id} if x.id else {})
        for x in example.entities
    ]
    relations = [
        {"head": ends[x.head], "tail": ends[x.tail], "label": x.label, "score": 1.0}
        for x in example.relations
    ]
    said = example.model_dump(mode="json", include=BESIDE, exclude_defaults=True)
    return {
        "text": example.text,
        "ents": entities,
        "tokens": [{"id": i, "start": a, "end": b} for i, (a, b) in enumerate(spans)],
        "_": {"relations": relations},
        "example": said,
    }
