"""What a batch teaches the relation component: losses, gradients, weights, targets."""

import logging
from typing import Any

import pytest
from spacy.tokens import Doc
from spacy.training import Example
from tests.builders.pipelines import (
    MODULES,
    SCHEMA,
    SENTENCES,
    make_doc,
    make_examples,
    make_nlp,
)

NAME = "relation_extractor"


def test_batches_without_pairs_or_annotation_train_nothing() -> None:
    nlp = make_nlp(relation_schema=SCHEMA)
    optimizer = nlp.initialize(lambda: make_examples(nlp))
    losses: dict[str, float] = {}
    text, mentions, _ = SENTENCES[0]
    for batch in (
        make_examples(nlp, [("nothing here", [], []), ("", [], [])]),
        make_examples(nlp, [("", [], [])]),
        make_examples(nlp, [(text, mentions, None)]),
    ):
        nlp.update(batch, sgd=optimizer, losses=losses)
    assert losses[NAME] == 0.0


def test_gold_not_annotated_has_no_gradient() -> None:
    nlp = make_nlp(relation_schema=SCHEMA)
    text, mentions, found = SENTENCES[0]
    examples = make_examples(nlp, [(text, mentions, None), (text, mentions, found)])
    nlp.initialize(lambda: examples)
    pipe = nlp.get_pipe(NAME)
    logits, _ = pipe.model.begin_update(
        ([eg.predicted for eg in examples], pipe._gold(examples)[0])
    )
    loss, gradient = pipe.get_loss(examples, logits)
    assert loss > 0
    assert not gradient[0].any() and gradient[1].all()


def test_labels_that_were_not_annotated_have_no_gradient() -> None:
    nlp = make_nlp(relation_schema=SCHEMA)
    examples = make_examples(nlp, SENTENCES[:1])
    examples[0].reference.user_data["relation_labels"] = ["TREATS"]
    nlp.initialize(lambda: examples)
    pipe = nlp.get_pipe(NAME)
    logits = pipe.model.ops.alloc2f(1, 2)
    loss, gradient = pipe.get_loss(examples, logits)
    assert gradient.tolist() == [[-0.5, 0.0]]
    assert loss == pytest.approx(0.6931, abs=1e-4)


def test_positive_weight_scales_loss_and_gradient() -> None:
    nlp = make_nlp(relation_schema=SCHEMA, positive_weight=3.0)
    examples = make_examples(nlp, SENTENCES[:1])
    nlp.initialize(lambda: examples)
    pipe = nlp.get_pipe(NAME)
    _, gradient = pipe.get_loss(examples, pipe.model.ops.alloc2f(1, 2))
    assert gradient.tolist() == [[-1.5, 0.5]]


def test_learn_rate_factor_leaves_the_optimizer_as_it_was() -> None:
    moved = []
    for factor in (0.0, 1.0):
        nlp = make_nlp(relation_schema=SCHEMA, learn_rate_factor=factor)
        optimizer = nlp.initialize(lambda nlp=nlp: make_examples(nlp))
        output = nlp.get_pipe(NAME).model.layers[2]
        output.get_param("W")[:] = 0.1
        nlp.update(make_examples(nlp), sgd=optimizer)
        moved.append(abs(output.get_param("W") - 0.1).max() > 1e-6)
        assert optimizer.learn_rate == pytest.approx(0.001)
    assert moved == [False, True]


def test_gold_mentions_are_aligned_and_losses_reported(
    caplog: pytest.LogCaptureFixture,
) -> None:
    nlp = make_nlp(relation_schema=SCHEMA)
    reference = make_doc(
        nlp,
        "anti - aspirin treats headache",
        [(2, 3, "C"), (4, 5, "D")],
        [(0, "TREATS", 1), (1, "TREATS", 0)],
    )
    words = ["anti", "-", "aspirin treats", "headache"]
    merged = Example(Doc(nlp.vocab, words=words), reference)
    words = ["anti", "-", "aspirin", "trea", "ts", "head", "ache"]
    split = Example(
        Doc(nlp.vocab, words=words, spaces=[1, 1, 1, 0, 1, 0, 0]), reference
    )
    pipe = nlp.get_pipe(NAME)
    logger = logging.getLogger("spacy")
    logger.addHandler(caplog.handler)
    try:
        nlp.initialize(lambda: [merged, split])
    finally:
        logger.removeHandler(caplog.handler)
    assert pipe.coverage([merged, split]) == {
        "entities": 4,
        "entities_unaligned": 1,
        "relations": 4,
        "relations_unaligned": 2,
        "relations_uncovered": 1,
    }
    assert "1 of 4 gold entities" in caplog.text
    batch, targets, _, _ = pipe._gold([merged, split])
    assert batch["mention_start"].tolist()[-2:] == [2, 5]
    assert batch["mention_end"].tolist()[-2:] == [3, 7]
    assert targets.tolist() == [[1.0, 0.0]]


def test_symmetric_relation_in_either_order_is_one_target() -> None:
    schema = {"WITH": {"head": ["CHEMICAL"], "tail": ["DISEASE"], "symmetric": True}}
    nlp = make_nlp(relation_schema=schema)
    text, mentions, _ = SENTENCES[0]
    examples = make_examples(nlp, [(text, mentions, [(1, "WITH", 0)])])
    _, targets, _, counts = nlp.get_pipe(NAME)._gold(examples)
    assert targets.tolist() == [[1.0]] and counts["relations_uncovered"] == 0


def test_schema_is_inferred_or_asked_for() -> None:
    nlp = make_nlp()
    nlp.initialize(lambda: make_examples(nlp))
    assert nlp.get_pipe(NAME).schema == {key: SCHEMA[key] for key in sorted(SCHEMA)}
    bare = make_nlp()
    with pytest.raises(ValueError, match="no relation schema"):
        bare.initialize(lambda: make_examples(bare, [("nothing", [], [])]))


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ({"A": {"head": "X"}}, "A.head"),
        ({"A": {"heads": ["X"]}}, "schema, A"),
        ({"A": ["X", "Y"]}, "schema, A"),
    ],
)
def test_schema_errors_name_label_and_key(schema: Any, message: Any) -> None:
    with pytest.raises(ValueError, match=message):
        MODULES["relation_schema"].check_schema(schema)
