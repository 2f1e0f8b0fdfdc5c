"""The CSV export of Synthea, in any of its releases."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import Field

from phantom.jsonl import read_lines
from phantom.planning.scenarios.base import World
from phantom.planning.scenarios.charts.facts import Chart, Order, Problem, tell_charts
from phantom.planning.scenarios.charts.terms import split_tag
from phantom.records import Fact, Origin
from phantom.registry import phantom_registry

_SEXES = {"f": "female", "m": "male"}


@phantom_registry.phantom_scenarios("synthea")
def synthea(
    world: World,
    *,
    folder: str,
    leave_out: list[str] = [],  # noqa: B006
    findings: list[str] = [],  # noqa: B006
    most: Annotated[int, Field(ge=0)] = 2,
    origin: Origin = "private",
) -> Iterator[Fact]:
    """Diagnoses and prescriptions of patients.csv, conditions.csv, medications.csv.

    folder: A path from here.
    leave_out: Beginnings of conditions that are no disease, tag or not.
    findings: Conditions tagged "finding" that are told.
    most: Of other ongoing conditions that a diagnosis names.
    origin: Whose rows they are; "synthetic" for what Synthea made up.
    """
    charts = read_synthea(Path(folder))
    yield from tell_charts(charts, leave_out, findings, most, origin, world.left)


def read_synthea(folder: Path) -> list[Chart]:
    """Read the three tables.

    RAISES: ValueError that names file, line and column.
    """
    charts = {
        row["id"]: Chart(
            f"synthea-{row['id']}",
            _SEXES.get(row["gender"][:1].casefold(), ""),
            row["birthdate"],
        )
        for _, row in _rows(folder / "patients.csv", "id", "birthdate", "gender")
    }
    columns = ("start", "stop", "patient", "code", "description")
    path = folder / "conditions.csv"
    conditions = list(_rows(path, *columns))
    names: dict[str, str] = {}
    for _, row in conditions:
        # One code has several names; the longest without a tag says most.
        best, new = names.get(row["code"], ""), row["description"]
        names[row["code"]] = max(best, new, key=lambda n: (len(split_tag(n).name), n))
    for line, row in conditions:
        problem = Problem(row["code"], names[row["code"]], row["start"], row["stop"])
        _chart(charts, row["patient"], f"{path}:{line}").problems.append(problem)
    path = folder / "medications.csv"
    for line, row in _rows(path, "start", "patient", "description", "reasoncode"):
        order = Order(row["description"], row["start"], row["reasoncode"])
        _chart(charts, row["patient"], f"{path}:{line}").orders.append(order)
    return list(charts.values())


def _chart(charts: dict[str, Chart], patient: str, where: str) -> Chart:
    if patient not in charts:
        raise ValueError(f"{where}: patient {patient!r} is not in patients.csv")
    return charts[patient]


def _rows(path: Path, *columns: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows by column in lower case, with the line that each ends on."""
    if not path.is_file():
        raise ValueError(f"{path}: no such file; Synthea's CSV export has it")
    reader = csv.reader(read_lines(path), strict=True)
    header = [name.strip().strip("\ufeff").casefold() for name in next(reader, [])]
    missing = [name for name in columns if name not in header]
    if missing:
        raise ValueError(
            f"{path}:1: no column {', '.join(missing)}; the header has "
            f"{', '.join(header) or 'none'}"
        )
    for cells in reader:
        if len(cells) != len(header):
            raise ValueError(
                f"{path}:{reader.line_num}: {len(cells)} cells, the header has "
                f"{len(header)}"
            )
        row = dict(zip(header, cells, strict=True))
        yield reader.line_num, {name: row[name].strip() for name in columns}
