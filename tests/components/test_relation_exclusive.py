"""Labels that exclude each other: loss and probabilities worked out by hand."""

import numpy as np
import pytest
from tests.builders.pipelines import MODULES, SCHEMA, make_examples, make_nlp, train

MODULE = MODULES["relation_targets"]
LOGITS = np.log(np.asarray([[2.0, 1.0], [0.5, 4.0], [3.0, 3.0]], dtype="f"))


def test_probabilities_are_shared_with_none_and_only_the_likeliest_stays() -> None:
    allowed = np.asarray([[1, 1], [1, 0], [0, 0]], dtype="bool")
    scores = MODULE.relation_probabilities(LOGITS, allowed, 1.0, True)
    # 2 / (1 + 2 + 1); 0.5 / (1 + 0.5); nothing fits
    assert scores == pytest.approx(np.asarray([[0.5, 0], [1 / 3, 0], [0, 0]]))
    alone = MODULE.relation_probabilities(LOGITS, allowed, 1.0, False)
    assert alone == pytest.approx(np.asarray([[2 / 3, 0.5], [1 / 3, 0], [0, 0]]))
    cool = MODULE.relation_probabilities(LOGITS, allowed, 2.0, True)
    assert cool[0, 0] == pytest.approx(2**0.5 / (2 + 2**0.5))


@pytest.mark.parametrize("exclusive", [False, True])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_no_number_is_an_error(bad: float, exclusive: bool) -> None:
    """Compared with a threshold, it would be no relation, without a word."""
    logits = np.asarray([[0.0, bad]], dtype="f")
    with pytest.raises(ValueError, match="no numbers .* lower learn rate"):
        MODULE.relation_probabilities(logits, logits == logits, 1.0, exclusive)


def test_the_loss_is_one_choice_per_pair() -> None:
    targets = np.asarray([[1, 0], [0, 0], [1, 1]], dtype="f")
    mask = np.asarray([[1, 1], [1, 0], [1, 1]], dtype="f")
    loss, gradient = MODULE.relation_loss(LOGITS, targets, mask, 1.0, True)
    # -log 0.5; none: -log(1 / 1.5); both labels, half each: -log(3 / 7)
    assert loss == pytest.approx(np.log(2) + np.log(1.5) + np.log(7 / 3), rel=1e-5)
    expected = [[-0.5, 0.25], [1 / 3, 0], [3 / 7 - 0.5, 3 / 7 - 0.5]]
    assert gradient == pytest.approx(np.asarray(expected), abs=1e-6)
    unknown = MODULE.relation_loss(LOGITS, targets, np.zeros_like(mask), 1.0, True)
    assert unknown[0] == 0 and not unknown[1].any()


def test_the_gradient_is_that_of_the_loss() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(4, 3))
    targets = (rng.random((4, 3)) < 0.3).astype("f")
    mask = np.maximum(targets, rng.random((4, 3)) < 0.7).astype("f")
    _, gradient = MODULE.relation_loss(logits, targets, mask, 2.0, True)
    for cell in np.ndindex(4, 3):
        step = np.zeros_like(logits)
        step[cell] = 1e-5
        up, down = (
            MODULE.relation_loss(logits + s, targets, mask, 2.0, True)[0]
            for s in (step, -step)
        )
        assert gradient[cell] == pytest.approx((up - down) / 2e-5, abs=1e-4)


def test_a_pair_has_one_label_at_most() -> None:
    nlp = make_nlp(relation_schema=SCHEMA, exclusive=True, threshold=0.0)
    examples = make_examples(nlp)
    train(nlp, examples, steps=20)
    pipe = nlp.get_pipe("relation_extractor")
    for example in examples:
        pairs = [(r["head"], r["tail"]) for r in pipe(example.predicted)._.relations]
        assert pairs and len(pairs) == len({str(pair) for pair in pairs})
