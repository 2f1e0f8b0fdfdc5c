"""What is left of drawn edits can always be applied without losing a mention."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders import example

from phantom.passages.edits import keep_mentions
from phantom.passages.rewrite import Edit, rewrite

BEFORE = example("The <A id=1>old cat</A><A id=2>fish</A> ate <A id=3>a</A>.", id="x")
LENGTH = len(BEFORE.text)

edits = st.builds(
    lambda start, length, text: Edit(start, min(start + length, LENGTH), text),
    st.integers(0, LENGTH),
    st.integers(0, 4),
    st.sampled_from(["", " ", "x", "ß ", "long"]),
)


@settings(deadline=None)
@given(st.lists(edits, max_size=6))
def test_what_is_kept_can_be_applied(drawn: list[Edit]) -> None:
    kept = keep_mentions(BEFORE, drawn)
    assert set(kept) <= set(drawn)
    after = rewrite(BEFORE, kept, id="y")
    assert len(after.entities) == 3
    assert all(e.text == e.text.strip() != "" for e in after.entities)


@pytest.mark.parametrize(
    ("drawn", "text"),
    [
        # Over a bound; all of a mention; a blank at its end; two that overlap.
        ([Edit(2, 5, "x")], None),
        ([Edit(20, 21, "")], None),
        ([Edit(10, 11, " ")], None),
        ([Edit(0, 2, "X"), Edit(1, 3, "y")], "Xe old catfish ate a."),
        # Of a mention all or none; beside it, insertions are not its own.
        ([Edit(4, 5, " "), Edit(8, 9, "h")], None),
        ([Edit(4, 4, " "), Edit(11, 11, "-")], "The  old cat-fish ate a."),
    ],
)
def test_edits_that_leave_mentions_whole(drawn: list[Edit], text: str | None) -> None:
    kept = keep_mentions(BEFORE, drawn)
    assert (rewrite(BEFORE, kept).text if kept else None) == text
