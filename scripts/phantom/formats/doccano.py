"""doccano's JSONL: sequence labelling, with or without relations."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from phantom.formats.base import Files, Format, Report, prefixed
from phantom.formats.lines import read_objects, to_json, whole, write_lines
from phantom.formats.mentions import Document, Link, Mention, to_example
from phantom.records import Example
from phantom.registry import phantom_registry


@phantom_registry.phantom_formats("doccano")
@dataclass(frozen=True, kw_only=True)
class Doccano(Format):
    """doccano's JSONL export, offsets in characters.

    Reads `label` or `labels` as [start, end, label] lists, and `entities` with
    `relations` (from_id, to_id, type); of doccano 1, `annotations` with the number of a
    label and a user, an example for each user. Other keys of a line are kept in `meta`.
    """

    roles: ClassVar[tuple[str, ...]] = ("jsonl",)
    holds: ClassVar[frozenset[str]] = frozenset({"meta"})

    def read(self, files: Files, prefix: str, report: Report) -> Iterator[Example]:
        path = files.pick("jsonl")
        for number, record in read_objects(path, report):
            place = f"{path}:{number}"
            for one in report.attempt(place, _by_user, record) or ():
                example = report.attempt(place, _convert, one, prefix, place, report)
                if example:
                    yield example

    def write(self, examples: Iterable[Example], path: Path, report: Report) -> int:
        return write_lines(path, (to_json(_render(x)) for x in examples))

    @staticmethod
    def recognise(record: Mapping[str, Any]) -> bool:
        found = record.get("label", record.get("labels"))
        lists = isinstance(found, list) and all(isinstance(x, list) for x in found)
        entities = record.get("entities", record.get("annotations"))
        offsets = isinstance(entities, list) and any(
            isinstance(x, dict) and "start_offset" in x for x in entities
        )
        return ("text" in record or "data" in record) and (lists or offsets)


def _by_user(record: dict[str, Any]) -> list[dict[str, Any]]:
    """The record, or of doccano 1 one for each of the users that annotated it."""
    given = record.get("annotations")
    if not isinstance(given, list):
        return [record]
    bare = {key: value for key, value in record.items() if key != "annotations"}
    users = dict.fromkeys(x.get("user") for x in given)
    several = [
        {
            **bare,
            "entities": [
                {k: v for k, v in x.items() if k not in ("id", "user")}
                for x in given
                if x.get("user") == user
            ],
            "user": user,
        }
        for user in users
    ]
    for one in several if len(several) > 1 else ():
        one["id"] = f"{bare.get('id', '')}-{one['user']}".lstrip("-")
    return several or [{**bare, "entities": []}]


def _convert(
    record: Mapping[str, Any], prefix: str, place: str, report: Report
) -> Example:
    text = record.get("text", record.get("data"))
    if not isinstance(text, str):
        raise ValueError(f"no `text`; the line has {', '.join(record)}")
    given = record.get("id", place.rpartition(":")[2])
    # doccano counts its own; a name comes from what was imported there.
    named = "id" in record and isinstance(given, str)
    used = {"text", "data", "label", "labels", "entities", "relations"}
    if named:
        used.add("id")
    meta = {key: value for key, value in record.items() if key not in used}
    name = given if named else prefixed(prefix, str(given))
    document = Document(name, text, place, meta=meta)
    labels = record.get("label", record.get("labels"))
    if labels is None and "entities" not in record:
        raise ValueError(f"no `label` and no `entities`; it has {', '.join(record)}")
    for i, item in enumerate(labels or []):
        if not isinstance(item, list) or len(item) != 3:
            raise ValueError(f"label {i + 1} is {item!r}, expected [start, end, label]")
        start, end = whole(item[0], "start"), whole(item[1], "end")
        document.mentions.append(
            Mention(str(i), ((start, end),), str(item[2]), place=place)
        )
    for item in record.get("entities") or []:
        start, end = (
            whole(item.get("start_offset"), "start_offset"),
            whole(item.get("end_offset"), "end_offset"),
        )
        document.mentions.append(
            Mention(
                f"id {item['id']}" if "id" in item else f"{start}-{end}",
                ((start, end),),
                str(item["label"]),
                place=place,
            )
        )
    for item in record.get("relations") or []:
        document.links.append(
            Link(
                f"id {item['from_id']}", f"id {item['to_id']}", str(item["type"]), place
            )
        )
    return to_example(document, report)


def _render(example: Example) -> dict[str, Any]:
    meta = dict(example.meta)
    return {
        "id": meta.pop("id", example.id),
        "text": example.text,
        "entities": [
            {
                "id": i,
                "label": x.label,
                "start_offset": x.start,
                "end_offset": x.end,
            }
            for i, x in enumerate(example.entities)
        ],
        "relations": [
            {"id": i, "from_id": x.head, "to_id": x.tail, "type": x.label}
            for i, x in enumerate(example.relations)
        ],
        **meta,
    }
