"""Tables of what changes in a passage when it is about another group of people."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from phantom.packs.pack import Pack
from phantom.packs.tables import read_table

DATA = Path(__file__).parent / "data"
COLUMNS = ("dimension", "old", "new", "pattern", "replacement")
AGREEMENT = "*"
_ESCAPE = re.compile(r"\\.|\(\?[a-zA-Z<!=:]+")


class SwapRow(NamedTuple):
    """Words of one group and those of another in their place.

    pattern (Pattern): Whole words; case is ignored unless it has a capital.
    replacement (Tuple[str, ...]): One of these is drawn, {66-89} in it is a number
        within these bounds; none: a passage with the words is tied to its group.
    exact (bool): Whether the words stand as the table has them.
    """

    dimension: str
    old: str
    new: str
    pattern: re.Pattern[str]
    replacement: tuple[str, ...]
    exact: bool


class Template(NamedTuple):
    """A sentence that says of which group a passage is. text (str): It goes first."""

    dimension: str
    group: str
    text: str


class SwapTables(NamedTuple):
    """What is known of swaps in the language of a pack, and in the pack.

    agreement (List[Tuple[Pattern, str]]): A word before a change, with the change, and
        the word in its place, such as "a" before a vowel.
    names (List[Dict[str, str]]): Given names by origin and sex.
    surnames (List[Dict[str, str]]): Family names by origin.
    labels (Dict[str, str]): Labels whose names are swapped for others of their kind, by
        what they are called, such as {"company": "ORG"}.
    """

    rows: list[SwapRow]
    agreement: list[tuple[re.Pattern[str], str]]
    names: list[dict[str, str]]
    surnames: list[dict[str, str]]
    templates: list[Template]
    labels: dict[str, str]


def read_swaps(pack: Pack) -> SwapTables:
    """Read the tables of the pack's language and the pack's own.

    The pack's swaps.tsv adds rows, its swap_names.tsv and swap_surnames.tsv take the
    place of the language's; swap_templates.tsv and swap_labels.tsv are its own alone.

    RAISES: ValueError with `path:line`.
    """
    rows: list[SwapRow] = []
    agreement: list[tuple[re.Pattern[str], str]] = []
    for path in (language_table(pack, "swaps.tsv"), pack.path / "swaps.tsv"):
        for row in _read_rows(path):
            if row.dimension == AGREEMENT:
                agreement.append((row.pattern, row.replacement[0]))
            else:
                rows.append(row)
    return SwapTables(
        rows,
        agreement,
        _read(pack, "names.tsv", ("name", "origin", "sex")),
        _read(pack, "surnames.tsv", ("name", "origin")),
        _read_templates(pack.path / "swap_templates.tsv"),
        _read_labels(pack),
    )


def language_table(pack: Pack, name: str) -> Path:
    """Where the table of a pack's language lies; it need not exist."""
    return DATA / f"{pack.domain.lang}_{name}"


def _read(pack: Pack, name: str, columns: tuple[str, ...]) -> list[dict[str, str]]:
    own = pack.path / f"swap_{name}"
    path = own if own.is_file() else language_table(pack, name)
    return read_table(path, columns) if path.is_file() else []


def _read_rows(path: Path) -> Iterator[SwapRow]:
    if not path.is_file():
        return
    for line, row in enumerate(read_table(path, COLUMNS), start=2):
        where = f"{path}:{line}"
        for column in ("dimension", "pattern"):
            if not row[column]:
                raise ValueError(f"{where}: empty {column}; fill it in")
        agrees = row["dimension"] == AGREEMENT
        if agrees and not row["replacement"]:
            raise ValueError(f"{where}: empty replacement; say what stands there then")
        if not agrees and not (row["old"] and row["new"]):
            raise ValueError(f"{where}: name both groups, old and new")
        exact = any(c.isupper() for c in _ESCAPE.sub("", row["pattern"]))
        pattern = row["pattern"] if agrees else rf"(?<![\w-])(?:{row['pattern']})"
        pattern = pattern if agrees else rf"{pattern}(?!\w)"
        try:
            found = re.compile(pattern, 0 if exact else re.IGNORECASE)
        except re.error as error:
            raise ValueError(f"{where}: pattern: {error}") from None
        other = tuple(x for x in row["replacement"].split("|") if x)
        yield SwapRow(row["dimension"], row["old"], row["new"], found, other, exact)


def _read_templates(path: Path) -> list[Template]:
    if not path.is_file():
        return []
    columns = ("dimension", "group", "text")
    rows = read_table(path, columns, columns)
    found = [Template(*(row[column] for column in columns)) for row in rows]
    for dimension in {t.dimension for t in found}:
        groups = {t.group for t in found if t.dimension == dimension}
        if len(groups) == 1:
            raise ValueError(
                f"{path}: {dimension}: only {groups.pop()!r} has a sentence; a passage "
                "is compared with one about another group: add its sentence"
            )
    return found


def _read_labels(pack: Pack) -> dict[str, str]:
    path = pack.path / "swap_labels.tsv"
    if not path.is_file():
        return {}
    columns = ("dimension", "label")
    found = {}
    for line, row in enumerate(read_table(path, columns, columns), start=2):
        if row["label"] not in pack.labels:
            known = ", ".join(pack.labels)
            raise ValueError(
                f"{path}:{line}: no label {row['label']!r}; use one of: {known}"
            )
        found[row["dimension"]] = row["label"]
    return found
