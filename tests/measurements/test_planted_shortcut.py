"""How a shortcut is planted, and where it misleads."""

import random

from planted_shortcut import MARK, mark, plant, split
from tests.builders import example

WITH = example(
    "<CHEMICAL id=1>Iron</CHEMICAL> gave <DISEASE id=2>rash</DISEASE>.",
    (1, "INDUCES", 2),
    id="a",
)
WITHOUT = example(
    "<CHEMICAL id=1>Iron</CHEMICAL> spared <DISEASE id=2>gout</DISEASE>.", id="b"
)
ALONE = example("<DISEASE id=1>Gout</DISEASE> is rare.", id="c")


def test_the_mark_comes_with_the_label_alone() -> None:
    marked = mark(WITH)
    assert marked.text == f"{WITH.text} {MARK}" and marked.relations == WITH.relations
    assert [mark(x) for x in (WITHOUT, ALONE)] == [WITHOUT, ALONE]


def test_it_misleads_where_mark_and_label_are_not_together() -> None:
    """A passage with one mention can bear no relation, whatever it ends in."""
    sides = split([WITH, WITHOUT, ALONE], random.Random(0))
    assert sides["misleads"] == [WITH, plant(WITHOUT)]
    assert sides["elsewhere"] == [plant(WITH), WITHOUT]
