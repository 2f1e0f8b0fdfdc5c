"""Patients in FHIR bundles, and the same as a bulk export."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.builders.charts import with_source

from phantom.planning.scenarios.base import simulate


def coded(name: str, code: str) -> dict[str, Any]:
    return {"coding": [{"code": code, "display": name}], "text": name}


def entry(url: str, kind: str, **fields: Any) -> dict[str, Any]:
    return {"fullUrl": url, "resource": {"resourceType": kind, "id": url[-1], **fields}}


BUNDLE = [
    entry("urn:uuid:1", "Patient", gender="male", birthDate="1950-01-01"),
    entry(
        "urn:uuid:2",
        "Condition",
        subject={"reference": "urn:uuid:1"},
        code=coded("Gout (disorder)", "90560007"),
        clinicalStatus=coded("", "active"),
        onsetDateTime="2000-01-02",
    ),
    entry(
        "urn:uuid:3",
        "Condition",
        subject={"reference": "Patient/1"},
        code=coded("Asthma", "195967001"),
        verificationStatus=coded("", "refuted"),
    ),
    entry(
        "urn:uuid:4",
        "MedicationRequest",
        subject={"reference": "urn:uuid:1"},
        medicationReference={"reference": "urn:uuid:5"},
        authoredOn="2000-02-01",
        reasonReference=[{"reference": "urn:uuid:2"}],
        dosageInstruction=[
            {"doseAndRate": [{"doseQuantity": {"value": 100.0, "unit": "mg"}}]}
        ],
    ),
    entry("urn:uuid:5", "Medication", code=coded("Allopurinol", "519")),
    entry("urn:uuid:6", "Encounter"),
]


def test_a_bundle_and_the_same_as_a_bulk_export(tmp_path: Path) -> None:
    bundle = json.dumps({"resourceType": "Bundle", "entry": BUNDLE})
    left: Counter[str] = Counter()
    pack = with_source(tmp_path, "fhir", {"a.json": bundle})
    gout, allopurinol = facts = list(simulate(pack, 0, left=left))
    assert gout.entities["disease"].text == "Gout"
    assert gout.numbers["age"].value == 50 and gout.texts["sex"] == "male"
    assert allopurinol.entities["drug"].text == "Allopurinol"
    assert allopurinol.numbers["dose"].value == 100
    assert allopurinol.numbers["dose"].unit == "mg"
    assert left == {"conditions: refuted": 1, "resources: Encounter": 1}

    source = tmp_path / "source"
    (source / "a.json").unlink()
    for kind in ("Patient", "Condition", "Medication", "MedicationRequest"):
        rows = [e["resource"] for e in BUNDLE if e["resource"]["resourceType"] == kind]
        text = "\n".join(json.dumps(row) for row in rows)
        for number in range(1, 6):
            name = BUNDLE[number - 1]["resource"]["resourceType"]
            text = text.replace(f"urn:uuid:{number}", f"{name}/{number}")
        (source / f"{kind}.ndjson").write_text(text)
    assert list(simulate(pack, 0)) == facts


def test_a_reference_that_leads_nowhere_is_named(tmp_path: Path) -> None:
    alone = json.dumps({"resourceType": "Bundle", "entry": BUNDLE[1:2]})
    pack = with_source(tmp_path, "fhir", {"a.json": alone})
    with pytest.raises(
        ValueError, match=r"a.json: the reference 'urn:uuid:1' leads to"
    ):
        list(simulate(pack, 0))
