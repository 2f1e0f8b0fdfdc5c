"""Calibration: temperature and error worked out by hand, and set by examples."""

import numpy as np
import pytest
from tests.builders.pipelines import MODULES, SCHEMA, make_examples, make_nlp, train

MODULE = MODULES["relation_calibration"]


@pytest.mark.parametrize("exclusive", [False, True])
def test_the_temperature_makes_scores_the_share_of_right_ones(exclusive: bool) -> None:
    # Four of five are right where the logit is 3: log(4) = 3 / T.
    logits = np.full((10, 1), 3.0)
    targets = np.asarray([[1.0]] * 8 + [[0.0]] * 2)
    found = MODULE.fit_temperature(logits, targets, np.ones_like(targets), exclusive)
    assert found == pytest.approx(3 / np.log(4), abs=1e-3)
    unknown = np.asarray([[1.0]] * 8 + [[0.0]] * 2)
    found = MODULE.fit_temperature(logits, targets, unknown, exclusive)
    assert found == pytest.approx(np.exp(-2), rel=1e-3)  # the lowest: all are right


def test_the_error_is_that_of_the_likeliest_label() -> None:
    scores = np.asarray([[0.9, 0.3], [0.9, 0.1], [0.2, 0.4], [0.9, 0.9]])
    targets = np.asarray([[1, 1], [0, 0], [0, 0], [1, 1]], dtype="f")
    mask = np.asarray([[1, 1], [1, 1], [1, 1], [0, 0]], dtype="f")
    # Of two at 0.9 one is right, that at 0.4 is wrong: (2 * 0.4 + 0.4) / 3
    error = MODULE.calibration_error(scores, targets, mask)
    assert error == pytest.approx(0.4)
    assert MODULE.calibration_error(scores, targets, np.zeros_like(mask)) == 0


@pytest.mark.slow
def test_a_component_takes_its_temperature_from_examples() -> None:
    nlp = make_nlp(relation_schema=SCHEMA)
    examples = make_examples(nlp)
    train(nlp, examples)
    pipe = nlp.get_pipe("relation_extractor")
    before = MODULE.score_gold_pairs(nlp, pipe.name, examples)
    found = MODULE.calibrate_relations(nlp, pipe.name, examples)
    assert found == pipe.cfg["temperature"] != 1.0
    assert found == MODULE.fit_temperature(*before, False)
    again = MODULE.score_gold_pairs(nlp, pipe.name, examples)
    assert np.array_equal(before[0], again[0])  # logits do not know of it
    assert len(before[1]) == 14 and before[1].sum() == 13  # pairs, relations


def test_without_relations_nothing_is_set() -> None:
    nlp = make_nlp(relation_schema=SCHEMA)
    examples = make_examples(nlp)
    train(nlp, examples, steps=1)
    for example in examples:
        example.reference._.relations = []
    name = "relation_extractor"
    assert MODULE.calibrate_relations(nlp, name, examples) is None
    for example in examples:
        example.reference._.relations = None
    assert MODULE.calibrate_relations(nlp, name, examples) is None
    assert MODULE.calibrate_relations(nlp, name, []) is None
    assert nlp.get_pipe(name).cfg["temperature"] == 1.0
