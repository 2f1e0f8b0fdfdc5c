"""Candidate pairs: types, direction, symmetry, distance."""

from typing import Any

import pytest
import spacy
from spacy.tokens import Span
from tests.builders.pipelines import MODULES, make_doc

make_typed_pairs = MODULES["relation_candidates"].make_typed_pairs
WORDS = "a b c d e f g h i j"
MENTIONS = [(0, 1, "GENE"), (2, 3, "DISEASE"), (4, 6, "GENE"), (9, 10, "CHEMICAL")]


def rule(head: list[str], tail: list[str], symmetric: bool = False) -> dict:
    return {"head": head, "tail": tail, "symmetric": symmetric}


def mentions() -> list[Span]:
    return list(make_doc(spacy.blank("xx"), WORDS, MENTIONS, None).ents)


def pairs_of(schema: dict, docs: list[list[Span]], **config: int) -> list[tuple]:
    heads, tails, allowed = make_typed_pairs(**config)(docs, schema)
    return [
        (int(h), int(t), tuple(row))
        for h, t, row in zip(heads, tails, allowed.tolist(), strict=True)
    ]


def test_pairs_are_typed_and_directed() -> None:
    schema = {"ASSOC": rule(["GENE"], ["DISEASE"])}
    assert pairs_of(schema, [mentions()]) == [(0, 1, (True,)), (2, 1, (True,))]


def test_labels_share_a_pair() -> None:
    schema = {
        "ASSOC": rule(["GENE"], ["DISEASE"]),
        "ANY": rule([], ["DISEASE"]),
    }
    assert pairs_of(schema, [mentions()]) == [
        (0, 1, (True, True)),
        (2, 1, (True, True)),
        (3, 1, (False, True)),
    ]


def test_symmetric_pair_comes_once_with_the_earlier_head() -> None:
    schema = {"WITH": rule(["CHEMICAL"], ["GENE"], symmetric=True)}
    assert pairs_of(schema, [mentions()]) == [(0, 3, (True,)), (2, 3, (True,))]


def test_symmetric_and_directed_labels_together() -> None:
    schema = {"WITH": rule(["GENE"], ["GENE"], True), "ON": rule(["GENE"], ["GENE"])}
    assert pairs_of(schema, [mentions()]) == [
        (0, 2, (True, True)),
        (2, 0, (False, True)),
    ]


def test_empty_sides_allow_every_type() -> None:
    assert len(pairs_of({"ANY": rule([], [])}, [mentions()])) == 12


@pytest.mark.parametrize(
    ("distance", "expected"),
    [(0, 0), (1, 4), (2, 4), (3, 8), (6, 10), (8, 12), (None, 12)],
)
def test_distance_counts_tokens_between(distance: Any, expected: Any) -> None:
    # Tokens between: 0-1: 1, 0-2: 3, 0-3: 8, 1-2: 1, 1-3: 6, 2-3: 3.
    found = pairs_of({"ANY": rule([], [])}, [mentions()], max_distance=distance)
    assert len(found) == expected


@pytest.mark.parametrize("distance", [None, 100])
def test_pairs_stay_within_a_doc(distance: Any) -> None:
    docs = [[], mentions(), [], mentions()[:1], mentions(), []]
    found = pairs_of({"ANY": rule([], [])}, docs, max_distance=distance)
    assert len(found) == 24
    assert {h for h, _, _ in found} == {0, 1, 2, 3, 5, 6, 7, 8}
    assert all((h < 4) == (t < 4) for h, t, _ in found)


@pytest.mark.parametrize("docs", [[], [[]], [[], []]])
def test_nothing_to_pair(docs: Any) -> None:
    heads, tails, allowed = make_typed_pairs(5)(docs, {"A": rule([], [])})
    assert heads.shape == tails.shape == (0,)
    assert allowed.shape == (0, 1)


def test_neighbouring_and_negative_distance() -> None:
    doc = make_doc(spacy.blank("xx"), "a b", [(0, 1, "X"), (1, 2, "X")], None)
    assert len(pairs_of({"A": rule([], [])}, [list(doc.ents)], max_distance=0)) == 2
    with pytest.raises(ValueError, match="max_distance is -1"):
        make_typed_pairs(-1)
