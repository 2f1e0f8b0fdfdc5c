"""A file of WebAnno TSV 3 as a text, its layers and the annotations on its tokens."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from phantom.formats.tsv_cells import (
    REFERENCE,
    read_value,
    split_stack,
    unescape_text,
)
from phantom.formats.units import SIZES, utf16_table
from phantom.jsonl import read_lines

ROW = re.compile(r"(\d+-\d+(?:\.\d+)?)\t(\d+)-(\d+)\t")
FORMAT = re.compile(r"#FORMAT=WebAnno TSV 3(?:\.(\d+))?(?:\.\d+)?")
LAYER = re.compile(r"#T_(SP|RL|CH)=(.+)")


@dataclass
class Layer:
    """One line of the head.

    kind (str): "SP" (spans), "RL" (relations) or "CH" (chains).
    features (List[str]): Names by column; "" where a layer has none.
    first (int): Place of its first column among those of all layers.
    base (str): Of relations: the layer of their ends.
    """

    kind: str
    name: str
    features: list[str]
    first: int
    base: str = ""


@dataclass
class Row:
    """One token, or a part of one. start, end (int): In characters of the text."""

    unit: str
    start: int
    end: int
    cells: list[str]
    place: str


@dataclass
class Found:
    """An annotation, gathered from its rows."""

    start: int
    end: int
    features: dict[str, str | None]
    place: str


@dataclass
class Table:
    """The file: its text, layers and rows."""

    text: str = ""
    layers: list[Layer] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def collect(self, layer: Layer) -> dict[str, Found]:
        """The spans of a layer, by what relations call them."""
        found: dict[str, Found] = {}
        for row in self.rows:
            for features, number in self._stacked(layer, row):
                key = f"[{number}]" if number else row.unit
                if key in found:
                    found[key].end = max(found[key].end, row.end)
                else:
                    found[key] = Found(row.start, row.end, features, row.place)
        return found

    def relations(
        self, layer: Layer
    ) -> Iterator[tuple[str, str, dict[str, str | None], str]]:
        """Key of the head, key of the tail, features and place of each relation."""
        for row in self.rows:
            target = row.cells[layer.first + len(layer.features)]
            if target == "_":
                continue
            stacked = list(self._stacked(layer, row))
            for i, part in enumerate(split_stack(target)):
                match = REFERENCE.fullmatch(part)
                if not match:
                    raise ValueError(f"{row.place}: {part!r} names no token")
                # Number 0 is the only span of that layer on the token.
                head, tail = (
                    f"[{number}]" if number and number != "0" else unit
                    for number, unit in ((match[2], match[1]), (match[3], row.unit))
                )
                features = stacked[i][0] if i < len(stacked) else {}
                yield head, tail, features, row.place

    def count(self, layer: Layer) -> int:
        """How many annotations a layer has."""
        return len(self.collect(layer))

    def _stacked(
        self, layer: Layer, row: Row
    ) -> Iterator[tuple[dict[str, str | None], str]]:
        columns = {
            name: split_stack(row.cells[layer.first + i])
            for i, name in enumerate(layer.features)
            if row.cells[layer.first + i] != "_"
        }
        for i in range(max(map(len, columns.values()), default=0)):
            values = {k: read_value(v[i]) for k, v in columns.items() if i < len(v)}
            number = next((n for _, n in values.values() if n), "")
            yield {name: value for name, (value, _) in values.items()}, number


def read_table(path: Path) -> Table:
    """Read a file; its offsets place the sentences, and its tokens are checked.

    RAISES: ValueError with `path:line` of what is wrong first.
    """
    table, width, old = Table(), 0, False
    sentence: list[str] = []
    pending: list[tuple[str, int, int, list[str], str]] = []
    done: list[tuple[str, int, int, list[str], str]] = []

    def close() -> None:
        if sentence:
            _append(table, "\n".join(sentence), pending)
        done.extend(pending)
        sentence.clear()
        pending.clear()

    for number, raw in enumerate(read_lines(path), start=1):
        line, place = raw.rstrip("\r\n"), f"{path}:{number}"
        match = FORMAT.fullmatch(line) if number == 1 else None
        layer = LAYER.fullmatch(line) if not done and not sentence else None
        row = ROW.match(line)
        if number == 1 and not match:
            raise ValueError(f"{place}: expected #FORMAT=WebAnno TSV 3.x")
        if match:
            old = int(match[1] or 0) < 2
        elif layer:
            table.layers.append(_read_layer(layer[1], layer[2], width))
            width += len(table.layers[-1].features) + bool(table.layers[-1].base)
        elif line.startswith("#Text="):
            if pending:
                close()
            sentence.append(unescape_text(line.removeprefix("#Text="), old))
        elif row:
            cells = line.split("\t")
            if len(cells) < 3 + width:
                raise ValueError(
                    f"{place}: {len(cells) - 3} columns of annotation, expected {width}"
                )
            pending.append((row[1], int(row[2]), int(row[3]), cells[2:], place))
        elif not line:
            close()
        elif not line.startswith("#"):
            raise ValueError(f"{place}: {line[:40]!r} is no row of a token")
    close()
    if not done and not table.text:
        raise ValueError(f"{path}:1: no text, and no row of a token")
    _place_rows(table, done)
    return table


def read_layers(path: Path) -> list[Layer]:
    """The layers that the head of a file names: those that its text has marks of."""
    found: list[Layer] = []
    for line in read_lines(path):
        layer = LAYER.fullmatch(line.rstrip("\r\n"))
        if layer:
            found.append(_read_layer(layer[1], layer[2], 0))
        elif not line.startswith("#FORMAT"):
            break
    return found


def _read_layer(kind: str, declared: str, first: int) -> Layer:
    name, *fields = declared.split("|")
    base = next((x for x in fields if kind == "RL" and x.startswith("BT_")), "")
    features = [x for x in fields if x != base or not base]
    return Layer(kind, name, features or ["" for _ in range(not base)], first, base[3:])


def _append(
    table: Table, words: str, rows: list[tuple[str, int, int, list[str], str]]
) -> None:
    """Put a sentence where its first token lies; what is between becomes blanks."""
    measure = SIZES["UTF-16"]
    room = 0
    if rows:
        _, start, _, cells, place = rows[0]
        before = words.find(cells[0])
        if before < 0:
            raise ValueError(f"{place}: {cells[0]!r} is not in the #Text of its rows")
        room = start - measure(words[:before]) - measure(table.text)
        if room < 0:
            raise ValueError(f"{place}: begins at {start}, within the sentence before")
    table.text += " " * room + words


def _place_rows(table: Table, rows: list[tuple[str, int, int, list[str], str]]) -> None:
    units = utf16_table(table.text)
    for unit, *bounds, cells, place in rows:
        start, end = (bisect_left(units, x) for x in bounds)
        if table.text[start:end] != cells[0] or [units[start], units[end]] != bounds:
            raise ValueError(
                f"{place}: the text has {table.text[start:end]!r} at "
                f"{bounds[0]}-{bounds[1]}, the token is {cells[0]!r}"
            )
        table.rows.append(Row(unit, start, end, cells[1:], place))
