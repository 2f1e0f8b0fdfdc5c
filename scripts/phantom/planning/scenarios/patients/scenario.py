"""Patients as a source of facts: diagnosis, treatment, what came of it."""

import random
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from phantom.planning.scenarios.base import World, plain_number
from phantom.planning.scenarios.patients.draw import Course, draw_course
from phantom.planning.scenarios.patients.tables import PatientTables
from phantom.records import Amount, Fact, Term
from phantom.registry import phantom_registry


@phantom_registry.phantom_scenarios("patients")
def patients(
    world: World,
    *,
    folder: str,
    count: Annotated[int, Field(ge=1)] = 1_000,
    evenness: Annotated[float, Field(ge=0, lt=1)] = 0.5,
    most: Annotated[int, Field(ge=1)] = 2,
    rare: Annotated[float, Field(ge=0, le=1)] = 0.01,
) -> Iterator[Fact]:
    """Patients drawn from the tables of a pack, each a diagnosis and what followed.

    folder: Of the pack, with the tables; see docs/scenarios.md.
    count: How many patients.
    evenness: 0 draws diseases and side effects as frequent as the tables say, more
        lifts the rare ones.
    most: Of findings, other diseases and side effects that one patient has.
    rare: Side effects below this share are the event `rare_adverse_event`.
    """
    tables = PatientTables(world.pack.path / folder)
    chance = random.Random(f"patients {world.seed}")
    for number in range(count):
        course = draw_course(tables, chance, evenness, most)
        yield from tell(course, tables, f"patient-{world.seed}-{number}", rare)


def tell(
    course: Course, tables: PatientTables, name: str, rare: float
) -> Iterator[Fact]:
    """What happened to a patient, one fact for each thing that text tells.

    name (str): Begins the ids.
    """
    disease = _disease(course.disease, tables)
    person: dict[str, Any] = {
        "numbers": {"age": Amount(value=course.person.age, unit="years")},
        "texts": {"sex": course.person.sex},
    }
    findings = {
        f"finding_{i}": Term(label="finding", text=row.finding, id=row.id or None)
        for i, row in enumerate(course.findings, start=1)
    }
    others = {
        f"beside_{i}": _disease(other, tables, "comorbidity")
        for i, other in enumerate(course.others, start=1)
    }
    diagnosis = Fact(
        id=f"{name}-diagnosis",
        event="diagnosis",
        entities={"disease": disease, **findings, **others},
        **person,
    )
    yield diagnosis
    for row in course.withheld:
        reason = _disease(row.disease, tables)
        names = {"drug": _drug(row.drug, tables), "reason": reason}
        if row.disease != course.disease:
            names["disease"] = disease
        yield Fact(
            id=f"{name}-withheld-{row.drug}",
            event="withheld",
            entities=names,
            causes=(diagnosis.id,),
            **person,
        )
    if course.drug is None:
        return
    drug = _drug(course.drug.drug, tables)
    numbers, texts = dict(person["numbers"]), dict(person["texts"])
    if course.dose:
        numbers["dose"] = Amount(value=plain_number(course.dose), unit=course.drug.unit)
        texts["often"] = course.often
    treatment = Fact(
        id=f"{name}-treatment",
        event="response" if course.helped else "no_response",
        entities={"drug": drug, "disease": disease},
        numbers=numbers,
        texts=texts,
        causes=(diagnosis.id,),
    )
    yield treatment
    for effect in course.effects:
        seldom = effect.share < rare
        yield Fact(
            id=f"{name}-effect-{effect.effect}",
            event="rare_adverse_event" if seldom else "adverse_event",
            entities={
                "drug": drug,
                "effect": Term(
                    label="effect", text=effect.effect, id=effect.id or None
                ),
            },
            numbers=numbers,
            texts=texts,
            causes=(treatment.id,),
        )


def _disease(name: str, tables: PatientTables, role: str = "disease") -> Term:
    first = tables.diseases[name][0]
    return Term(label=role, text=name, id=first.id or None, forms=list(first.forms))


def _drug(name: str, tables: PatientTables) -> Term:
    drug = tables.drugs[name]
    return Term(label="drug", text=name, id=drug.id or None, forms=list(drug.forms))
