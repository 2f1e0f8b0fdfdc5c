"""Mixup of pairs, among their kind, and of words, by place, with a true gradient."""

import numpy as np
import pytest
import spacy
from tests.builders.pipelines import (
    MODULES,
    TINY,
    make_examples,
    make_nlp,
    predict,
    train,
)
from thinc.api import Linear

blend_pairs = MODULES["relation_mixup"].blend_pairs
blend_words = MODULES["relation_mixup"].blend_words
mixed_loss = MODULES["relation_mixup"].mixed_loss
# Four mentions of three labels; pairs of two kinds.
CANDIDATES = {
    "mention_type": np.asarray([1, 2, 2, 3]),
    "heads": np.asarray([0, 0, 0, 1]),
    "tails": np.asarray([1, 2, 3, 3]),
}


def test_pairs_are_blended_among_those_of_their_labels() -> None:
    model, rows = Linear(), set()
    pairs = np.eye(4, dtype="f")
    for seed in range(20):
        np.random.seed(seed)
        blended, back = blend_pairs(model, pairs, CANDIDATES, 0.4)
        order, share = model.attrs["mixed"]
        assert 0.5 <= share <= 1
        assert sorted(order[:2]) == [0, 1] and list(order[2:]) == [2, 3]
        assert blended == pytest.approx(share * pairs + (1 - share) * pairs[order])
        # The way back is the transpose of the way there, which is linear.
        assert back(np.eye(4, dtype="f")) == pytest.approx(blended.T)
        rows.add(tuple(order))
    assert rows == {(0, 1, 2, 3), (1, 0, 2, 3)}


def test_words_are_blended_with_those_at_their_place_in_another_passage() -> None:
    model, seen = Linear(), set()
    words = np.eye(6, dtype="f")
    for seed in range(30):
        np.random.seed(seed)
        blended, back = blend_words(model, words, [3, 0, 1, 2], 0.4)
        order, share = model.attrs["mixed"]
        assert 0.5 <= share <= 1
        assert blended == pytest.approx(share * words + (1 - share) * words[order])
        assert back(np.eye(6, dtype="f")) == pytest.approx(blended.T)
        seen.add(tuple(order.tolist()))
    # What is longer than the other passage keeps its rest.
    own, one_two, one_three = (0, 1, 2, 3, 4, 5), (3, 1, 2, 0, 4, 5), (4, 5, 2, 3, 0, 1)
    two_three, round_, back_ = (
        (0, 1, 2, 4, 3, 5),
        (3, 1, 2, 4, 0, 1),
        (4, 5, 2, 0, 3, 5),
    )
    assert seen == {own, one_two, one_three, two_three, round_, back_}


@pytest.mark.parametrize("name", ["relation_extractor", "entity_tagger"])
def test_shares_of_no_distribution_are_refused(name: str) -> None:
    model = {**TINY, "mixup": -0.1}
    if name == "entity_tagger":
        del model["pair_tensor"]
        model["@architectures"] = "phantom.TaggerModel.v1"
    with pytest.raises(ValueError, match="mixup is -0.1; set it to 0 for none"):
        spacy.blank("xx").add_pipe(name, config={"model": model})


def test_the_loss_is_that_of_both() -> None:
    def find(logits: np.ndarray, targets: np.ndarray, mask: np.ndarray) -> tuple:
        rest = (logits - targets) * mask
        return float((rest**2).sum() / 2), rest

    model = Linear()
    logits = np.asarray([[1.0], [3.0]])
    targets, mask = np.asarray([[0.0], [1.0]]), np.asarray([[1.0], [0.0]])
    assert mixed_loss(find, model, logits, targets, mask)[0] == 0.5
    model.attrs["mixed"] = (np.asarray([1, 0]), 0.75)
    loss, gradient = mixed_loss(find, model, logits, targets, mask)
    # 0.75 * (1 - 0)^2 / 2, and 0.25 * (3 - 0)^2 / 2 where the second takes the first's.
    assert loss == pytest.approx(0.375 + 1.125)
    assert gradient.tolist() == [[0.75], [0.75]]
    assert "mixed" not in model.attrs


@pytest.mark.slow
def test_a_pipeline_learns_with_it_and_predicts_without() -> None:
    nlp = make_nlp(model={**TINY, "mixup": 0.2})
    examples = make_examples(nlp)
    train(nlp, examples, steps=60)
    pipe = nlp.get_pipe("relation_extractor")
    assert pipe.model.attrs["mixup"] == 0.2 and "mixed" not in pipe.model.attrs
    scores = pipe.scorer(predict(nlp, examples))
    assert scores["rel_micro_f"] > 0.8
    again = make_nlp(model={**TINY, "mixup": 0.2})
    train(again, make_examples(again), steps=60)
    first, second = (x.get_pipe("relation_extractor").model for x in (nlp, again))
    assert first.to_bytes() == second.to_bytes()
    assert make_nlp().get_pipe("relation_extractor").model.attrs["mixup"] == 0
