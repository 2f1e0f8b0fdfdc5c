"""Label smoothing of relations and of tags, worked out by hand."""

from typing import Any

import numpy as np
import pytest
from spacy.training import Example
from tests.builders.pipelines import (
    MODULES,
    SCHEMA,
    make_doc,
    make_examples,
    make_nlp,
    train,
)

from phantom.runtime import blank_pipeline

smooth = MODULES["relation_smoothing"].smooth_targets
loss = MODULES["relation_targets"].relation_loss
TARGETS = np.asarray([[1, 0], [0, 0], [1, 1]], dtype="f")
MASK = np.asarray([[1, 1], [1, 0], [1, 1]], dtype="f")


def test_yes_and_no_share_what_is_smoothed() -> None:
    found = smooth(TARGETS, MASK, 0.2, False)
    # 0.8 * 1 + 0.1; 0.1; what is not known stays
    expected = [[0.9, 0.1], [0.1, 0], [0.9, 0.9]]
    assert found == pytest.approx(np.asarray(expected)) and found.dtype == "float32"
    assert smooth(TARGETS, MASK, 0.0, False) is TARGETS


def test_labels_that_exclude_each_other_share_it_with_none() -> None:
    found = smooth(TARGETS, MASK, 0.3, True)
    # Three choices: 0.7 + 0.1; two, one label unknown: 0.15; half each: 0.35 + 0.1.
    expected = [[0.8, 0.1], [0.15, 0], [0.45, 0.45]]
    assert found == pytest.approx(np.asarray(expected))


@pytest.mark.parametrize("exclusive", [False, True])
def test_the_loss_is_least_at_what_is_smoothed(exclusive: bool) -> None:
    targets = np.asarray([[1, 0]], dtype="f")
    goal = smooth(targets, np.ones_like(targets), 0.3, exclusive)
    rest = 1 - goal.sum() if exclusive else 1 - goal
    logits = np.log(goal / rest)
    _, gradient = loss(logits, goal, np.ones_like(goal), 1.0, exclusive)
    assert gradient == pytest.approx(np.zeros_like(goal), abs=1e-6)


def scores_of(**config: Any) -> np.ndarray:
    nlp = make_nlp(relation_schema=SCHEMA, **config)
    examples = make_examples(nlp)
    train(nlp, examples, 25)
    pipe: Any = nlp.get_pipe("relation_extractor")
    scores: np.ndarray = pipe.predict([x.predicted for x in examples])[3]
    return scores


def test_a_smoothed_extractor_is_less_certain() -> None:
    plain, smoothed = scores_of(), scores_of(label_smoothing=0.3)
    assert plain.max() > 0.95 > smoothed.max()
    assert ((plain > 0.5) == (smoothed > 0.5)).mean() > 0.9


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_tags_share_what_is_smoothed(smoothing: float) -> None:
    nlp = blank_pipeline("en")
    nlp.add_pipe("entity_tagger", config={"label_smoothing": smoothing})
    pipe: Any = nlp.get_pipe("entity_tagger")
    pipe.cfg["labels"] = ["CHEMICAL", "DISEASE"]
    doc = make_doc(nlp, "zinc hurts", [(0, 1, "C")], None)
    # Nine tags, each as likely: the cross-entropy is log 9, whatever is learnt.
    logits = np.zeros((2, 9), dtype="f")
    total, (gradient,) = pipe.get_loss([Example(doc.copy(), doc)], [logits])
    assert total == pytest.approx(2 * np.log(9))
    expected = np.full((2, 9), 1 / 9 - smoothing / 9)
    expected[0, 4] -= 1 - smoothing
    expected[1, 0] -= 1 - smoothing
    assert gradient == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("name", ["relation_extractor", "entity_tagger"])
@pytest.mark.parametrize("smoothing", [-0.1, 0.5, 1.0])
def test_what_would_turn_labels_around_is_refused(name: str, smoothing: float) -> None:
    with pytest.raises(ValueError, match="from 0 to below 0.5"):
        blank_pipeline("en").add_pipe(name, config={"label_smoothing": smoothing})
