"""One reading of `[id, LABEL, id]`, for what is written and what is labelled."""

from collections import Counter
from typing import Any

import pytest

from phantom.curation.extraction import align
from phantom.curation.relations import RejectError, read_relation
from phantom.packs.domain import RelationRule
from phantom.passages.tags import Tagged, parse_tags
from phantom.records import Relation

RULES = {
    "EATS": RelationRule(definition="", head=["A"], tail=["F", "A"]),
    "LIKES": RelationRule(definition="", head=["A"], tail=["A"], symmetric=True),
}
TAGGED = parse_tags("<A id=1>cat</A> <F id=2>trout</F> <A id=3>dog</A>", "AF")
assert isinstance(TAGGED, Tagged)
ENTITIES = TAGGED.entities


@pytest.mark.parametrize("ends", [(1, 2), ("1", "2"), (" 01", "2 ")])
def test_ids_are_numbers_however_they_are_written(ends: tuple[Any, Any]) -> None:
    found = read_relation([ends[0], "EATS", ends[1]], ENTITIES, RULES)
    assert found == Relation(head=0, tail=1, label="EATS")


def test_the_earlier_mention_is_the_head_of_a_symmetric_relation() -> None:
    found = read_relation([3, "LIKES", 1], ENTITIES, RULES)
    assert found == Relation(head=0, tail=2, label="LIKES")


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ([1, "EATS"], "bad_relation"),
        ("1 EATS 2", "bad_relation"),
        ([1, "EATS", 1], "bad_relation"),
        ([1, "DRINKS", 2], "unknown_relation"),
        ([1, "EATS", 9], "unknown_tag_id"),
        ([True, "EATS", 2], "unknown_tag_id"),
        ([2, "EATS", 1], "relation_types"),
    ],
)
def test_what_is_no_relation_is_told_by_its_reason(item: Any, reason: str) -> None:
    with pytest.raises(RejectError) as caught:
        read_relation(item, ENTITIES, RULES)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("tagged", "text", "found", "lost"),
    [
        ("An <A id=1>ox</A>.", "An ox.", [(3, 5)], 0),
        # The copy lacks words, or has others: mentions are where they stand in it.
        ("Yes, the <A id=1>cat</A> slept.", "A cat saw the cat doze.", [(14, 17)], 0),
        ("The <A id=1>cat</A>  ate.", "So the cat ate .", [(7, 10)], 0),
        ("The <A id=1>Cat</A> ate.", "The cat ate.", [], 1),
        ("A <A id=1>big cat</A> ate.", "A big old cat ate.", [], 1),
    ],
)
def test_mentions_of_a_copy_are_found_in_the_text(
    tagged: str, text: str, found: list[tuple[int, int]], lost: int
) -> None:
    copied = parse_tags(tagged, "A")
    assert isinstance(copied, Tagged)
    counts: Counter[str] = Counter()
    placed = align(text, copied, counts)
    assert [(e.start, e.end) for e in placed] == found
    assert all(text[e.start : e.end] == e.text for e in placed)
    assert counts.total() == lost


def test_a_rule_allows_by_label_and_direction() -> None:
    assert RULES["EATS"].allows("A", "F") and not RULES["EATS"].allows("F", "A")
