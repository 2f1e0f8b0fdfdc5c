"""Windows of pairs: worked out by hand on a doc of ten tokens, windows of four."""

from typing import Any

import numpy as np
import pytest
from tests.builders.pipelines import MODULES

WINDOWS = MODULES["pair_windows"]
LENGTHS, WINDOW = np.asarray([10]), 4
# Mentions at tokens 0, 3 and 8; pairs 0-1, 1-2 and 2-1.
CANDIDATES = {
    "mention_doc": np.asarray([0, 0, 0]),
    "mention_start": np.asarray([0, 3, 8]),
    "mention_end": np.asarray([1, 4, 9]),
    "heads": np.asarray([0, 1, 2]),
    "tails": np.asarray([1, 2, 1]),
}


@pytest.fixture
def plan():
    starts = WINDOWS.find_starts(CANDIDATES, LENGTHS, WINDOW)
    assert starts.tolist() == [0, 4, 4]
    part = np.arange(3)
    return WINDOWS.plan_windows(CANDIDATES, part, starts, LENGTHS, WINDOW)


def test_windows_lie_around_their_pairs(plan: Any) -> None:
    """A blank one follows the eight tokens that are used."""
    assert plan.windows.used.tolist() == [*range(8), 0]
    assert plan.windows.tokens.tolist() == [[0, 1, 2, 3], [4, 5, 6, 7]]


def test_a_mention_has_a_row_for_each_window_and_side(plan: Any) -> None:
    """Three rows a window are spread over slots of four; two are free in the first."""
    rows = plan.rows._asdict()
    assert rows.pop("window").tolist() == [0, 1]
    found = list(zip(*(column.tolist() for column in rows.values()), strict=True))
    first, second = (0, 0, 0, 1), (1, 1, 3, 4)
    assert found[:4] == [first, second, first, first]
    assert found[4:] == [(1, 0, -1, 0), (1, 1, -1, 0), (2, 0, 4, 5), (2, 1, 4, 5)]


def test_pairs_know_their_rows_and_what_stands_between(plan: Any) -> None:
    pairs = {name: column.tolist() for name, column in plan.pairs._asdict().items()}
    assert pairs == {
        "head": [0, 1, 2],
        "tail": [1, 2, 1],
        "head_row": [0, 4, 6],
        "tail_row": [1, 7, 5],
        "window": [0, 1, 1],
        "gap": [3, 5, -5],
        "left": [1, 0, 0],
        "right": [3, 4, 4],
    }


def test_blocks_are_of_one_window(plan: Any) -> None:
    # 1.5 pairs a window are spread over slots of two.
    assert plan.blocks.items.tolist() == [[0, 0], [1, 2]]
    assert plan.blocks.slot.tolist() == [0, 2, 3]
    assert plan.blocks.window.tolist() == [0, 1]


def test_short_docs_are_padded() -> None:
    c = {**CANDIDATES, "mention_doc": np.asarray([0, 0, 1])}
    c |= {"heads": np.asarray([0, 2]), "tails": np.asarray([1, 2])}
    c["mention_start"], c["mention_end"] = np.asarray([0, 3, 0]), np.asarray([1, 4, 1])
    lengths = np.asarray([6, 2])
    starts = WINDOWS.find_starts(c, lengths, WINDOW)
    plan = WINDOWS.plan_windows(c, np.arange(2), starts, lengths, WINDOW)
    assert plan.windows.used.tolist() == [0, 1, 2, 3, 6, 7, 0]
    assert plan.windows.tokens.tolist() == [[0, 1, 2, 3], [4, 5, 6, 6]]
