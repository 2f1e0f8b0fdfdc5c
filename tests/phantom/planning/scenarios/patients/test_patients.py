"""Patients of small tables, by values worked out by hand."""

import csv
import random
from collections import Counter
from pathlib import Path

import pytest
from tests.builders import ROOT
from tests.builders.patients import TABLES, write_tables

from phantom.packs.pack import load_pack
from phantom.planning.scenarios.base import simulate
from phantom.planning.scenarios.patients.draw import draw_course
from phantom.planning.scenarios.patients.scenario import tell
from phantom.planning.scenarios.patients.tables import PatientTables, Person

MEDICINE = ROOT / "assets" / "domains" / "medicine"
WOMAN = Person("female", 40)


@pytest.fixture
def tables(tmp_path: Path) -> PatientTables:
    return PatientTables(write_tables(tmp_path / "model"))


def test_prevalence_is_that_of_the_row_that_holds_the_person(
    tables: PatientTables,
) -> None:
    assert tables.prevalence("gout", WOMAN) == 0.1
    assert tables.prevalence("gout", Person("female", 29)) == 0
    assert tables.prevalence("gout", Person("female", 30)) == 0.1
    assert tables.prevalence("prostate cancer", WOMAN) == 0
    assert tables.prevalence("prostate cancer", Person("male", 40)) == 0.06


def test_other_diseases_multiply_the_chance(tables: PatientTables) -> None:
    # 0.2 x 3, both ways; 0.05 x 40 is more than anybody has.
    assert tables.chance("ulcer", WOMAN, ["gout"]) == pytest.approx(0.6)
    assert tables.chance("gout", WOMAN, ["ulcer"]) == pytest.approx(0.3)
    assert tables.chance("asthma", WOMAN, ["gout"]) == 0.95
    assert tables.chance("ulcer", WOMAN, ["asthma"]) == 0.2


def test_who_is_not_given_a_drug(tables: PatientTables) -> None:
    def against(drug: str, person: Person, *has: str) -> int:
        return len(list(tables.reasons_against(drug, person, has)))

    assert against("naproxen", WOMAN, "ulcer", "gout") == 1
    assert against("naproxen", WOMAN, "gout") == 0
    assert against("allopurinol", WOMAN) == 1
    assert against("allopurinol", Person("female", 46)) == 0
    assert against("allopurinol", Person("male", 40)) == 0


def test_courses_are_what_the_tables_allow(tables: PatientTables) -> None:
    chance = random.Random(0)
    courses = [draw_course(tables, chance, 0.0, 2) for _ in range(2_000)]
    main = Counter(course.disease for course in courses)
    # Shares of 0.1, 0.05 and 0.2, of women at 40 alone.
    assert main["gout"] / 2_000 == pytest.approx(0.1 / 0.35, abs=0.03)
    assert main["ulcer"] / 2_000 == pytest.approx(0.2 / 0.35, abs=0.03)
    assert main["prostate cancer"] == 0
    gout = [course for course in courses if course.disease == "gout"]
    assert all([row.finding for row in c.findings] == ["joint pain"] for c in gout)
    beside = sum("ulcer" in course.others for course in gout) / len(gout)
    assert beside == pytest.approx(0.6, abs=0.06)
    for course in gout:
        # Allopurinol is not for women of 40, naproxen not beside an ulcer.
        assert (course.drug is None) == ("ulcer" in course.others)
        assert [row.drug for row in course.withheld] == (
            ["naproxen"] if "ulcer" in course.others else []
        )
        if course.drug:
            assert course.drug.drug == "naproxen" and course.helped
            assert course.dose in (250, 500) and course.often == "twice daily"
            assert [row.effect for row in course.effects] == ["dyspepsia"]


def test_a_course_is_told_as_a_chain(tables: PatientTables) -> None:
    chance = random.Random(1)
    courses = (draw_course(tables, chance, 0.0, 2) for _ in range(500))
    course = next(c for c in courses if c.disease == "gout" and c.drug)
    diagnosis, treatment, effect = tell(course, tables, "p", rare=0.01)
    assert diagnosis.event == "diagnosis" and not diagnosis.causes
    assert diagnosis.numbers["age"].value == 40
    assert diagnosis.entities["disease"].forms == ["podagra"]
    assert treatment.event == "response" and treatment.causes == (diagnosis.id,)
    assert treatment.numbers["dose"].unit == "mg"
    assert effect.event == "adverse_event" and effect.causes == (treatment.id,)
    assert effect.entities["effect"].text == "dyspepsia"


@pytest.mark.parametrize(
    ("table", "old", "new", "message"),
    [
        (
            "findings",
            "gout fever 0",
            "gut fever 0",
            r"findings.tsv:3: 'gut' has no row",
        ),
        (
            "treatments",
            "asthma propranolol",
            "asthma water",
            r"treatments.tsv:4: 'water'",
        ),
        (
            "treatments",
            "allopurinol 0.6",
            "allopurinol 1.6",
            r"treatments.tsv:3: respons",
        ),
        (
            "diseases",
            "asthma _ any 0 110",
            "asthma _ any x 110",
            r"diseases.tsv:3: age_f",
        ),
        (
            "diseases",
            "asthma _ any 0",
            "gout _ female 0",
            r"diseases.tsv:3: 'gout' has a",
        ),
        ("diseases", "male 40 110", "male 50 40", r"diseases.tsv:5: age_from is above"),
        ("drugs", "50 100 once", "50 1000 once", r"drugs.tsv:3: single lies outside"),
        ("drugs", "once_daily", "_", r"drugs.tsv:3: with a unit, fill single, often"),
        ("people", "female 40", "any 40", r"people.tsv:2: sex: write female or male"),
        ("comorbidity", "ratio", "ration", r"comorbidity.tsv:1: no column ratio"),
        ("drugs", "forms", "form", r"drugs.tsv:1: 'form' is no column of it"),
    ],
)
def test_a_row_that_cannot_be_is_named(
    tmp_path: Path, table: str, old: str, new: str, message: str
) -> None:
    changed = TABLES[table].replace(old, new, 1)
    assert changed != TABLES[table]
    with pytest.raises(ValueError, match=message):
        PatientTables(write_tables(tmp_path / "model", **{table: changed}))


@pytest.mark.slow
def test_the_pack_has_patients_whose_notes_hang_together() -> None:
    pack = load_pack(MEDICINE)
    facts = list(simulate(pack, seed=3, only=["patients"]))
    assert facts == list(simulate(pack, seed=3, only=["patients"]))
    tables = PatientTables(MEDICINE / "scenarios" / "patients")
    shown = {(row.disease, row.finding) for row in tables.findings}
    treats = {(row.disease, row.drug) for row in tables.treatments}
    does = {(row.drug, row.effect) for row in tables.side_effects}
    for fact in facts:
        names = {key: term.text for key, term in fact.entities.items()}
        disease, drug = names.get("disease", ""), names.get("drug", "")
        person = Person(fact.texts["sex"], int(fact.numbers["age"].value))
        if disease:
            assert tables.prevalence(disease, person) > 0
        for key, name in names.items():
            assert not key.startswith("finding") or (disease, name) in shown
        if fact.event in ("response", "no_response"):
            assert (disease, drug) in treats
            assert not list(tables.reasons_against(drug, person, [disease]))
        if fact.event.endswith("adverse_event"):
            assert (drug, names["effect"]) in does
            assert fact.relations[0].label == "INDUCES"
    assert {fact.event for fact in facts if fact.rare} == {"rare_adverse_event"}
    assert {"diagnosis", "response", "withheld"} <= {fact.event for fact in facts}


def test_pairs_said_to_be_of_an_open_table_are_in_it() -> None:
    path = MEDICINE / "lexicons" / "drug_disease.tsv"
    with path.open(encoding="utf-8") as file:
        known = {
            (row["disease"], row["drug"], row["category"])
            for row in csv.DictReader(file, delimiter="\t")
        }
    tables = PatientTables(MEDICINE / "scenarios" / "patients")
    named = 0
    for row in tables.treatments:
        if row.source != "assumption":
            category = row.source.split("PharmacotherapyDB 1.0 (")[1].split(")")[0]
            assert (row.disease, row.drug, category) in known
            assert category in ("DM", "SYM")
            named += 1
    assert named == 94


def test_findings_said_to_be_of_an_open_table_are_in_it() -> None:
    path = ROOT.parent / "shared" / "data" / "lexicons" / "disease_symptom_do.tsv"
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    with path.open(encoding="utf-8") as file:
        known = {
            (row["disease"].casefold(), row["symptom"].casefold())
            for row in csv.DictReader(file, delimiter="\t")
        }
    tables = PatientTables(MEDICINE / "scenarios" / "patients")
    named = [row for row in tables.findings if row.source != "assumption"]
    assert len(named) >= 5
    assert all((r.disease.casefold(), r.finding.casefold()) in known for r in named)
