"""Prodigy's JSONL: spans, and relations between spans."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from phantom.formats.base import Files, Format, Report, prefixed
from phantom.formats.lines import read_objects, to_json, whole, write_lines
from phantom.formats.mentions import Document, Link, Mention, to_example
from phantom.formats.tokens import split_tokens
from phantom.records import Example
from phantom.registry import phantom_registry

ANNOTATORS = ("_session_id", "_annotator_id")


@phantom_registry.phantom_formats("prodigy")
@dataclass(frozen=True, kw_only=True)
class Prodigy(Format):
    """Prodigy's JSONL (ner.manual, rel.manual), offsets in characters.

    Relations are read by their `head_span` and `child_span`; head and child alone name
    last tokens, of which several spans can have the same. Several annotators of one
    text make an example each.

    rejected (bool): Read answers that were rejected, too; `meta["answer"]` says so.
    """

    rejected: bool = False
    roles: ClassVar[tuple[str, ...]] = ("jsonl",)
    holds: ClassVar[frozenset[str]] = frozenset({"concepts", "meta"})

    def read(self, files: Files, prefix: str, report: Report) -> Iterator[Example]:
        path = files.pick("jsonl")
        names: dict[str, int] = {}
        wanted = ("accept", "reject") if self.rejected else ("accept",)
        for number, record in read_objects(path, report):
            place = f"{path}:{number}"
            answer = record.get("answer", "accept")
            if answer not in wanted:
                report.leave_out(f"answer {answer!r}", place)
                continue
            name = _name(record, prefix, number)
            names[name] = names.get(name, 0) + 1
            if names[name] > 1:
                name = f"{name}-{names[name]}"
            example = report.attempt(place, _convert, record, name, place, report)
            if example:
                yield example

    def write(self, examples: Iterable[Example], path: Path, report: Report) -> int:
        return write_lines(path, (to_json(_render(x)) for x in examples))

    @staticmethod
    def recognise(record: Mapping[str, Any]) -> bool:
        marks = bool({"_input_hash", "_task_hash", "answer"} & record.keys())
        # Those of spaCy's own JSON lie in an object, by group.
        return "text" in record and (marks or isinstance(record.get("spans"), list))


def _name(record: Mapping[str, Any], prefix: str, number: int) -> str:
    given = record.get("meta")
    known = given.get("id") if isinstance(given, dict) else None
    who = next((str(record[x]) for x in ANNOTATORS if record.get(x)), "")
    name = known or prefixed(prefix, str(record.get("_input_hash", number)))
    return f"{name}-{who}" if who else str(name)


def _convert(
    record: Mapping[str, Any], name: str, place: str, report: Report
) -> Example:
    text = record.get("text")
    if not isinstance(text, str):
        raise ValueError(f"no `text`; the line has {', '.join(record)}")
    if "spans" not in record and {"label", "options", "accept"} & record.keys():
        raise ValueError("a choice or a label of the whole text; there are no `spans`")
    meta = dict(record["meta"]) if isinstance(record.get("meta"), dict) else {}
    meta.pop("id", None)
    meta |= {key: record[key] for key in ("_input_hash", *ANNOTATORS) if key in record}
    if record.get("answer", "accept") != "accept":
        meta["answer"] = record["answer"]
    document = Document(name, text, place, meta=meta)
    _check_tokens(text, record.get("tokens") or [])
    for span in record.get("spans") or []:
        start, end = whole(span.get("start"), "start"), whole(span.get("end"), "end")
        if not span.get("label"):
            report.leave_out("span without a label", place)
            continue
        document.mentions.append(
            Mention(
                f"{start}-{end}",
                ((start, end),),
                str(span["label"]),
                text=span.get("text"),
                id=str(span["id"]) if span.get("id") else None,
                place=place,
            )
        )
    for relation in record.get("relations") or []:
        ends = relation.get("head_span"), relation.get("child_span")
        if not relation.get("label"):
            report.leave_out("relation without a label", place)
        elif not all(isinstance(x, dict) for x in ends):
            report.leave_out("relation without head_span and child_span", place)
        else:
            head, tail = (f"{x['start']}-{x['end']}" for x in ends)
            document.links.append(Link(head, tail, str(relation["label"]), place))
    return to_example(document, report)


def _check_tokens(text: str, tokens: list[Mapping[str, Any]]) -> None:
    for token in tokens:
        found = text[token["start"] : token["end"]]
        if found != token["text"]:
            raise ValueError(
                f"token {token.get('id')} is {token['text']!r}, the text has {found!r} "
                f"at {token['start']}-{token['end']}"
            )


def _render(example: Example) -> dict[str, Any]:
    spans = split_tokens(example)
    tokens = [
        {
            "text": example.text[a:b],
            "start": a,
            "end": b,
            "id": i,
            "ws": example.text[b : b + 1] == " ",
        }
        for i, (a, b) in enumerate(spans)
    ]
    marks = []
    for entity in example.entities:
        inside = [
            i for i, (a, b) in enumerate(spans) if entity.start <= a and b <= entity.end
        ]
        mark = {
            "start": entity.start,
            "end": entity.end,
            "token_start": inside[0],
            "token_end": inside[-1],
            "label": entity.label,
        }
        marks.append(mark | ({"id": entity.id} if entity.id else {}))
    relations = [
        {
            "head": marks[x.head]["token_end"],
            "child": marks[x.tail]["token_end"],
            "head_span": marks[x.head],
            "child_span": marks[x.tail],
            "label": x.label,
        }
        for x in example.relations
    ]
    outer = ("_input_hash", *ANNOTATORS, "answer")
    own = {key: value for key, value in example.meta.items() if key not in outer}
    return {
        "text": example.text,
        "meta": {"id": example.id, **own},
        "tokens": tokens,
        "spans": marks,
        "relations": relations,
        "answer": "accept",
        **{key: value for key, value in example.meta.items() if key in outer},
    }
