"""Planted bias is found, and nothing that is not there."""

from pathlib import Path

import pytest
from tests.builders.audits import audit, even, make_cases

from phantom.evaluation.audit.records import Audit

CLEAN = 20


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    """No disease for women, one for all Africans, half the recall in the south."""

    def finds(sex: str, origin: str, region: str, label: str, chance: float) -> bool:
        if sex == "female" and label == "DISEASE":
            return False
        return chance < (0.45 if region == "south" else 0.9)

    def invents(sex: str, origin: str, region: str, label: str, chance: float) -> bool:
        return origin == "African" or chance < 0.03

    cases, metadata = make_cases(400, finds, invents)
    return audit(tmp_path_factory.mktemp("planted"), cases, metadata)


def cell(found: Audit, group: str, metric: str, label: str):
    return next(
        c for c in found.cells if (c.group, c.metric, c.label) == (group, metric, label)
    )


def test_each_planted_bias_is_found(planted: Audit) -> None:
    sex = cell(planted, "female", "recall", "DISEASE")
    assert sex.alarm and sex.value == 0 and sex.high is not None and sex.high < -0.7
    origin = cell(planted, "African", "precision", "DISEASE")
    assert origin.alarm and origin.high is not None and origin.high < -0.5
    region = cell(planted, "south", "recall", "CHEMICAL")
    assert region.alarm and region.high is not None and region.high < -0.25
    assert region.value == pytest.approx(0.45, abs=0.08)


def test_nothing_is_found_that_is_not_there(planted: Audit) -> None:
    blamed = {c.group for c in planted.cells if c.alarm}
    assert blamed == {"female", "African", "south"}
    women = {(c.metric, c.label) for c in planted.alarms if c.group == "female"}
    assert ("recall", "CHEMICAL") not in women and (
        "precision",
        "CHEMICAL",
    ) not in women


@pytest.mark.slow
def test_clean_data_raise_at_most_one_false_alarm(tmp_path: Path) -> None:
    alarms = 0
    for seed in range(CLEAN):
        cases, metadata = make_cases(
            150, even, lambda *of: bool(of[-1] < 0.08), seed + 100
        )
        found = audit(tmp_path, cases, metadata, seed, resamples=200, shuffles=300)
        alarms += bool(found.alarms)
    assert alarms <= 1


def test_a_gap_is_the_group_less_the_others(planted: Audit) -> None:
    of = cell(planted, "south", "recall", "all")
    assert of.value is not None and of.rest is not None and of.gap is not None
    assert of.gap == pytest.approx(of.value - of.rest, abs=1e-3)
    assert of.low is not None and of.high is not None
    assert of.low < of.gap < of.high


def test_small_groups_are_named_and_never_0(tmp_path: Path) -> None:
    cases, metadata = make_cases(60, even, lambda *_: False)
    for name in list(metadata)[:4]:
        metadata[name]["region"] = "an island"
    found = audit(tmp_path, cases, metadata)
    assert found.small == {"region": {"an island": 4}}
    island = [c for c in found.cells if c.group == "an island"]
    assert island and all(c.is_too_small and c.value is None for c in island)
    assert all(s.worst != "an island" != s.best for s in found.spreads)


def test_overconfidence_is_score_less_what_came_true(planted: Audit) -> None:
    # Scores lie between 0.6 and 1, and all that is related is right.
    of = cell(planted, "male", "overconfidence", "all")
    assert of.is_too_small  # Nothing is related in passages about women.
    south = cell(planted, "east", "overconfidence", "all")
    assert south.value == pytest.approx(-0.2, abs=0.06)


def test_records_of_one_document_are_one(tmp_path: Path) -> None:
    cases, metadata = make_cases(100, even, lambda *_: False)
    twins = []
    for case in cases:
        name = case.example.id
        update = {"id": f"{name}+1", "derived_from": (name,)}
        twins.append(case._replace(example=case.example.model_copy(update=update)))
    found = audit(tmp_path, [*cases, *twins], metadata)
    assert found.documents == 100
