"""Patients drawn from the tables: what they have, show, take, and get of it."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from phantom.planning.scenarios.patients.rows import (
    Contraindication,
    Drug,
    Finding,
    SideEffect,
)
from phantom.planning.scenarios.patients.tables import PatientTables, Person

T = TypeVar("T")


@dataclass(frozen=True)
class Course:
    """What happened to one patient, all of it possible by the tables.

    disease (str): The one that the patient comes with.
    others (Tuple[str, ...]): Those that the patient has beside it.
    findings (Tuple[Finding, ...]): Of that disease, the more telling first.
    withheld (Tuple[Contraindication, ...]): For each drug that was not given, why.
    drug (Optional[Drug]): What was given; dose (float) in its unit, often as written.
    helped (bool): Whether the disease responded.
    effects (Tuple[SideEffect, ...]): Of the drug.
    """

    person: Person
    disease: str
    others: tuple[str, ...]
    findings: tuple[Finding, ...]
    withheld: tuple[Contraindication, ...]
    drug: Drug | None = None
    dose: float = 0.0
    often: str = ""
    helped: bool = False
    effects: tuple[SideEffect, ...] = ()


def draw_course(
    tables: PatientTables, chance: random.Random, evenness: float, most: int
) -> Course:
    """Draw one patient.

    evenness (float): 0 draws diseases as frequent as they are, 1 all that the patient
        can have equally often.
    most (int): Of findings, of other diseases, and of side effects.
    """
    person, disease = _draw_person(tables, chance, evenness)
    has = [disease]
    pool = [name for name in tables.diseases if name != disease]
    chance.shuffle(pool)
    for other in pool:
        if len(has) <= most and chance.random() < tables.chance(other, person, has):
            has.append(other)
    shown = [
        row
        for row in tables.findings
        if row.disease == disease and chance.random() < row.sensitivity
    ]
    shown.sort(key=lambda row: -row.sensitivity)
    choice = [row for row in tables.treatments if row.disease == disease]
    against = {
        row.drug: list(tables.reasons_against(row.drug, person, has)) for row in choice
    }
    # Only for a disease is it said why a drug was not given.
    withheld = tuple(r for rows in against.values() for r in rows[:1] if r.disease)
    given = [row for row in choice if not against[row.drug]]
    found = tuple(shown[:most])
    course = Course(person, disease, tuple(has[1:]), found, withheld)
    if not given:
        return course
    treatment = _pick(given, [row.response for row in given], chance)
    drug = tables.drugs[treatment.drug]
    effects = [
        row
        for row in tables.side_effects
        if row.drug == drug.drug and row.effect not in has
        if chance.random() < row.share ** (1 - evenness)
    ]
    chance.shuffle(effects)
    return Course(
        person,
        disease,
        course.others,
        found,
        withheld,
        drug,
        chance.choice(drug.single) if drug.single else 0.0,
        chance.choice(drug.often) if drug.often else "",
        chance.random() < treatment.response,
        tuple(effects[:most]),
    )


def _draw_person(
    tables: PatientTables, chance: random.Random, evenness: float
) -> tuple[Person, str]:
    """Somebody who has something. RAISES: ValueError if nobody has."""
    for _ in range(1_000):
        group = _pick(tables.people, [row.share for row in tables.people], chance)
        age = chance.randint(group.age_from, group.age_to)
        person = Person(group.sex, age)
        can = {d: p for d in tables.diseases if (p := tables.prevalence(d, person))}
        if can:
            weights = [share ** (1 - evenness) for share in can.values()]
            return person, _pick(list(can), weights, chance)
    raise ValueError(
        f"{tables.folder}: nobody of people.tsv has a disease of diseases.tsv; mend "
        "the ages, sexes and shares there"
    )


def _pick(items: Sequence[T], weights: Sequence[float], chance: random.Random) -> T:
    return chance.choices(items, weights)[0]
