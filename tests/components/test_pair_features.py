"""Pair features: means by hand, and no gradient to the encoder."""

import numpy as np
import pytest
from tests.builders.pipelines import MODULES

features = MODULES["pair_features"]


def arrays(mentions: list[tuple[int, int, int, int]], pairs: list) -> dict:
    columns = np.array(mentions, dtype="int64").reshape(-1, 4).T
    keys = ("mention_doc", "mention_start", "mention_end", "mention_type")
    heads, tails = np.array(pairs, dtype="int64").reshape(-1, 2).T
    return {**dict(zip(keys, columns, strict=True)), "heads": heads, "tails": tails}


def test_means_gap_and_types_by_hand() -> None:
    first = np.array([[9.0], [9.0]], dtype="float32")
    second = np.arange(1.0, 7.0, dtype="float32")[:, None]
    # In the second doc: words 0 and 1, and word 4; between them 2 and 3.
    found = features.pair_features(
        [first, second], arrays([(1, 0, 2, 2), (1, 4, 5, 3)], [(0, 1), (1, 0)]), 4
    )
    head, tail, product, between, around = found[0, :5]
    assert (head, tail, product, between) == (1.5, 5.0, 7.5, 3.5)
    assert around == pytest.approx(3.5)  # all six words: the other doc stays out
    buckets, types = found[:, 5:19], found[:, 19:]
    # Two words apart: bucket 1 of those forward; backward they begin at 7.
    assert buckets.argmax(1).tolist() == [1, 8] and buckets.sum() == 2
    assert types[0].tolist() == [0, 0, 1, 0, 0, 0, 0, 1]
    assert found[1, :2].tolist() == [5.0, 1.5]


def test_neighbours_have_nothing_between() -> None:
    words = np.ones((2, 3), dtype="float32")
    found = features.pair_features(
        [words], arrays([(0, 0, 1, 2), (0, 1, 2, 2)], [(0, 1)]), 3
    )
    assert found.shape == (1, 15 + 14 + 6)
    assert found[0, 9:12].tolist() == [0, 0, 0]


def test_no_gradient_goes_back_to_the_vectors() -> None:
    model = features.build_pair_features(width=4)
    model.set_dim("nI", 3)
    model.set_dim("nT", 3)
    model.initialize()
    words = [np.ones((4, 3), dtype="float32"), np.zeros((0, 3), dtype="float32")]
    given = arrays([(0, 0, 1, 2), (0, 3, 4, 2)], [(0, 1)])
    found, backprop = model.begin_update((words, given))
    assert found.shape == (1, 4)
    assert [d.shape for d in backprop(found)] == [(4, 3), (0, 3)]
    nothing, backprop = model.begin_update((words, arrays([], [])))
    assert nothing.shape == (0, 4) and not backprop(nothing)[0].any()
