"""Facts from a table of the user, one row each."""

import csv
from collections.abc import Iterator
from pathlib import Path

from phantom.jsonl import read_lines
from phantom.planning.scenarios.base import World, plain_number
from phantom.records import Amount, Fact, Link, Origin, Record, Term
from phantom.registry import phantom_registry

Row = dict[str, str]


class NameCells(Record):
    """Where a name comes from. label (str): Entity label.

    column (str): Of the table; or text (str): the same in every row.
    """

    label: str
    column: str = ""
    text: str = ""


class NumberCells(Record):
    """Where a number comes from. column (str): Of the table; unit (str): of all rows.

    label (Optional[str]): Entity label, where the number is marked in the text.
    write (str): How it must be written, such as "${value}m"; "" leaves it open.
    """

    column: str
    unit: str = ""
    label: str | None = None
    write: str = ""


@phantom_registry.phantom_scenarios("table")
def table(
    world: World,
    *,
    file: str,
    event: str = "",
    event_column: str = "",
    entities: dict[str, NameCells],
    numbers: dict[str, NumberCells] = {},  # noqa: B006
    dates: dict[str, str] = {},  # noqa: B006
    texts: dict[str, str] = {},  # noqa: B006
    changes: dict[str, str] = {},  # noqa: B006
    because: str = "",
    relations: list[tuple[str, str, str]] = [],  # noqa: B006
    origin: Origin = "private",
) -> Iterator[Fact]:
    """Rows of a table (.csv, .tsv); an empty cell leaves its fact out.

    file (str): In the pack, or a path from here.
    event (str): Of all rows.
    event_column (str): Or the column that has it.
    entities (Dict[str, NameCells]): Names by key, each with `label` and `column`, or
        `text` for all rows.
    numbers (Dict[str, NumberCells]): By key, each with `column`, and `unit`, `label`,
        `write` if need be.
    dates (Dict[str, str]): Columns by key; ISO 8601.
    texts (Dict[str, str]): Columns of anything else, by key.
    changes (Dict[str, str]): Columns that hold up, down or unchanged, by the key of
        what moved.
    because (str): Column of the causes in words, ";" between them.
    relations (List[Tuple[str, str, str]]): Head, label and tail, by keys.
    origin (Origin): Whose rows they are: private text goes to no server but one here.
    """
    path = world.find(file)
    if bool(event) == bool(event_column):
        raise ValueError(f"{path}: set either `event` or `event_column`")
    columns = [
        *(cells.column for cells in entities.values()),
        *(cells.column for cells in numbers.values()),
        *(*dates.values(), *texts.values(), *changes.values(), event_column, because),
    ]
    for line, row in read_rows(path, {name for name in columns if name}):
        names = {
            key: Term(label=cells.label, text=text)
            for key, cells in entities.items()
            if (text := cells.text or row[cells.column])
        }
        amounts = {
            key: _read_number(row[cells.column], cells, f"{path}:{line}")
            for key, cells in numbers.items()
            if row[cells.column]
        }
        days = {key: row[name] for key, name in dates.items() if row[name]}
        there = {*names, *amounts, *days}
        try:
            yield Fact(
                id=f"{path.stem}-{line}",
                event=event or row[event_column],
                entities=names,
                numbers=amounts,
                dates=days,
                texts={key: row[name] for key, name in texts.items() if row[name]},
                # Checked by the model, as all cells are.
                changes={key: row[name] for key, name in changes.items() if row[name]},  # type: ignore[misc]
                because=_split(row[because]) if because else (),
                relations=tuple(
                    Link(head=head, label=label, tail=tail)
                    for head, label, tail in relations
                    if {head, tail} <= there
                ),
                origin=origin,
            )
        except ValueError as error:
            raise ValueError(f"{path}:{line}: {error}") from None


def read_rows(path: Path, columns: set[str]) -> Iterator[tuple[int, Row]]:
    """Rows of a .csv or .tsv with the line that each ends on.

    columns (Set[str]): Must all be there.
    RAISES: ValueError with `path:line`.
    """
    delimiter = "\t" if path.suffix == ".tsv" else ","
    reader = csv.DictReader(read_lines(path), delimiter=delimiter, strict=True)
    missing = columns - set(reader.fieldnames or [])
    if missing:
        raise ValueError(
            f"{path}:1: no column {', '.join(sorted(missing))}; the header has "
            f"{', '.join(reader.fieldnames or []) or 'none'}"
        )
    for row in reader:
        if None in row or None in row.values():
            raise ValueError(
                f"{path}:{reader.line_num}: not as many cells as the header has"
            )
        yield reader.line_num, {name: cell.strip() for name, cell in row.items()}


def _read_number(cell: str, cells: NumberCells, where: str) -> Amount:
    try:
        value = float(cell)
    except ValueError:
        raise ValueError(
            f"{where}: {cells.column}: {cell!r} is no number; write digits and a "
            "decimal point alone, the unit into scenarios.yml"
        ) from None
    number = plain_number(value)
    text = cells.write.replace("{value}", cell) if cells.write else None
    return Amount(value=number, unit=cells.unit, text=text, label=cells.label)


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())
