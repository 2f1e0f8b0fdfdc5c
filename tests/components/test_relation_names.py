"""Mentions of two names share what is read of each pair of them."""

from pathlib import Path

import numpy as np
import pytest
import spacy
from numpy.testing import assert_allclose
from spacy.tokens import Doc
from tests.builders.pipelines import (
    MODULES,
    TINY,
    make_doc,
    make_examples,
    make_nlp,
    train,
)
from thinc.api import get_current_ops

from phantom.packs.document import score_alone

share_names = MODULES["relation_names"].share_names
name_groups = MODULES["relation_names"].name_groups
OPS = get_current_ops()
WORDS = ["Iron", "eased", "gout", ";", "a", "rash", "came", "of", "iron", "."]
DOC = Doc(spacy.blank("xx").vocab, WORDS)
# Iron, gout, rash, iron; each iron with each disease.
PAIRS = {
    "mention_doc": np.zeros(4, dtype="int64"),
    "mention_start": np.asarray([0, 2, 5, 8]),
    "mention_end": np.asarray([1, 3, 6, 9]),
    "mention_type": np.asarray([2, 3, 3, 2]),
    "heads": np.asarray([0, 0, 3, 3]),
    "tails": np.asarray([1, 2, 1, 2]),
}


def test_near_pairs_count_for_more() -> None:
    assert name_groups([DOC], PAIRS).tolist() == [0, 1, 0, 1]
    logits = np.asarray([[3.0], [0.0], [-2.0], [1.0]], dtype="f")
    shared, back = share_names([DOC], PAIRS, logits, OPS)
    # Between iron and gout one token and five: cubes of 4/5 and 4/9, as 9 and 5.
    # Between iron and rash four and two: of 4/8 and 4/6, as 3 and 4.
    gout = (3 * 9**3 - 2 * 5**3) / (9**3 + 5**3)
    rash = 4**3 / (3**3 + 4**3)
    assert_allclose(shared[:, 0], [gout, rash, gout, rash], rtol=1e-5)
    # The way back is the transpose of the way there, which is linear.
    there = [share_names([DOC], PAIRS, np.eye(4, dtype="f")[:, [i]], OPS)[0][:, 0]
             for i in range(4)]  # fmt: skip
    assert_allclose(back(np.eye(4, dtype="f")), np.asarray(there), rtol=1e-5)


def test_in_a_soft_maximum_the_strongest_counts_for_most() -> None:
    logits = np.asarray([[3.0], [0.0], [-2.0], [1.0]], dtype="f")
    shared, back = share_names([DOC], PAIRS, logits, OPS, "logsumexp")
    # Of the tokens between, as above: squares of 9 and 5, and of 3 and 4.
    gout = np.log((81 * np.exp(3) + 25 * np.exp(-2)) / (81 + 25))
    rash = np.log((9 + 16 * np.exp(1)) / (9 + 16))
    assert_allclose(shared[:, 0], [gout, rash, gout, rash], rtol=1e-5)
    gradient = np.asarray([[1.0], [-2.0], [0.5], [3.0]], dtype="f")
    for i in range(4):
        moved = logits.astype("float64")
        moved[i] += 1e-3
        change = share_names([DOC], PAIRS, moved.astype("f"), OPS, "logsumexp")[0]
        slope = ((change - shared) / 1e-3 * gradient).sum()
        assert back(gradient)[i, 0] == pytest.approx(slope, abs=0.01)
    large, _ = share_names([DOC], PAIRS, logits * 100, OPS, "logsumexp")
    assert np.isfinite(large).all()


def test_another_pooling_is_refused() -> None:
    with pytest.raises(ValueError, match="name_pooling is 'max'"):
        make_nlp(model={**TINY, "share_names": True, "name_pooling": "max"})


@pytest.mark.parametrize(
    ("key", "value"),
    [("mention_type", [2, 3, 3, 4]), ("mention_doc", [0, 0, 1, 1])],
)
def test_other_types_and_docs_are_other_names(key: str, value: list[int]) -> None:
    groups = name_groups([DOC, DOC], {**PAIRS, key: np.asarray(value)})
    assert groups[0] != groups[2] and groups[1] != groups[3]


def test_it_is_learned_with_and_asked_for_at_load(tmp_path: Path) -> None:
    nlp = make_nlp(model={**TINY, "share_names": True}, threshold=0.0)
    train(nlp, make_examples(nlp), steps=3)
    nlp.to_disk(tmp_path)
    alone = {"components": {"relation_extractor": {"model": {"share_names": False}}}}
    text = "aspirin relieved pain , and Aspirin again , and aspirin"
    mentions = [(0, 1, "C"), (2, 3, "D"), (5, 6, "C"), (9, 10, "C")]
    for config, after, scores in ({}, False, 1), (alone, False, 3), ({}, True, 3):
        loaded = spacy.load(tmp_path, config=config)
        if after:
            score_alone(loaded)
        doc = loaded.get_pipe("relation_extractor")(
            make_doc(loaded, text, mentions, None)
        )
        found = {r["score"] for r in doc._.relations if r["label"] == "TREATS"}
        assert len(doc._.relations) == 6 and len(found) == scores


@pytest.mark.parametrize("exclusive", [False, True])
def test_pairs_of_two_names_weigh_as_one_pair(exclusive: bool) -> None:
    """Three of aspirin and pain, three of aspirin and rash: losses add up to two."""
    losses = {}
    for weigh in False, True:
        nlp = make_nlp(weigh_names=weigh, exclusive=exclusive)
        mentions = [(0, 1, "C"), (2, 3, "D"), (4, 5, "C"), (6, 7, "C"), (8, 9, "D")]
        text = "aspirin relieved pain , Aspirin and aspirin , rash"
        doc = make_doc(nlp, text, mentions, [])
        gold = spacy.training.Example(nlp.make_doc(text), doc)
        known = make_examples(nlp)
        nlp.initialize(lambda known=known: known)
        pipe = nlp.get_pipe("relation_extractor")
        output = pipe.model.layers[-1]
        for name in output.param_names:
            output.set_param(name, output.get_param(name) * 0)
        losses[weigh] = pipe.update([gold])["relation_extractor"]
    # Logits of zero cost the same for each of six pairs, or of two names with another.
    assert losses[True] == pytest.approx(losses[False] / 3, rel=1e-5)
