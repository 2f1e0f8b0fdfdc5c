"""Excerpts keep what lies whole in them."""

import pytest
from tests.builders import example

from phantom.passages.excerpt import excerpt

DOCUMENT = example(
    "<A id=1>Iron</A> helps. <A id=2>Zinc</A> eases <B id=3>pain</B> and cold.",
    (2, "EASES", 3),
    (1, "EASES", 3),
    id="d",
)


def test_mentions_and_relations_of_the_stretch_come_along() -> None:
    cut = excerpt(DOCUMENT, 12, 37, "d/1")
    assert cut.text == "Zinc eases pain and cold."
    assert [(e.start, e.end, e.text) for e in cut.entities] == [
        (0, 4, "Zinc"),
        (11, 15, "pain"),
    ]
    assert [(r.head, r.label, r.tail) for r in cut.relations] == [(0, "EASES", 1)]
    assert cut.id == "d/1" and cut.derived_from == ("d",)


def test_bounds_inside_a_mention_are_an_error() -> None:
    with pytest.raises(ValueError, match="cut 'Zinc' in two"):
        excerpt(DOCUMENT, 14, 30, "x")


def test_bounds_outside_the_text_are_an_error() -> None:
    with pytest.raises(ValueError, match="no characters 5 to 400"):
        excerpt(DOCUMENT, 5, 400, "x")
