"""Records of Synthea and FHIR as facts; small input of our own."""

from pathlib import Path
from typing import Any

import pytest
from tests.builders.charts import read

from phantom.planning.scenarios.charts.facts import Problem, age_at, merge
from phantom.planning.scenarios.charts.terms import (
    Ingredient,
    judge_condition,
    read_product,
    split_tag,
)

# The older and the newer layout.
OLD = {
    "patients": "ID,BIRTHDATE,DEATHDATE,SSN,GENDER\np1,1960-05-20,,9,F\n",
    "conditions": """START,STOP,PATIENT,ENCOUNTER,CODE,DESCRIPTION
1999-01-01,,p1,e,59621000,Hypertension
2010-05-19,2010-06-01,p1,e,444814009,Viral sinusitis (disorder)
2012-05-20,2012-06-01,p1,e,444814009,Viral sinusitis (disorder)
2011-01-01,,p1,e,160903007,Full-time employment (finding)
2011-01-01,,p1,e,840544004,Suspected COVID-19
""",
    "medications": """START,STOP,PATIENT,ENCOUNTER,CODE,DESCRIPTION,REASONCODE,\
REASONDESCRIPTION
1999-02-01,,p1,e,1,"Hydrochlorothiazide 25 MG Oral Tablet",59621000,Other words
2001-02-01,,p1,e,2,"Jolivette 28 Day Pack",59621000,
2001-02-01,,p1,e,2,"Acetaminophen 325 MG Oral Tablet",,
""",
}
NEW = {
    "patients": "Id,BIRTHDATE,DEATHDATE,GENDER,INCOME\np1,1960-05-20,,F,1\n",
    "conditions": """START,STOP,PATIENT,ENCOUNTER,SYSTEM,CODE,DESCRIPTION
1999-01-01T10:00:00Z,,p1,e,http://snomed.info/sct,59621000,Essential hypertension (disor
1999-01-01T10:00:00Z,,p1,e,http://snomed.info/sct,59621000,Hypertension
""",
    "medications": """START,STOP,PATIENT,PAYER,ENCOUNTER,CODE,DESCRIPTION,REASONCODE
1999-02-01T08:00:00Z,,p1,x,e,1,amLODIPine 5 MG / Hydrochlorothiazide 12.5 MG \
Oral Tablet [X],59621000
""",
}


def test_the_older_layout(tmp_path: Path) -> None:
    facts, left = read(tmp_path, OLD)
    pressure, sinusitis, thiazide = facts
    assert pressure.entities["disease"].text == "Hypertension"
    assert pressure.numbers["age"].value == 38 and pressure.texts["sex"] == "female"
    # Two rows of one code are one course, from the first start on; hypertension goes
    # on then.
    assert sinusitis.dates == {"start": "2010-05-19"}
    assert sinusitis.numbers["age"].value == 49
    assert sinusitis.entities["disease"].text == "Viral sinusitis"
    assert sinusitis.entities["beside_1"].text == "Hypertension"
    assert thiazide.entities["drug"].text == "Hydrochlorothiazide"
    assert thiazide.entities["disease"].text == "Hypertension"
    assert thiazide.relations[0].label == "TREATS"
    assert thiazide.causes == (pressure.id,) and thiazide.origin == "synthetic"
    assert left == {
        "conditions: no disease": 1,
        "conditions: not now": 1,
        "drugs: no ingredient in the name": 1,
        "drugs: not for a disease that is told": 1,
    }


def test_the_newer_layout(tmp_path: Path) -> None:
    facts, left = read(tmp_path, NEW)
    assert [fact.event for fact in facts] == ["diagnosis", *["prescription"] * 2]
    assert facts[0].entities["disease"].text == "Essential hypertension"
    assert facts[0].dates == {"start": "1999-01-01"}
    drugs = [fact.entities["drug"].text for fact in facts[1:]]
    assert drugs == ["amLODIPine", "Hydrochlorothiazide"] and not left


@pytest.mark.parametrize(
    ("table", "old", "new", "message"),
    [
        (
            "conditions",
            "DESCRIPTION",
            "NAME",
            r"conditions.csv:1: no column description",
        ),
        (
            "conditions",
            "2011-01-01,,p1",
            "2011-01-01,,p2",
            r"conditions.csv:5: patient 'p",
        ),
        (
            "conditions",
            "1999-01-01,,",
            "1999-01-01,",
            r"conditions.csv:2: 5 cells, the h",
        ),
    ],
)
def test_a_broken_table_is_named(
    tmp_path: Path, table: str, old: str, new: str, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        read(tmp_path, OLD | {table: OLD[table].replace(old, new, 1)})


@pytest.mark.parametrize(
    ("text", "name", "tag"),
    [
        ("Viral sinusitis (disorder)", "Viral sinusitis", "disorder"),
        (
            "Acute deep venous thrombosis (disor",
            "Acute deep venous thrombosis",
            "disorder",
        ),
        ("Stress (finding)", "Stress", "finding"),
        ("Diabetes mellitus (type 2)", "Diabetes mellitus (type 2)", ""),
        ("Seizure (grand mal) (disorder)", "Seizure (grand mal)", "disorder"),
        ("Asthma", "Asthma", ""),
    ],
)
def test_one_tag_is_taken_off(text: str, name: str, tag: str) -> None:
    assert split_tag(text) == (name, tag)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Asthma", "disease"),
        ("Asthma (disorder)", "disease"),
        ("Normal pregnancy", "no disease"),
        ("Normal pregnancy (finding)", "no disease"),
        ("Cough (finding)", "finding"),
        ("Stress (finding)", "no disease"),
        ("Suspected COVID-19", "not now"),
        ("History of appendectomy", "not now"),
        ("Acute allergic reaction (situation)", "not now"),
        ("Appendectomy (procedure)", "no disease"),
    ],
)
def test_what_is_a_disease_that_somebody_has(text: str, status: str) -> None:
    assert judge_condition(split_tag(text), ["normal preg"], ["cough"]) == status


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Lisinopril 10 MG Oral Tablet", [("Lisinopril", 10, "mg")]),
        (
            "24 HR Metformin hydrochloride 500 MG Extended Release Oral Tablet",
            [("Metformin hydrochloride", 500, "mg")],
        ),
        (
            "NDA020800 0.3 ML Epinephrine 1 MG/ML Auto-Injector",
            [("Epinephrine", 1, "mg/ml")],
        ),
        (
            "Acetaminophen 325 MG / Oxycodone 10 MG Oral Tablet [Percocet]",
            [("Acetaminophen", 325, "mg"), ("Oxycodone", 10, "mg")],
        ),
        ("Metformin", [("Metformin", None, "")]),
        ("Jolivette 28 Day Pack", []),
    ],
)
def test_ingredients_of_a_product(text: str, found: list[tuple[Any, ...]]) -> None:
    assert read_product(text) == [Ingredient(*parts) for parts in found]


def test_a_course_ends_with_its_last_row_if_all_ended() -> None:
    rows = [Problem("1", "a", "2002", "2003"), Problem("1", "a", "2001", "2005")]
    assert merge(rows) == [Problem("1", "a", "2001", "2005")]
    assert merge([*rows, Problem("1", "a", "2004")]) == [Problem("1", "a", "2001")]


def test_age_is_in_whole_years() -> None:
    assert age_at("1960-05-20", "2010-05-19") == 49
    assert age_at("1960-05-20", "2010-05-20T01:00:00Z") == 50
    assert age_at("1960", "2010-05-20") is None
