"""BioC XML: documents of passages, as of BioRED and PubTator Central."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar
from xml.etree import ElementTree

from phantom.formats.base import Files, Format, Report, prefixed
from phantom.formats.concepts import project
from phantom.formats.mentions import Document, Link, Mention, to_example
from phantom.formats.units import UNITS, find_unit
from phantom.records import Example
from phantom.registry import phantom_registry

Element = ElementTree.Element


@dataclass
class Parts:
    """A document as it is gathered.

    pieces (List[Tuple[int, str]]): Offset and text of each passage or sentence.
    marks (List[Tuple[Element, str]]): Annotations, with a key that is unique.
    """

    name: str
    pieces: list[tuple[int, str]]
    marks: list[tuple[Element, str]]
    relations: list[Element]


@phantom_registry.phantom_formats("bioc")
@dataclass(frozen=True, kw_only=True)
class BioC(Format):
    """BioC XML; annotations of passages, sentences and documents are gathered.

    Offsets are those of the document, in characters, UTF-16 or bytes: the words of the
    mentions tell which. Relations are read by their nodes, or by two infons that name
    concepts; those between concepts are drawn between their closest mentions.

    type_infon (str): Infon that holds the label.
    concept_infon (str): Infon that holds the concept.
    head, tail (str): Roles of the nodes, or names of the infons.
    """

    type_infon: str = "type"
    concept_infon: str = "identifier"
    head: str = "entity1"
    tail: str = "entity2"
    roles: ClassVar[tuple[str, ...]] = ("xml",)

    def read(self, files: Files, prefix: str, report: Report) -> Iterator[Example]:
        path = files.pick("xml")
        for number, element in enumerate(_stream(path), start=1):
            name = element.findtext("id") or str(number)
            place = f"{path}: document {name}"
            example = report.attempt(
                place, self._convert, element, prefixed(prefix, name), place, report
            )
            element.clear()
            if example:
                yield example

    def _convert(
        self, element: Element, name: str, place: str, report: Report
    ) -> Example:
        parts = _gather(element, name)
        marks = [(_locations(x), x.findtext("text")) for x, _ in parts.marks]
        text, unit = _place(parts.pieces, marks, report)
        document = Document(name, text, place)
        concepts: dict[str, str] = {}
        for (mark, key), (bounds, words) in zip(parts.marks, marks, strict=True):
            infons = _infons(mark)
            label, concept = infons.get(self.type_infon), infons.get(self.concept_infon)
            if not label:
                report.leave_out(
                    f"annotation without the infon {self.type_infon}", place
                )
                continue
            concepts[key] = concept or ""
            ends = tuple(
                (UNITS[unit](text, a), UNITS[unit](text, b)) for a, b in bounds
            )
            joined = (concept or "").replace(",", "|") or None
            document.mentions.append(
                Mention(key, ends, label, words, joined, f"{place}, annotation {key}")
            )
        pairs: list[dict[str, Any]] = []
        for relation in parts.relations:
            self._relate(relation, document, concepts, pairs, report)
        example = to_example(document, report)
        if not pairs:
            return example
        drawn = project(example, pairs, report)
        both = (*example.relations, *drawn.relations)
        return drawn.model_copy(update={"relations": tuple(dict.fromkeys(both))})

    def _relate(
        self,
        relation: Element,
        document: Document,
        concepts: dict[str, str],
        pairs: list[dict[str, Any]],
        report: Report,
    ) -> None:
        """By the ids of mentions if nodes name them, else between concepts."""
        infons = _infons(relation)
        place = f"{document.place}, relation {relation.get('id')}"
        label = infons.get(self.type_infon)
        nodes = [(x.get("role") or "", x.get("refid") or "") for x in
                 relation.findall("node")]  # fmt: skip
        by_role = dict(nodes) if nodes else infons
        if not label:
            report.leave_out(f"relation without the infon {self.type_infon}", place)
        elif self.head not in by_role or self.tail not in by_role:
            report.leave_out(f"relation without {self.head} and {self.tail}", place)
        else:
            ends = by_role[self.head], by_role[self.tail]
            if nodes and all(x in concepts for x in ends):
                document.links.append(Link(*ends, label, place))
            else:
                pair = {"label": label, "head": ends[0], "tail": ends[1]}
                more = {"novel": infons["novel"]} if "novel" in infons else {}
                pairs.append({**pair, **more, "place": place})


def _stream(path: Path) -> Iterator[Element]:
    """Documents one by one. RAISES: ValueError with `path:line` if it is no XML."""
    try:
        for _, element in ElementTree.iterparse(path):
            if element.tag == "document":
                yield element
    except ElementTree.ParseError as error:
        line = error.position[0]
        raise ValueError(f"{path}:{line}: no XML ({error})") from None


def _gather(document: Element, name: str) -> Parts:
    parts = Parts(name, [], [], [])
    seen: dict[str, int] = {}
    levels = [document, *document.findall("passage")]
    levels += document.findall("passage/sentence")
    for level in levels:
        words = level.findtext("text")
        if words is not None:
            parts.pieces.append((int(level.findtext("offset") or 0), words))
        for mark in level.findall("annotation"):
            # Ids can begin anew in each passage; the later ones take a number.
            key = mark.get("id") or ""
            seen[key] = seen.get(key, 0) + 1
            parts.marks.append((mark, key if seen[key] == 1 else f"{key}#{seen[key]}"))
        parts.relations += level.findall("relation")
    return parts


def _place(
    pieces: list[tuple[int, str]],
    marks: list[tuple[tuple[tuple[int, int], ...], str | None]],
    report: Report,
) -> tuple[str, str]:
    """The text, blanks between passages where offsets leave room, and its unit."""
    texts = {unit: _join(pieces, unit) for unit in UNITS}
    found = {unit: text for unit, text in texts.items() if text is not None}
    if not found:
        raise ValueError("offsets of passages overlap in every unit")
    spans = [(x[0][0], x[0][1], words) for x, words in marks if len(x) == 1]
    error: ValueError | None = None
    for text in dict.fromkeys(found.values()):
        units = [unit for unit in found if found[unit] == text]
        try:
            unit = find_unit(text, spans, units)
        except ValueError as problem:
            error = problem
            continue
        if unit != "characters":
            report.note(f"offsets count {unit}")
        return text, unit
    raise error or ValueError("no text")


def _join(pieces: list[tuple[int, str]], unit: str) -> str | None:
    sizes = {
        "characters": len,
        "UTF-16": lambda x: len(x.encode("utf-16-le")) // 2,
        "bytes": lambda x: len(x.encode()),
    }
    text = ""
    for offset, words in sorted(pieces, key=lambda x: x[0]):
        room = offset - sizes[unit](text)
        if room < 0:
            return None
        text += " " * room + words
    return text


def _infons(element: Element) -> dict[str, str]:
    return {
        x.get("key") or "": (x.text or "").strip() for x in element.findall("infon")
    }


def _locations(mark: Element) -> tuple[tuple[int, int], ...]:
    found = tuple(
        (
            int(x.get("offset") or 0),
            int(x.get("offset") or 0) + int(x.get("length") or 0),
        )
        for x in mark.findall("location")
    )
    if not found:
        raise ValueError(f"annotation {mark.get('id')} has no location")
    return found
