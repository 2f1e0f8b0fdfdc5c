"""The tables of a model of patients: read, checked, and looked up."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

from pydantic import ValidationError

from phantom.packs.tables import read_table
from phantom.planning.scenarios.patients.rows import (
    Comorbidity,
    Contraindication,
    Drug,
    Finding,
    Group,
    People,
    Prevalence,
    Row,
    SideEffect,
    Treatment,
)

R = TypeVar("R", bound=Row)
# No disease is more likely than that beside others.
_CEILING = 0.95


class Person(NamedTuple):
    """sex (str): female or male. age (int): In years."""

    sex: str
    age: int


class PatientTables:
    """A model of patients, one table each in a folder of a pack.

    folder (Path): Holds people.tsv, diseases.tsv, comorbidity.tsv, findings.tsv,
        treatments.tsv, drugs.tsv, side_effects.tsv and contraindications.tsv.
    RAISES: ValueError with `path:line` for what can't be or contradicts another row.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.people = self._read("people", People)
        rows = self._read("diseases", Prevalence)
        self.diseases: dict[str, list[Prevalence]] = {}
        for line, row in enumerate(rows, start=2):
            others = self.diseases.setdefault(row.disease, [])
            if any(row.meets(other) for other in others):
                self._fail(
                    "diseases", line, f"{row.disease!r} has a row for them above"
                )
            others.append(row)
        self.drugs = {row.drug: row for row in self._read("drugs", Drug)}
        known, drugs = self.diseases.keys(), self.drugs.keys()
        self.comorbidity = self._read("comorbidity", Comorbidity)
        self._require("comorbidity", "disease", known)
        self._require("comorbidity", "beside", known)
        self.findings = self._read("findings", Finding)
        self._require("findings", "disease", known)
        self.treatments = self._read("treatments", Treatment)
        self._require("treatments", "disease", known)
        self._require("treatments", "drug", drugs)
        self.side_effects = self._read("side_effects", SideEffect)
        self._require("side_effects", "drug", drugs)
        self.contraindications = self._read("contraindications", Contraindication)
        self._require("contraindications", "drug", drugs)
        self._require("contraindications", "disease", {*known, ""})
        self._check()
        self._ratios = {
            frozenset((row.disease, row.beside)): row.ratio for row in self.comorbidity
        }

    def prevalence(self, disease: str, person: Person) -> float:
        """The share of people like this one who have a disease."""
        rows = (row for row in self.diseases[disease] if row.holds(*person))
        return next((row.share for row in rows), 0.0)

    def chance(self, disease: str, person: Person, beside: Collection[str]) -> float:
        """As prevalence, in those who have other diseases: ratios are multiplied."""
        chance = self.prevalence(disease, person)
        for other in beside:
            chance *= self._ratios.get(frozenset((disease, other)), 1.0)
        return min(chance, max(_CEILING, self.prevalence(disease, person)))

    def reasons_against(
        self, drug: str, person: Person, diseases: Collection[str]
    ) -> Iterator[Contraindication]:
        """The rows for which somebody is not given a drug."""
        for row in self.contraindications:
            if row.drug == drug and row.holds(*person):
                if not row.disease or row.disease in diseases:
                    yield row

    def _read(self, name: str, kind: type[R]) -> list[R]:
        path = self.folder / f"{name}.tsv"
        needed = [
            key for key, field in kind.model_fields.items() if field.is_required()
        ]
        rows: list[R] = []
        for line, row in enumerate(read_table(path, needed, needed), start=2):
            for column in row.keys() - kind.model_fields.keys():
                columns = ", ".join(kind.model_fields)
                self._fail(name, 1, f"{column!r} is no column of it; it has {columns}")
            cells = {key: cell for key, cell in row.items() if cell}
            try:
                rows.append(kind.model_validate(cells))
            except ValidationError as error:
                first = error.errors()[0]
                column = str(first["loc"][0])
                said = f"{column}: {first['msg']}; it is {cells.get(column)!r}"
                self._fail(name, line, said)
            last = rows[-1]
            if isinstance(last, Group) and last.age_from > last.age_to:
                self._fail(name, line, "age_from is above age_to")
        if not rows:
            raise ValueError(f"{path}: no rows; a model of patients needs some")
        return rows

    def _require(self, name: str, column: str, known: Collection[str]) -> None:
        rows: Sequence[Row] = getattr(self, name)
        for line, row in enumerate(rows, start=2):
            value = getattr(row, column)
            if value not in known:
                home = "drugs" if column == "drug" else "diseases"
                self._fail(name, line, f"{value!r} has no row in {home}.tsv")

    def _check(self) -> None:
        if not sum(row.share for row in self.people):
            raise ValueError(f"{self.folder / 'people.tsv'}: all shares are 0")
        for line, row in enumerate(self.people, start=2):
            if row.sex == "any":
                self._fail("people", line, "sex: write female or male here")
        for line, drug in enumerate(self.drugs.values(), start=2):
            if not drug.unit:
                continue
            doses = drug.single
            if not doses or not drug.often or not drug.highest:
                self._fail("drugs", line, "with a unit, fill single, often and highest")
            if not drug.lowest <= min(doses) <= max(doses) <= drug.highest:
                self._fail("drugs", line, "single lies outside of lowest to highest")

    def _fail(self, name: str, line: int, what: str) -> None:
        raise ValueError(f"{self.folder / name}.tsv:{line}: {what}")
