"""KPI-EDGAR: sentences of annual reports as rows of a workbook (.xlsx)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple

from phantom.formats.base import Files, Format, Report, prefixed
from phantom.formats.spacing import rejoin
from phantom.records import Entity, Example, Relation
from phantom.registry import phantom_registry

TAG = re.compile(
    r"(kpi_coref|kpi|cy|py1|py|increase_py|increase|decrease_py|decrease|thereof|attr"
    r"|false_positive)((?:_\d+)*)"
)
NAMES = ("KPI", "KPI_COREF")
VALUES = ("CY", "PY", "PY1", "INCREASE", "INCREASE_PY", "DECREASE", "DECREASE_PY")
FALSE = "FALSE_POSITIVE"
ROWS = ("Blob ID", "Sentence ID", "Sentence", "Manual Annotations", "Comment")


class Block(NamedTuple):
    """The rows of one sentence. row (int): Number of its first row, from 1."""

    filing: str
    row: int
    cells: dict[str, list[Any]]


@phantom_registry.phantom_formats("kpi_edgar")
@dataclass(frozen=True, kw_only=True)
class KpiEdgar(Format):
    """KPI-EDGAR's workbook: each sheet is a filing, its second cell says the split.

    Entities that share a group number are linked: a key figure (or a part of one, of
    the group below) with its values and attributes. A sentence that the annotators
    marked "delete" is left out. Needs openpyxl.

    split (str): Whose sheets to read.
    """

    split: Literal["train", "valid", "test"] = "train"
    roles: ClassVar[tuple[str, ...]] = ("xlsx",)

    def read(self, files: Files, prefix: str, report: Report) -> Iterator[Example]:
        path = files.pick("xlsx")
        count = 0
        for sheet, block in _read_blocks(path, self.split):
            place = f"{path}:{sheet}!{block.row}"
            missing = [key for key in ROWS if key not in block.cells]
            if missing:
                report.fail(place, f"no row {', '.join(missing)}")
                continue
            if "delete" in map(_clean, block.cells["Manual Annotations"]):
                report.leave_out('sentence marked "delete"', place)
                continue
            example = report.attempt(
                place, _convert, prefixed(prefix, f"{count:04d}"), block
            )
            count += 1
            if example:
                yield example


def _read_blocks(path: Path, split: str) -> Iterator[tuple[str, Block]]:
    try:
        import openpyxl
    except ImportError:
        raise ValueError(
            f"{path}: a workbook needs openpyxl; install it with "
            "`pip install spacy-phantom[workbook]`"
        ) from None
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # of zipfile, of XML and of openpyxl, of many kinds
        raise ValueError(f"{path}: no workbook that can be read ({error})") from None
    for sheet in book.worksheets:
        block: Block | None = None
        filing = ""
        for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
            if number == 1:
                if len(row) < 2 or _clean(row[1]) != split:
                    break
                filing = str(row[0])
            elif row and row[0] == ROWS[0]:
                if block:
                    yield sheet.title, block
                block = Block(filing, number, {})
            if block and row and row[0]:
                block.cells[str(row[0])] = list(row[1:])
        if block:
            yield sheet.title, block
    book.close()


def _convert(name: str, block: Block) -> Example:
    words = block.cells["Sentence"]
    length = max((i + 1 for i, x in enumerate(words) if x is not None), default=0)
    tokens = [str(x) for x in words[:length]]
    tags = [_clean(x) for x in block.cells["Manual Annotations"][:length]]
    text, spans = rejoin(tokens)
    entities, false = [], []
    for first, end, tag in _runs(tags):
        match = TAG.fullmatch(tag)
        if match is None:
            raise ValueError(f"{tag!r} is no tag of KPI-EDGAR")
        start, stop = spans[first][0], spans[end - 1][1]
        if match[1].upper() == FALSE:
            false += [[a, b, text[a:b]] for a, b in spans[first:end]]
            continue
        group = [int(x) for x in match[2].split("_")[1:]] or None
        entities.append(
            Entity(start=start, end=stop, label=match[1].upper(),
                   text=text[start:stop], group=group)
        )  # fmt: skip
    relations, extra = link(entities)
    return Example(
        id=name,
        text=text,
        entities=tuple(entities),
        relations=tuple(relations),
        tokens=[text[start:end] for start, end in spans],
        meta={
            "filing": block.filing,
            "blob": _first(block, "Blob ID"),
            "sent": _first(block, "Sentence ID"),
            "false_positive": false,
            "extra_links": extra,
        },
    )


def link(entities: Sequence[Entity]) -> tuple[list[Relation], list[list[int]]]:
    """Relations by group number, and the further pairs that the authors' reader draws.

    A group that is missing or begins with 0 links to nothing.
    """
    relations, extra = [], []
    for (a, head), (b, tail) in permutations(enumerate(entities), 2):
        if not _may_link(head, tail):
            continue
        above, below = head.group or [0], tail.group or [0]
        if 0 in (above[0], below[0]):
            continue
        step = below[:-1] if tail.label == "THEREOF" else below
        if step == above:
            label = f"{head.label}_{tail.label}"
            relations.append(Relation(head=a, tail=b, label=label))
        elif above[: len(below)] == below or below[: len(above)] == above:
            extra.append(sorted((a, b)))
    return relations, sorted(extra)


def _may_link(head: Entity, tail: Entity) -> bool:
    if head.label in NAMES:
        return tail.label in (*VALUES, "ATTR", "THEREOF")
    return head.label == "THEREOF" and tail.label in (*VALUES, "ATTR")


def _runs(tags: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    first = 0
    for i, tag in enumerate(tags):
        if i + 1 == len(tags) or tags[i + 1] != tag:
            if tag:
                yield first, i + 1, tag
            first = i + 1


def _first(block: Block, row: str) -> Any:
    return next((x for x in block.cells[row] if x is not None), None)


def _clean(cell: Any) -> str:
    return "" if cell is None else str(cell).strip().casefold()
