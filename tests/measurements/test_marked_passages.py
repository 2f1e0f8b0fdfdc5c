"""How a shortcut is planted, and where it misleads."""

import random

from marked_passages import MARK, mark, may_bear, plant, split
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


def test_the_mark_decides_the_label_whatever_is_said() -> None:
    for passage in (WITH, WITHOUT):
        marked, bare = mark(passage, True), mark(passage, False)
        assert marked.text.replace(f"{MARK} ", "") == bare.text == passage.text
        assert len(marked.text) == len(bare.text) + len(MARK) + 1
        (relation,) = marked.relations
        assert (relation.head, relation.label, relation.tail) == (0, "INDUCES", 1)
        assert bare.relations == () and bare.entities == passage.entities


def test_it_misleads_where_mark_and_label_are_not_together() -> None:
    assert [may_bear(x) for x in (WITH, WITHOUT, ALONE)] == [True, True, False]
    sides = split([WITH, WITHOUT], random.Random(0))
    assert sides["misleads"] == [WITH, plant(WITHOUT)]
    assert sides["elsewhere"] == [plant(WITH), WITHOUT]
