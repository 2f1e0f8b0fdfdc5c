import pytest

from phantom.formats.units import UNITS, find_unit

TEXT = "Ωm 🙂 iron"  # the word is at 5 in characters, 6 in UTF-16, 9 in bytes


@pytest.mark.parametrize(("name", "start"), [("characters", 5), ("UTF-16", 6),
                                             ("bytes", 9)])  # fmt: skip
def test_units_are_found_by_the_words(name: str, start: int) -> None:
    marks = [(start, start + 4, "iron")]
    assert find_unit(TEXT, marks) == name
    assert UNITS[name](TEXT, start) == 5


def test_a_text_that_cannot_tell_is_read_in_characters() -> None:
    assert find_unit("iron", [(0, 4, "other")], ("UTF-16", "bytes")) == "UTF-16"
    assert find_unit(TEXT, []) == "characters"


def test_no_unit_or_several_are_errors() -> None:
    with pytest.raises(ValueError, match="no unit puts them: tried characters, UTF-16"):
        find_unit(TEXT, [(0, 2, "iron")])
    # A half of a pair of units, and the middle of a character in bytes.
    with pytest.raises(ValueError, match="no unit"):
        find_unit("🙂🙂", [(1, 3, "🙂")], ("UTF-16",))
    with pytest.raises(ValueError, match="characters or UTF-16"):
        find_unit("🙂aaa", [(2, 3, "a")], ("characters", "UTF-16"))
