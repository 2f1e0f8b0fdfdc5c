"""What of a gap was closed, by hand."""

import pytest
from tests.builders.audit_records import make_audit, make_cell

from phantom.evaluation.audit.change import compare_audits
from phantom.evaluation.audit.records import Audit


def audit(value: float, alarm: bool, f1: float, documents: int = 40) -> Audit:
    cell = make_cell(value=value, rest=0.9, gap=value - 0.9, alarm=alarm)
    other = cell.model_copy(update={"group": "male", "alarm": False})
    made = make_audit([cell, other], documents)
    return made.model_copy(update={"scores": {"entities": f1}})


def test_three_quarters_closed_for_half_a_point() -> None:
    before, after = audit(0.5, True, 0.8), audit(0.8, False, 0.795)
    (change,), (cost,) = compare_audits(before, after)
    assert change.name == "sex = female: recall of entities"
    assert change.closed == pytest.approx(0.75)
    assert (change.was_alarm, change.is_alarm) == (True, False)
    assert (cost.before, cost.after) == (0.8, 0.795)


def test_what_is_new_is_told() -> None:
    (change,), _ = compare_audits(audit(0.8, False, 0.8), audit(0.5, True, 0.8))
    assert change.is_alarm and change.closed == pytest.approx(-3.0)


def test_audits_of_other_documents_are_refused() -> None:
    with pytest.raises(ValueError, match="audit both on the same text"):
        compare_audits(audit(0.5, True, 0.8), audit(0.5, True, 0.8, documents=41))
