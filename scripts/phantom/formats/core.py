"""CORE: one pair of mentions per record, with its relation."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from phantom.formats.base import Files, Format, Report, prefixed
from phantom.formats.spacing import join_unsplit, rejoin
from phantom.jsonl import load_json
from phantom.records import Entity, Example, Relation
from phantom.registry import phantom_registry

# Annotated as none of the relations, which is not the same as missing.
UNDEFINED = "undefined"
KEYS = ("context", "relation", "e1_start", "e1_end", "e2_start", "e2_end")


@phantom_registry.phantom_formats("core_json")
@dataclass(frozen=True, kw_only=True)
class Core(Format):
    """CORE's JSON: a list of records with tokens, two token ranges and a relation.

    The end of a range is its last token. `invert_relation` exchanges head and tail.
    """

    roles: ClassVar[tuple[str, ...]] = ("json",)

    def read(self, files: Files, prefix: str, report: Report) -> Iterator[Example]:
        path = files.pick("json")
        data = load_json(path)
        if not isinstance(data, list):
            raise ValueError(f"{path}:1: expected a list of records")
        for i, record in enumerate(data):
            name = str(record.get("id", i)) if isinstance(record, dict) else str(i)
            place = f"{path}: record {i + 1} ({name})"
            example = report.attempt(place, _convert, prefixed(prefix, name), record)
            if example:
                yield example


def _convert(name: str, record: Any) -> Example:
    missing = [key for key in KEYS if key not in record]
    if missing:
        raise ValueError(f"no key {', '.join(missing)}; it has {', '.join(record)}")
    tokens = record["context"]
    text, spans = rejoin(tokens, join_unsplit)
    mentions = []
    for number in (1, 2):
        first, last = int(record[f"e{number}_start"]), int(record[f"e{number}_end"])
        if not 0 <= first <= last < len(tokens):
            raise ValueError(
                f"e{number} is tokens {first} to {last} of {len(tokens)}, from 0"
            )
        start, end = spans[first][0], spans[last][1]
        mentions.append(
            Entity(
                start=start,
                end=end,
                label="ENTITY",
                text=text[start:end],
                name=record.get(f"e{number}_name"),
            )
        )
    entities = sorted(mentions, key=lambda x: x.start)
    head, tail = (entities.index(x) for x in mentions)
    if int(record.get("invert_relation") or 0):
        head, tail = tail, head
    relation = str(record["relation"])
    related = relation.casefold() != UNDEFINED
    return Example(
        id=name,
        text=text,
        entities=tuple(entities),
        relations=(Relation(head=head, tail=tail, label=relation.upper()),)
        if related
        else (),
        tokens=[text[start:end] for start, end in spans],
        meta={"relation": relation},
    )
