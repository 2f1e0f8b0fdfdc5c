import numpy as np
import pytest
from relation_confusion import confuse, judge

SCORES = np.asarray([[0.9, 0.1], [0.9, 0.8], [0.1, 0.2], [0.6, 0.1], [0.9, 0.9]])
TARGETS = np.asarray([[1, 0], [0, 1], [0, 0], [0, 1], [1, 1]])
MASK = np.asarray([[1, 1], [1, 1], [1, 1], [1, 1], [0, 0]])


def test_pairs_are_counted_by_gold_and_predicted_label() -> None:
    # Right; right with a label too many; none; another label; nothing known.
    assert confuse(SCORES, TARGETS, MASK, 0.5).tolist() == [
        [1, 0, 0],
        [1, 1, 0],
        [1, 0, 1],
    ]
    # Nothing is predicted: what is gold is taken for none.
    assert confuse(SCORES, TARGETS, MASK, 0.95).tolist() == [
        [0, 0, 1],
        [0, 0, 2],
        [0, 0, 1],
    ]


def test_calibration_is_judged_on_pairs_that_it_was_not_fitted_on() -> None:
    logits = np.full((20, 1), 3.0)
    targets = np.asarray([[1.0]] * 16 + [[0.0]] * 4)
    found = judge((logits, targets, np.ones_like(targets)), False, 0.5)
    assert found["as it is"]["error"] == pytest.approx(0.9526 - 0.8, abs=1e-3)
    assert found["calibrated"]["error"] == pytest.approx(0, abs=1e-3)
    assert found["calibrated"]["f"] == pytest.approx(2 * 16 / 36)
