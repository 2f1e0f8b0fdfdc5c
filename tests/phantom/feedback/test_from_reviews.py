"""Hints from edits: each kind of edit, counted; none of one that was made once."""

import pytest
from tests.builders import example

from phantom.feedback.from_checks import keep_hints
from phantom.feedback.from_reviews import Edit, find_edits, hint_on_edits
from phantom.packs.language import load_language
from phantom.records import Example

IRON, GOUT = "<CHEMICAL id=1>Iron</CHEMICAL>", "<DISEASE id=2>gout</DISEASE>"
RAW = example(f"{IRON} eased old {GOUT}.")


@pytest.mark.parametrize(
    ("edited", "edits"),
    [
        (example(f"{IRON} eased old gout."), [Edit("mark", False, "DISEASE", "gout")]),
        (
            example(f"{IRON} eased <DISEASE id=2>old gout</DISEASE>."),
            [Edit("bounds", True, "DISEASE", "old gout", "gout")],
        ),
        (
            example(f"<DISEASE id=1>Iron</DISEASE> eased old {GOUT}."),
            [
                Edit("mark", False, "CHEMICAL", "Iron"),
                Edit("mark", True, "DISEASE", "Iron"),
            ],
        ),
        (
            example(f"{IRON} eased old {GOUT}.", (1, "TREATS", 2)),
            [Edit("relate", True, "TREATS")],
        ),
        (RAW, []),
    ],
)
def test_edits(edited: Example, edits: list[Edit]) -> None:
    assert list(find_edits(RAW, edited)) == edits


def test_a_relation_that_went_with_its_mention_is_no_edit() -> None:
    raw = example(f"{IRON} eased old {GOUT}.", (1, "TREATS", 2))
    edited = example(f"{IRON} eased old gout.")
    assert [edit.unit for edit in find_edits(raw, edited)] == ["mark"]


def test_hints_of_what_was_made_more_than_once() -> None:
    edited = example(f"{IRON} eased old gout.")
    related = example(f"{IRON} eased old {GOUT}.", (1, "TREATS", 2))
    pairs = [(RAW, edited)] * 3 + [(related, RAW)] * 2 + [(RAW, related)]
    hints = list(hint_on_edits(pairs, load_language("en")))
    assert [(hint.text, hint.size) for hint in hints] == [
        ("Do not mark 'gout' as DISEASE.", 3),
        ("Do not relate as TREATS what the text does not state.", 2),
    ]


def test_words_of_real_text_do_not_leave() -> None:
    real = RAW.model_copy(update={"origin": "private"})
    edited = example(f"{IRON} eased old gout.")
    kept = keep_hints(hint_on_edits([(real, edited)] * 2, load_language("en")))
    assert kept.hints == [] and sum(kept.left_out.values()) == 1
