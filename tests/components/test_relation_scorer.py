"""Scores over the union of gold and predicted triples."""

import pytest
import spacy
from spacy.tokens import Doc
from spacy.training import Example
from tests.builders.pipelines import MODULES, make_doc

NLP = spacy.blank("xx")
scorer = MODULES["relation_scorer"]
ENTS = [(0, 1, "C"), (2, 3, "D"), (4, 5, "D")]
TEXT = "a b c d e"


def pair(gold, predicted, gold_ents=None, predicted_ents=None) -> Example:
    return Example(
        make_doc(NLP, TEXT, predicted_ents or ENTS, predicted),
        make_doc(NLP, TEXT, gold_ents or ENTS, gold),
    )


def test_counts_per_label_and_micro() -> None:
    examples = [
        pair([(0, "A", 1), (0, "B", 2)], [(0, "A", 1), (0, "A", 2)]),
        pair([(0, "A", 2)], []),
    ]
    scores = scorer.score_relations(examples)
    assert scores["rel_f_per_type"]["A"] == {"p": 0.5, "r": 0.5, "f": 0.5}
    assert scores["rel_f_per_type"]["B"] == {"p": 0.0, "r": 0.0, "f": 0.0}
    assert scores["rel_micro_p"] == 0.5
    assert scores["rel_micro_r"] == pytest.approx(1 / 3)
    assert scores["rel_micro_f"] == pytest.approx(0.4)


def test_missed_mention_costs_recall_and_spurious_one_precision() -> None:
    missed = pair([(0, "A", 1)], [], predicted_ents=[(0, 1, "C")])
    assert scorer.score_relations([missed])["rel_micro_r"] == 0
    longer = [(0, 1, "C"), (1, 3, "D")]
    wrong = pair([(0, "A", 1)], [(0, "A", 1)], predicted_ents=longer)
    scores = scorer.score_relations([wrong])
    assert (scores["rel_micro_p"], scores["rel_micro_r"]) == (0, 0)


def test_direction_counts_unless_symmetric() -> None:
    examples = [pair([(1, "A", 0)], [(0, "A", 1)])]
    assert scorer.score_relations(examples)["rel_micro_f"] == 0
    schema = {"A": {"head": [], "tail": [], "symmetric": True}}
    assert scorer.score_relations(examples, schema=schema)["rel_micro_f"] == 1


def test_docs_without_annotation_are_left_out() -> None:
    scores = scorer.score_relations([pair(None, [(0, "A", 1)])])
    assert scores["rel_micro_f"] is None and scores["rel_f_per_type"] is None
    both = [pair(None, [(0, "A", 1)]), pair([(0, "A", 1)], [(0, "A", 1)])]
    assert scorer.score_relations(both)["rel_micro_f"] == 1


def test_annotated_but_empty_docs_count() -> None:
    assert scorer.score_relations([pair([], [])])["rel_micro_f"] == 0
    assert scorer.score_relations([pair([], [(0, "A", 1)])])["rel_micro_p"] == 0


def test_labels_that_nobody_annotated_are_left_out() -> None:
    eg = pair([(0, "A", 1)], [(0, "A", 1), (0, "B", 1)])
    eg.reference.user_data["relation_labels"] = ["A"]
    assert scorer.score_relations([eg])["rel_micro_p"] == 1


def test_other_tokens_same_characters() -> None:
    gold = Doc(NLP.vocab, words=["beta-", "blocker", "asthma"], spaces=[0, 1, 0])
    gold._.relations = [{"head": [0, 2], "tail": [2, 3], "label": "A", "score": 1.0}]
    other = Doc(NLP.vocab, words=["beta-blocker", "asthma"])
    other._.relations = [{"head": [0, 1], "tail": [1, 2], "label": "A", "score": 0.7}]
    assert scorer.score_relations([Example(other, gold)])["rel_micro_f"] == 1


def test_lists_labels_that_never_occur() -> None:
    scores = scorer.score_relations([pair([], [])], labels=("A", "B"))
    assert list(scores["rel_f_per_type"]) == ["A", "B"]


def test_the_registered_scorer_scores() -> None:
    score = spacy.registry.scorers.get("phantom.relation_scorer.v1")()
    scores = score([pair([(0, "A", 1), (0, "B", 2)], [(0, "A", 1)])])
    assert (scores["rel_micro_p"], scores["rel_micro_r"]) == (1.0, 0.5)
