"""What a round gained, between two diagnoses of the same texts."""

import pytest

from phantom.evaluation.diagnosis.gain import measure_gain
from phantom.evaluation.diagnosis.records import Counts, Diagnosis


def diagnosis(rows: dict[str, tuple[int, int, int]], unit: str = "") -> Diagnosis:
    counts = {
        key: Counts(unit=unit or key, mentions=row, relations=(0, 0, 0))
        for key, row in rows.items()
    }
    return Diagnosis(
        domain="pets",
        source="dev",
        origin="synthetic",
        passages=len(rows),
        families={},
        confusion={},
        weaknesses=[],
        clusters=[],
        mistakes=[],
        texts=[],
        counts=counts,
    )


def test_a_gain_on_every_text_has_an_interval_above_zero() -> None:
    before = diagnosis({str(i): (1, 0, 1) for i in range(40)})
    after = diagnosis({str(i): (2, 0, 0) for i in range(40)})
    mentions, both = measure_gain(before, after)
    assert mentions.task == "mentions" and both.task == "both"
    # 2/3 of F1 before: one of two found, nothing spurious.
    assert (both.before, both.after) == (0.6667, 1.0)
    assert both.low == both.high == 0.3333 and not both.is_noise


def test_a_gain_on_one_text_of_many_is_noise() -> None:
    rows = {str(i): (1, 0, 1) for i in range(40)}
    after = diagnosis(rows | {"0": (2, 0, 0)})
    both = measure_gain(diagnosis(rows), after)[-1]
    assert both.gain > 0 and both.low == 0 and both.is_noise


def test_texts_of_one_document_are_drawn_together() -> None:
    rows = {str(i): (1, 0, 1) for i in range(40)}
    better = rows | {str(i): (2, 0, 0) for i in range(20)}
    apart = measure_gain(diagnosis(rows), diagnosis(better))[-1]
    joined = measure_gain(diagnosis(rows, "one"), diagnosis(better, "one"))[-1]
    assert apart.low < joined.low == joined.high


def test_only_shared_texts_count() -> None:
    before = diagnosis({"a": (1, 0, 0), "b": (0, 0, 5)})
    after = diagnosis({"a": (1, 0, 0), "c": (5, 0, 0)})
    both = measure_gain(before, after)[-1]
    assert both.texts == 1 and both.gain == 0
    with pytest.raises(ValueError, match="no text in common"):
        measure_gain(before, diagnosis({"z": (1, 0, 0)}))
