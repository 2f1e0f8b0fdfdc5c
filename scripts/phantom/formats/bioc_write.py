"""Examples as documents of BioC."""

import json
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from phantom.formats.base import Report
from phantom.formats.beside import Mark, all_ties, read_beside
from phantom.formats.bioc_files import END, FORBIDDEN, START, to_xml
from phantom.formats.concepts import pairs_to_write
from phantom.formats.lines import write_lines
from phantom.records import Example


class Names(NamedTuple):
    """Infons of label and concept, roles of head and tail."""

    type: str
    concept: str
    head: str
    tail: str


def render(example: Example, names: Names, report: Report) -> dict[str, Any]:
    """A document in the form of BioC's JSON; title and abstract are passages."""
    text, end = example.text, example.meta.get("title_end")
    cuts = [(0, len(text), "")]
    if isinstance(end, int) and text[end : end + 1] == " ":
        cuts = [(0, end, "title"), (end + 1, len(text), "abstract")]
    beside, ties = read_beside(example, report)
    whole = [
        Mark(f"m{i}", ((x.start, x.end),), x.label, x.id)
        for i, x in enumerate(example.entities)
    ]
    keys = {x.key: f"b{i}" for i, x in enumerate(beside)}
    marks = [
        {
            "id": keys.get(x.key, x.key),
            "infons": {names.type: x.label}
            | ({names.concept: x.id.replace("|", ",")} if x.id else {}),
            "text": x.words(text),
            "locations": [{"offset": a, "length": b - a} for a, b in x.pieces],
        }
        for x in (*whole, *beside)
    ]
    passages = [
        {
            "infons": {"type": kind} if kind else {},
            "offset": start,
            "text": text[start:stop],
            "annotations": [
                mark
                for mark, x in zip(marks, (*whole, *beside), strict=True)
                if start <= min(x.pieces)[0] < stop
            ],
        }
        for start, stop, kind in cuts
    ]
    pairs, left = pairs_to_write(example, report)
    relations: list[dict[str, Any]] = [
        {
            "id": f"r{i}",
            "infons": {names.type: x.label},
            "nodes": [
                {"refid": keys.get(str(x.head), f"m{x.head}"), "role": names.head},
                {"refid": keys.get(str(x.tail), f"m{x.tail}"), "role": names.tail},
            ],
        }
        for i, x in enumerate(all_ties(left, ties))
    ]
    for pair in pairs:
        infons = {
            names.type: pair["label"],
            names.head: pair["head"],
            names.tail: pair["tail"],
        } | ({"novel": pair["novel"]} if "novel" in pair else {})
        relations.append({"id": f"r{len(relations)}", "infons": infons, "nodes": []})
    return {"id": example.id, "passages": passages, "relations": relations}


def write_xml(path: Path, documents: Iterable[dict[str, Any]], report: Report) -> int:
    """Write documents as XML; their number."""
    lines = (to_xml(_without_forbidden(x, report)) for x in documents)
    return write_lines(path, chain([START], lines, [END])) - 2


def write_json(path: Path, documents: Iterable[dict[str, Any]]) -> int:
    """Write documents as JSON, one on a line; their number."""

    def lines() -> Iterator[str]:
        yield '{"source": "phantom", "date": "", "key": "", "infons": {},'
        yield '"documents": ['
        for i, document in enumerate(documents):
            # Readers of BioC look for keys that are empty here.
            full = {"infons": {}, "annotations": [], **document}
            full["passages"] = [
                {"sentences": [], "relations": [], **x} for x in document["passages"]
            ]
            yield (",\n" if i else "\n") + json.dumps(full, ensure_ascii=False)
        yield "\n]}\n"

    return write_lines(path, lines()) - 3


def _without_forbidden(document: dict[str, Any], report: Report) -> dict[str, Any]:
    """Characters that XML can't hold, as blanks."""
    for passage in document["passages"]:
        count = len(FORBIDDEN.findall(passage["text"]))
        report.leave_out("character that XML can't hold", document["id"], count)
        for x in (passage, *passage["annotations"]):
            x["text"] = FORBIDDEN.sub(" ", x["text"])
    return document
