"""Hidden states of a student: how far they are, and that training brings them near."""

import random
from typing import Any

import pytest
import torch
from tests.builders.encoder import TEXTS, make_small

from phantom.training.matching import batch_rows, cut_rows, distance, match_states


def test_the_distance_is_a_share_of_the_goals_square() -> None:
    """(9 + 1) / 25 and 4 / 100; the third wordpiece is padding."""
    found = torch.tensor([[[3.0, 4.0], [10.0, 2.0], [9.0, 9.0]]])
    goal = torch.tensor([[[0.0, 5.0], [10.0, 0.0], [1.0, 1.0]]])
    mask = torch.tensor([[1, 1, 0]])
    assert distance(found, goal, mask).item() == pytest.approx((0.4 + 0.04) / 2)
    assert distance(goal, goal, mask).item() == 0


def test_batches_have_every_row_once_and_fit() -> None:
    order = random.Random(0)
    rows = [[i] * order.randint(1, 40) for i in range(100)] + [[100] * 90]
    batches = list(batch_rows(rows, 80))
    assert sorted(row[0] for batch in batches for row in batch) == list(range(101))
    for batch in batches:
        assert len(batch) == 1 or len(batch) * max(map(len, batch)) <= 80


@pytest.mark.slow
def test_training_brings_the_states_near_and_leaves_the_rest() -> None:
    """A student whose last layer was disturbed; 30 steps, as seeded."""
    nlp = make_small()
    teacher: Any = nlp.get_pipe("transformer").model
    student = teacher.copy()
    docs = [nlp.make_doc(text) for text in TEXTS]
    # The empty text has none.
    assert len(cut_rows(teacher, docs)) == 3
    torch.manual_seed(0)
    with torch.no_grad():
        for weights in student.transformer.encoder.layer[1].parameters():
            weights.add_(torch.randn_like(weights) * 0.1)
    embeddings = student.transformer.embeddings.word_embeddings.weight.clone()
    told: list[int] = []
    settings: dict[str, Any] = {"learn_rate": 5e-3, "batch": 200, "seed": 0}
    found = match_states(
        *(teacher, student, docs, docs), steps=30, tell=told.append, **settings
    )
    assert found.after < found.before / 3 and found.layers == (1, 2)
    assert sum(told) == 30 == found.steps and found.wordpieces > 30 * 50
    now = student.transformer.embeddings.word_embeddings.weight
    assert torch.equal(embeddings, now)
    again = match_states(teacher, student, docs, docs, steps=1, **settings)
    assert again.before == pytest.approx(found.after)
