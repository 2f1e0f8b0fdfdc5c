"""The documents of a PubTator file, and what parts the concepts of a mention."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from phantom.formats.base import Report
from phantom.jsonl import read_lines

HEAD = re.compile(r"([^|\t]+)\|([ta])\|(.*)", re.DOTALL)
Separator = Literal["|", ",", ";"]
PARTED = {"|": "bars", ",": "commas", ";": "semicolons"}
# What stands in place of a concept where there is none.
NONE = ("-", "")


@dataclass
class Abstract:
    """One document. line (int): Of its title.

    mentions (List[Tuple[int, List[str]]]): Line number and columns of each; so `pairs`.
    """

    name: str
    line: int
    title: str = ""
    abstract: str = ""
    mentions: list[tuple[int, list[str]]] = field(default_factory=list)
    pairs: list[tuple[int, list[str]]] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Title and abstract, as the offsets count them."""
        return f"{self.title} {self.abstract}" if self.abstract else self.title


def read_pubtator(path: Path, report: Report) -> Iterator[Abstract]:
    """Stream the documents; lines of another form are reported, with their document."""
    doc: Abstract | None = None
    for number, raw in enumerate(read_lines(path), start=1):
        line = raw.rstrip("\r\n")
        head = HEAD.fullmatch(line)
        cells = line.split("\t")
        if head and head[2] == "t":
            if doc:
                yield doc
            doc = Abstract(head[1], number, title=head[3])
        elif not line.strip():
            continue
        elif doc is None:
            report.fail(f"{path}:{number}", "annotation before a title (`ID|t|title`)")
        elif head and head[1] == doc.name:
            if doc.abstract:
                doc.faults.append((number, "a second abstract of the document"))
            doc.abstract = head[3]
        elif (head[1] if head else cells[0]) != doc.name:
            doc.faults.append((number, f"{(head[1] if head else cells[0])[:40]!r} is "
                               f"not the document's id, {doc.name!r}"))  # fmt: skip
        elif len(cells) in (5, 6, 7) and cells[1].isdigit() and cells[2].isdigit():
            doc.mentions.append((number, cells))
        elif len(cells) in (4, 5):
            doc.pairs.append((number, cells))
        else:
            doc.faults.append((number, f"{len(cells)} columns; a mention has 5 to 7, a "
                               "relation 4 or 5, parted by tabs"))  # fmt: skip
    if doc:
        yield doc


def guess_separator(path: Path, report: Report) -> str:
    """What parts the concepts of a mention: the first sign that fits the whole file.

    A variant of BioRED has bars inside one concept. So where several signs occur, the
    right one is that under which each end of a relation is some mention's concept. A
    sign parts nothing where the 7th column beside it always is a single part, as it is
    beside tmVar's variants.

    RAISES: ValueError if several signs occur and under each some end is unknown.
    """
    columns: list[str] = []
    counted: list[tuple[str, int]] = []
    ends: list[tuple[int, str, str]] = []
    for doc in read_pubtator(path, Report()):
        columns += [cells[5] for _, cells in doc.mentions if len(cells) > 5]
        counted += [
            (cells[5], len(cells[6].split("|")))
            for _, cells in doc.mentions
            if len(cells) > 6 and cells[6].strip()
        ]
        ends += [(line, doc.name, x) for line, row in doc.pairs for x in row[2:4]]
    present = [x for x in PARTED if any(x in ids for ids in columns)]
    occur = [x for x in present if _parts_some(x, counted)]
    if not occur and present:
        found = next(x for x in PARTED if x not in present)
    elif len(occur) < 2:
        found = occur[0] if occur else "|"
    else:
        unknown = {x: _unknown_end(path, ends, x) for x in occur}
        fits = [x for x in occur if unknown[x] is None]
        if not fits:
            line, name, concept = unknown[occur[0]] or ends[0]
            raise ValueError(
                f"{path}:{line}: {' and '.join(PARTED[x] for x in occur)} occur in "
                f"concepts, and parted by either no mention of {name} has "
                f"{concept!r}; say what parts them with the setting `id_separator`"
            )
        found = fits[0]
    if present and found not in present:
        signs = " and ".join(PARTED[x] for x in present)
        report.note(f"{path}: {signs} belong to the concepts, and part none")
    elif found != "|":
        report.note(f"{path}: concepts of one mention are parted by {PARTED[found]}")
    return found


def _parts_some(separator: str, counted: list[tuple[str, int]]) -> bool:
    """Whether beside it the 7th column ever has several parts, if it is there."""
    beside = [parts for ids, parts in counted if separator in ids]
    return not beside or max(beside) > 1


def _unknown_end(
    path: Path, ends: list[tuple[int, str, str]], separator: str
) -> tuple[int, str, str] | None:
    """The first end of a relation that is no concept of its document."""
    known: set[tuple[str, str]] = set()
    for doc in read_pubtator(path, Report()):
        for _, cells in doc.mentions:
            if len(cells) > 5:
                known |= {(doc.name, x) for x in [cells[5], *cells[5].split(separator)]}
    return next((x for x in ends if (x[1], x[2]) not in known), None)
