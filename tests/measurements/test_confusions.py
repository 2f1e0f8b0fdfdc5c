"""Confusions are read off an alignment, with where they happen."""

import pytest

pytest.importorskip("rapidfuzz")
from confusions import count, find_confusions  # noqa: E402


@pytest.mark.parametrize(
    ("written", "read", "found"),
    [
        ("modern", "modem", [("rn", "m")]),
        ("all of it", "allof it", [("l ", "l")]),
        ("occur", "ocur", [("cc", "c")]),
        ("iron", "liron", [("i", "li")]),
        ("same", "same", []),
    ],
)
def test_errors_stand_beside_what_was_written(
    written: str, read: str, found: list[tuple[str, str]]
) -> None:
    assert find_confusions(written, read) == found


def test_rows_say_of_how_many() -> None:
    """Three of four e are read as c; what is seen once is in no row."""
    rows, figures = count([("e e x", "c c y"), ("e e", "c e")])
    assert rows == [["e", "c", 3, 4]]
    assert figures["characters"] == 8 and figures["error_rate"] == 0.5
    rows, _ = count([("a b", "ab"), ("a b", "ab")])
    assert rows == [["a␣", "a", 2, 2]]
