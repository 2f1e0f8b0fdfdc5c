"""Text as wards store it: wrapped, indented, quoted, divided."""

import pytest

from phantom.passages.wrapped import loosen, read_passages

WRAPPED = """The patient is a sixty year old
retired baker who came in with
crushing chest pain. He had stopped
taking warfarin because of nose-
bleeds.

On Monday he went home.
""".splitlines()
ONE = (
    "The patient is a sixty year old retired baker who came in with crushing chest "
    "pain. He had stopped taking warfarin because of nosebleeds."
)


@pytest.mark.parametrize("mark", ["", "> ", ">> ", "    ", "\t", "| "])
def test_a_wrapped_paragraph_is_one_passage(mark: str) -> None:
    found = list(read_passages([mark + line for line in WRAPPED]))
    assert found == [(1, ONE), (7, "On Monday he went home.")]


def test_sentences_on_lines_of_their_own_stay_apart() -> None:
    lines = ["No fever was seen.", "Aspirin was given.", "", "He went home."]
    assert [number for number, _ in read_passages(lines)] == [1, 2, 4]


def test_short_entries_without_full_stops_stay_apart() -> None:
    lines = ["Chest X-ray normal", "No oedema of the ankles or lungs", "Home"]
    assert [text for _, text in read_passages(lines)] == lines


def test_a_wrapped_line_may_begin_with_a_name() -> None:
    lines = ["Seen by Dr", "Harris at", "St Mary on", "Monday and", "sent home."]
    text = "Seen by Dr Harris at St Mary on Monday and sent home."
    assert list(read_passages(lines)) == [(1, text)]


def test_items_of_a_list_are_passages() -> None:
    lines = ["- aspirin 100 mg once", "  a day for life", "- warfarin", "2) rest"]
    assert [text for _, text in read_passages(lines)] == [
        "aspirin 100 mg once a day for life",
        "warfarin",
        "rest",
    ]


def test_recurring_and_short_lines_are_left_out_in_turn() -> None:
    long = "one two three four five six seven eight nine"
    lines = [long, "Ward 4, page 1", f"{long} ten", "Ward 4, page 2", "Signed"]
    every, once, only_long = ([text for _, text in way] for way in loosen(lines))
    assert every == lines
    assert once == [long, f"{long} ten", "Signed"]
    assert only_long == [long, f"{long} ten"]
