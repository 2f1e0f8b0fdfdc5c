"""BioC, XML or JSON: documents of passages, as of BioRED and PubTator Central."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

from phantom.formats.base import Files, Format, Report, prefixed
from phantom.formats.beside import BESIDE
from phantom.formats.bioc_files import read_documents
from phantom.formats.bioc_places import Parts, place_marks
from phantom.formats.bioc_write import Names, render, write_json, write_xml
from phantom.formats.concepts import project
from phantom.formats.mentions import Document, Link, Mention, to_example
from phantom.formats.units import UNITS
from phantom.records import Example
from phantom.registry import phantom_registry


@phantom_registry.phantom_formats("bioc")
@dataclass(frozen=True, kw_only=True)
class BioC(Format):
    """BioC XML or JSON; annotations of passages, sentences and documents are gathered.

    Offsets are those of the document, in characters, UTF-16 or bytes: the words of the
    mentions tell which, and whether they count from the beginning of their passage or
    sentence instead, as INCEpTION writes them. Relations are read by their nodes, or by
    two infons that name concepts; those between concepts are drawn between their
    closest mentions. Written in characters, as JSON where the file ends in .json;
    relations by nodes, those between concepts by infons.

    type_infon (str): Infon that holds the label.
    concept_infon (str): Infon that holds the concept.
    head, tail (str): Roles of the nodes, or names of the infons.
    unit (str): What offsets count; "" tells it from the words.
    """

    type_infon: str = "type"
    concept_infon: str = "identifier"
    head: str = "entity1"
    tail: str = "entity2"
    unit: Literal["", "characters", "UTF-16", "bytes"] = ""
    roles: ClassVar[tuple[str, ...]] = ("xml",)
    holds: ClassVar[frozenset[str]] = frozenset(
        {"concepts", "meta.title_end", "meta.concept_pairs", f"meta.{BESIDE}"}
    )

    def read(self, files: Files, prefix: str, report: Report) -> Iterator[Example]:
        path = files.pick("xml")
        for number, document in enumerate(read_documents(path), start=1):
            given = str(document.get("id") or number)
            place = f"{path}: document {given}"
            name = prefixed(prefix, given)
            example = report.attempt(
                place, self._convert, document, name, place, report
            )
            if example:
                yield example

    def write(self, examples: Iterable[Example], path: Path, report: Report) -> int:
        names = Names(self.type_infon, self.concept_infon, self.head, self.tail)
        made = (render(x, names, report) for x in examples)
        if ".json" in path.suffixes:
            return write_json(path, made)
        return write_xml(path, made, report)

    @staticmethod
    def recognise(record: Mapping[str, Any]) -> bool:
        return "documents" in record or "passages" in record or "PubTator3" in record

    @staticmethod
    def recognise_file(path: Path, head: str) -> bool:
        return "<collection" in head and "<document" in head

    def _convert(
        self, source: dict[str, Any], name: str, place: str, report: Report
    ) -> Example:
        parts = _gather(source)
        marks = [(_locations(x), x.get("text")) for x, _ in parts.marks]
        units: list[str] = [self.unit] if self.unit else list(UNITS)
        text, unit, marks = place_marks(parts, marks, units, report)
        document = Document(name, text, place, meta=_title(source, text))
        for (mark, key), (bounds, words) in zip(parts.marks, marks, strict=True):
            infons = mark.get("infons") or {}
            label, concept = infons.get(self.type_infon), infons.get(self.concept_infon)
            if not label:
                report.leave_out(
                    f"annotation without the infon {self.type_infon}", place
                )
                continue
            ends = tuple(
                (UNITS[unit](text, a), UNITS[unit](text, b)) for a, b in bounds
            )
            joined = str(concept or "").replace(",", "|") or None
            document.mentions.append(
                Mention(key, ends, label, words, joined, f"{place}, annotation {key}")
            )
        pairs: list[dict[str, Any]] = []
        for relation, keys in parts.relations:
            self._relate(relation, keys, document, pairs, report)
        example = to_example(document, report)
        if not pairs:
            return example
        drawn = project(example, pairs, report)
        both = (*example.relations, *drawn.relations)
        return drawn.model_copy(update={"relations": tuple(dict.fromkeys(both))})

    def _relate(
        self,
        relation: dict[str, Any],
        keys: Mapping[str, str],
        document: Document,
        pairs: list[dict[str, Any]],
        report: Report,
    ) -> None:
        """By the ids of mentions if nodes name them, else between concepts."""
        infons = relation.get("infons") or {}
        place = f"{document.place}, relation {relation.get('id')}"
        label = infons.get(self.type_infon)
        nodes = {
            x.get("role") or "": x.get("refid") or ""
            for x in relation.get("nodes") or ()
        }
        by_role = nodes or infons
        if not label:
            report.leave_out(f"relation without the infon {self.type_infon}", place)
        elif self.head not in by_role or self.tail not in by_role:
            report.leave_out(f"relation without {self.head} and {self.tail}", place)
        else:
            head, tail = by_role[self.head], by_role[self.tail]
            if nodes and head in keys and tail in keys:
                document.links.append(Link(keys[head], keys[tail], label, place))
            else:
                pair = {"label": label, "head": head, "tail": tail}
                more = {"novel": infons["novel"]} if "novel" in infons else {}
                pairs.append({**pair, **more, "place": place})


def _title(source: Mapping[str, Any], text: str) -> dict[str, Any]:
    """Where the title ends, if the document is a title and an abstract."""
    passages = source.get("passages") or []
    kinds = [(x.get("infons") or {}).get("type") for x in passages]
    title = passages[0].get("text") or "" if passages else ""
    if kinds != ["title", "abstract"] or not text.startswith(f"{title} "):
        return {}
    return {"title_end": len(title)}


def _gather(document: dict[str, Any]) -> Parts:
    parts = Parts()
    first: dict[str, str] = {}
    count: dict[str, int] = {}
    passages = document.get("passages") or []
    levels = [document, *passages]
    levels += [x for passage in passages for x in passage.get("sentences") or ()]
    found = []
    for level in levels:
        if level.get("text") is not None:
            parts.pieces.append((int(level.get("offset") or 0), level["text"]))
        own: dict[str, str] = {}
        for mark in level.get("annotations") or ():
            # Ids can begin anew in each passage; the later ones take a number.
            key = str(mark.get("id") or "")
            count[key] = count.get(key, 0) + 1
            own[key] = key if count[key] == 1 else f"{key}#{count[key]}"
            parts.marks.append((mark, own[key]))
            parts.frames.append(int(level.get("offset") or 0))
        first = {**own, **first}
        found += [(x, own) for x in level.get("relations") or ()]
    # A relation's ids are those of its passage first.
    parts.relations = [(x, {**first, **own}) for x, own in found]
    return parts


def _locations(mark: Mapping[str, Any]) -> tuple[tuple[int, int], ...]:
    found = tuple(
        (int(x.get("offset") or 0), int(x.get("offset") or 0) + int(x["length"]))
        for x in mark.get("locations") or ()
    )
    if not found:
        raise ValueError(f"annotation {mark.get('id')} has no location")
    return found
