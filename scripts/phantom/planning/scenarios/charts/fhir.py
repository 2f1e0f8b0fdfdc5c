"""Bundles and NDJSON of FHIR (STU3, R4, R5): patients, conditions, prescriptions."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from phantom.jsonl import read_lines
from phantom.planning.scenarios.base import World
from phantom.planning.scenarios.charts.facts import Chart, Order, Problem, tell_charts
from phantom.planning.scenarios.charts.terms import split_tag
from phantom.records import Fact, Origin
from phantom.registry import phantom_registry

Resource = dict[str, Any]
_KINDS = {"Patient", "Condition", "MedicationRequest", "Medication"}
_WRONG = {"refuted", "entered-in-error"}
_UNSURE = {"provisional", "differential", "unconfirmed"}


@phantom_registry.phantom_scenarios("fhir")
def fhir(
    world: World,
    *,
    folder: str,
    leave_out: list[str] = [],  # noqa: B006
    findings: list[str] = [],  # noqa: B006
    most: Annotated[int, Field(ge=0)] = 2,
    origin: Origin = "private",
) -> Iterator[Fact]:
    """Diagnoses and prescriptions of bundles (.json) and bulk exports (.ndjson).

    folder: A path from here; files below it, too.
    leave_out: Beginnings of conditions that are no disease, tag or not.
    findings: Conditions tagged "finding" that are told.
    most: Of other ongoing conditions that a diagnosis names.
    origin: Whose records they are.
    """
    charts = read_fhir(Path(folder), world)
    yield from tell_charts(charts, leave_out, findings, most, origin, world.left)


def read_fhir(folder: Path, world: World) -> list[Chart]:
    """Read all files below a folder.

    RAISES: ValueError that names the file, and a reference that leads nowhere.
    """
    paths = sorted(p for p in folder.rglob("*") if p.suffix in (".json", ".ndjson"))
    if not paths:
        raise ValueError(f"{folder}: no .json or .ndjson file of FHIR in it")
    found: dict[str, Resource] = {}
    resources: list[tuple[Path, Resource]] = []
    for path in paths:
        for url, resource in _read(path):
            kind = resource.get("resourceType")
            if kind not in _KINDS:
                world.left[f"resources: {kind}"] += 1
                continue
            resources.append((path, resource))
            for key in (url, f"{kind}/{resource.get('id')}"):
                if key:
                    found[key] = resource
    charts: dict[int, Chart] = {
        id(r): Chart(f"fhir-{r.get('id')}", _sex(r), r.get("birthDate", ""))
        for _, r in resources
        if r["resourceType"] == "Patient"
    }
    for path, resource in resources:
        kind = resource["resourceType"]
        if kind not in ("Condition", "MedicationRequest"):
            continue
        person = resource.get("subject") or resource.get("patient") or {}
        chart = charts[id(_follow(person, found, "Patient", path))]
        if kind == "Condition":
            _add_problem(chart, resource, world)
        else:
            _add_order(chart, resource, found, path, world)
    return list(charts.values())


def _add_problem(chart: Chart, resource: Resource, world: World) -> None:
    status = _code(resource.get("verificationStatus"))[0]
    if status in _WRONG | _UNSURE:
        world.left[f"conditions: {status}"] += 1
        return
    code, name = _code(resource.get("code"))
    if not name:
        world.left["conditions: without a name"] += 1
        return
    period = resource.get("onsetPeriod") or {}
    start = resource.get("onsetDateTime") or period.get("start")
    start = start or resource.get("recordedDate") or resource.get("assertedDate") or ""
    stop = resource.get("abatementDateTime") or period.get("end") or ""
    state = _code(resource.get("clinicalStatus"))[0]
    if not stop and state in ("inactive", "remission", "resolved"):
        stop = start
    chart.problems.append(Problem(code or name, name, start, stop))


def _add_order(
    chart: Chart, order: Resource, found: dict[str, Resource], path: Path, world: World
) -> None:
    if order.get("status") in ("entered-in-error", "cancelled"):
        world.left[f"drugs: {order['status']}"] += 1
        return
    given = order.get("medication") or {}
    concept = order.get("medicationCodeableConcept") or given.get("concept")
    reference = order.get("medicationReference") or given.get("reference")
    if not concept and reference:
        concept = _follow(reference, found, "Medication", path).get("code")
    name = _code(concept)[1]
    reasons = [
        *(order.get("reasonReference") or ()),
        *(item.get("reference") or {} for item in order.get("reason") or ()),
    ]
    codes = [_code(item)[0] for item in order.get("reasonCode") or ()]
    for item in reasons:
        condition = found.get(item.get("reference", ""))
        if condition:
            code, text = _code(condition.get("code"))
            codes.insert(0, code or text)
    dosage = (order.get("dosageInstruction") or [{}])[0]
    rate = (dosage.get("doseAndRate") or [dosage])[0]
    dose = rate.get("doseQuantity") or {}
    unit = dose.get("unit") or dose.get("code") or ""
    amount = dose.get("value") if unit else None
    day = order.get("authoredOn") or ""
    chart.orders.append(Order(name, day, codes[0] if codes else "", amount, unit))


def _read(path: Path) -> Iterator[tuple[str, Resource]]:
    """Resources of a file with their full URLs."""
    if path.suffix == ".ndjson":
        texts = [(f"{path}:{n}", t) for n, t in enumerate(read_lines(path), start=1)]
    else:
        texts = [(str(path), "".join(read_lines(path)))]
    for where, text in texts:
        if not text.strip():
            continue
        try:
            content = json.loads(text)
        except json.JSONDecodeError as error:
            raise ValueError(f"{where}: not valid JSON: {error}") from None
        if not isinstance(content, dict) or "resourceType" not in content:
            raise ValueError(f"{where}: no resource of FHIR (no resourceType)")
        if content["resourceType"] != "Bundle":
            yield "", content
            continue
        for entry in content.get("entry") or ():
            if "resource" in entry:
                yield entry.get("fullUrl", ""), entry["resource"]


def _follow(
    reference: Resource, found: dict[str, Resource], kind: str, path: Path
) -> Resource:
    target = found.get(reference.get("reference", ""))
    if target is None or target["resourceType"] != kind:
        raise ValueError(
            f"{path}: the reference {reference.get('reference')!r} leads to no {kind}; "
            "put the files that belong together into one folder"
        )
    return target


def _code(concept: Any) -> tuple[str, str]:
    """Code and name of a CodeableConcept; of STU3, a status is a plain string."""
    if isinstance(concept, str):
        return concept, concept
    codings = (concept or {}).get("coding") or [{}]
    names = [c.get("display", "") for c in codings] + [(concept or {}).get("text", "")]
    best = max(names, key=lambda name: len(split_tag(name).name))
    return codings[0].get("code", ""), best


def _sex(patient: Resource) -> str:
    sex = patient.get("gender", "")
    return sex if sex in ("female", "male") else ""
