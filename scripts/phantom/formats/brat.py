"""brat's standoff: a folder of .txt and .ann files."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

from phantom.formats.base import Files, Format, Report, prefixed
from phantom.formats.beside import BESIDE, Pieces, all_ties, read_beside
from phantom.formats.folders import new_file
from phantom.formats.lines import write_lines
from phantom.formats.mentions import Document, Link, Mention, to_example
from phantom.jsonl import read_lines, told
from phantom.records import Example
from phantom.registry import phantom_registry

SUFFIXES = (".ann", ".a1", ".a2")
LABEL = re.compile(r"[A-Za-z_][\w-]*")
SPAN = re.compile(r"\d+ \d+(;\d+ \d+)*")


@dataclass
class Lines:
    """The annotations of one document, with the place of each.

    notes (Dict[str, List[str]]): Text by the id it belongs to; so attributes, ids.
    """

    mentions: list[Mention] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    groups: list[tuple[str, list[str], str]] = field(default_factory=list)
    notes: dict[str, list[list[str]]] = field(default_factory=dict)
    attributes: dict[str, dict[str, Any]] = field(default_factory=dict)
    concepts: dict[str, list[str]] = field(default_factory=dict)


@phantom_registry.phantom_formats("brat")
@dataclass(frozen=True, kw_only=True)
class Brat(Format):
    """brat's standoff (T, R, A, M, N, # and * lines), a .txt with its .ann or .a1, .a2.

    Mentions in pieces that only blanks part are joined. Attributes and notes are kept
    in `meta`, by the id of what they belong to. Events are left out and counted. The
    first argument of a relation in its line is the head.

    equivalences (bool): Draw a relation between every two members of a `*` line.
    """

    equivalences: bool = False
    roles: ClassVar[tuple[str, ...]] = ("folder",)
    holds: ClassVar[frozenset[str]] = frozenset(
        {"concepts"}
        | {f"meta.{x}" for x in ("brat", "ids", "links", "notes", "brat_attributes")}
        | {f"meta.{BESIDE}"}
    )

    def read(self, files: Files, prefix: str, report: Report) -> Iterator[Example]:
        folder = files.pick("folder")
        if not folder.is_dir():
            raise ValueError(f"{folder}: expected a folder of .txt and .ann files")
        for text in sorted(folder.rglob("*.txt")):
            marks = [text.with_suffix(x) for x in SUFFIXES]
            found = [path for path in marks if path.is_file()]
            if not found:
                report.fail(f"{text}:1", "no .ann, .a1 or .a2 beside it")
                continue
            name = text.relative_to(folder).with_suffix("").as_posix()
            example = report.attempt(
                f"{text}:1", self._convert, prefixed(prefix, name), text, found, report
            )
            if example:
                yield example

    def write(self, examples: Iterable[Example], path: Path, report: Report) -> int:
        path.mkdir(parents=True, exist_ok=True)
        written = 0
        for example in examples:
            lines = report.attempt(example.id, render, example, report)
            if lines is None:
                continue
            name = str(example.meta.get("brat", example.id))
            file = new_file(path, name, ".txt", report)
            if file:
                write_lines(file, [example.text])
                write_lines(file.with_name(f"{file.name[:-4]}.ann"), lines)
                written += 1
        return written

    @staticmethod
    def recognise_file(path: Path, head: str) -> bool:
        return path.is_dir() and any(any(path.rglob(f"*{x}")) for x in SUFFIXES)

    def _convert(
        self, name: str, path: Path, marks: list[Path], report: Report
    ) -> Example:
        # A byte order mark stays: brat counts it.
        with told(path), path.open(encoding="utf-8", newline="") as file:
            text = file.read()
        found = Lines()
        for file_ in marks:
            for number, line in enumerate(read_lines(file_), start=1):
                _read_line(line.rstrip("\r\n"), f"{file_}:{number}", found, report)
        mentions = [
            Mention(
                key=x.key,
                pieces=x.pieces,
                label=x.label,
                text=x.text,
                id="|".join(found.concepts.get(x.key, [])) or None,
                place=x.place,
            )
            for x in found.mentions
        ]
        links = list(found.links)
        for kind, members, place in found.groups:
            if not self.equivalences:
                report.leave_out("equivalence", place)
                continue
            pairs = [(a, b) for i, a in enumerate(members) for b in members[i + 1 :]]
            links += [Link(a, b, kind, place) for a, b in pairs]
        meta: dict[str, Any] = {"brat": path.stem}
        if found.notes:
            meta["notes"] = found.notes
        if found.attributes:
            meta["brat_attributes"] = found.attributes
        document = Document(name, text, f"{path}:1", mentions, links, meta)
        example = to_example(document, report)
        meta = {**example.meta, "ids": document.kept, "links": document.related}
        return example.model_copy(update={"meta": meta})


def _read_line(line: str, place: str, found: Lines, report: Report) -> None:
    """Sort one line in; blanks at the ends of a line belong to its words."""
    if not line.strip():
        return
    key, _, rest = line.partition("\t")
    body, _, words = rest.partition("\t")
    if key.startswith("T"):
        label, _, offsets = body.partition(" ")
        if not SPAN.fullmatch(offsets):
            raise ValueError(f"{place}: {offsets!r} are no offsets")
        pieces = [tuple(map(int, x.split())) for x in offsets.split(";")]
        ends = tuple((x[0], x[1]) for x in pieces)
        found.mentions.append(Mention(key, ends, label, words, place=place))
    elif key.startswith("R"):
        label, *ends_ = body.split()
        if len(ends_) != 2 or not all(":" in x for x in ends_):
            raise ValueError(f"{place}: a relation has two arguments, such as Arg1:T1")
        head, tail = (x.partition(":")[2] for x in ends_)
        found.links.append(Link(head, tail, label, place, key))
    elif key == "*":
        label, *members = body.split()
        found.groups.append((label, members, place))
    elif key[:1] in ("A", "M"):
        label, target, *value = body.split(" ", 2)
        known = found.attributes.setdefault(target, {})
        known[label] = value[0] if value and value[0] else True
    elif key.startswith("N"):
        _, target, concept = body.split(" ", 2)
        found.concepts.setdefault(target, []).append(concept)
    elif key.startswith("#"):
        label, _, target = body.partition(" ")
        found.notes.setdefault(target, []).append([label, words])
    elif key.startswith("E"):
        report.leave_out("event", place)
    else:
        raise ValueError(f"{place}: {key[:20]!r} is no kind of line of brat")


def render(example: Example, report: Report) -> list[str]:
    """Lines of an .ann file; a mention over a line break is written in pieces.

    RAISES: ValueError for a label that brat cannot have.
    """
    marks, ties = read_beside(example, report)
    labels = {x.label for x in example.entities} | {x.label for x in marks}
    labels |= {x.label for x in all_ties(example.relations, ties)}
    odd = sorted(x for x in labels if not LABEL.fullmatch(x))
    if odd:
        raise ValueError(
            f"brat has no labels such as {odd[0]!r}: letters, figures, - and _ alone"
        )
    lines, number, meta = [], 0, example.meta
    ids = _ids("T", len(example.entities), meta.get("ids"))
    links = _ids("R", len(example.relations), meta.get("links"))
    beside = _more("T", [x.key for x in marks], ids)
    spans: list[tuple[Pieces, str, str | None]] = [
        (((x.start, x.end),), x.label, x.id) for x in example.entities
    ] + [(x.pieces, x.label, x.id) for x in marks]
    for key, (ends, label, concepts) in zip([*ids, *beside], spans, strict=True):
        pieces = [
            (start + match.start(), start + match.end())
            for start, end in ends
            for match in re.finditer(r"[^\r\n]+", example.text[start:end])
        ]
        offsets = ";".join(f"{a} {b}" for a, b in pieces)
        words = " ".join(example.text[a:b] for a, b in pieces)
        lines.append(f"{key}\t{label} {offsets}\t{words}\n")
        for concept in concepts.split("|") if concepts else ():
            number += 1
            lines.append(f"N{number}\tReference {key} {concept}\t{words}\n")
    names: dict[str | int, str] = dict(enumerate(ids))
    names |= dict(zip((x.key for x in marks), beside, strict=True))
    more = _more("R", [x.key for x in ties], links)
    related = all_ties(example.relations, ties)
    for key, tie in zip([*links, *more], related, strict=True):
        lines.append(
            f"{key}\t{tie.label} Arg1:{names[tie.head]} Arg2:{names[tie.tail]}\n"
        )
    return lines + _render_marks(meta, {*ids, *beside, *links, *more})


def _more(letter: str, given: list[str], taken: list[str]) -> list[str]:
    """Ids for what stands beside: the source's own where they fit, else new ones."""
    known = {*taken, *given}
    free = (x for x in (f"{letter}{i}" for i in count(1)) if x not in known)
    fits = re.compile(rf"{letter}\d+")
    return [x if fits.fullmatch(x) and x not in taken else next(free) for x in given]


def _ids(letter: str, size: int, given: list[str] | None) -> list[str]:
    """The source's own ids, gaps and all, as long as they fit."""
    if given and len(given) == size and all(given):
        return given
    return [f"{letter}{i + 1}" for i in range(size)]


def _render_marks(meta: Mapping[str, Any], targets: Collection[str]) -> list[str]:
    lines = []
    number = 0
    for target, values in meta.get("brat_attributes", {}).items():
        for name, value in values.items() if target in targets else ():
            number += 1
            shown = "" if value is True else f" {value}"
            lines.append(f"A{number}\t{name} {target}{shown}\n")
    number = 0
    for target, notes in meta.get("notes", {}).items():
        for name, text in notes if target in targets else ():
            number += 1
            lines.append(f"#{number}\t{name} {target}\t{text}\n")
    return lines
