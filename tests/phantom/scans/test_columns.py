"""Columns of a page that was read line by line."""

import pytest

from phantom.scans.columns import ReadWord, order_columns

LEFT = ["Ten patients were given", "the drug for a week", "and had no pain after"]
RIGHT = ["it was stopped at once", "but two of them came", "back with an old rash"]


def set_words(text: str, left: int, top: int) -> list[ReadWord]:
    """Words of ten pixels a letter, a blank between."""
    words = []
    for word in text.split():
        right = left + 10 * len(word)
        words.append(ReadWord(word, left, right, top, top + 12, 90.0, (1, 1)))
        left = right + 10
    return words


def read(*columns: list[str], starts: tuple[int, ...], above: str = "") -> list[str]:
    """Lines across columns, ordered."""
    lines = [set_words(above, 0, 0)] if above else []
    for number in range(max(map(len, columns))):
        line = []
        for column, start in zip(columns, starts, strict=True):
            if number < len(column):
                line += set_words(column[number], start, 20 * number + 40)
        lines.append(line)
    return [" ".join(word.text for word in line) for line in order_columns(lines)]


def test_a_column_is_read_to_its_end() -> None:
    found = read(LEFT, RIGHT, starts=(0, 300), above="A report on the week of one drug")
    assert found == ["A report on the week of one drug", *LEFT, *RIGHT]
    assert read(LEFT, RIGHT, starts=(0, 300), above="Report") == [
        *("Report", *LEFT, *RIGHT)
    ]


def test_columns_of_different_length() -> None:
    more = [*RIGHT, "on both of the legs", "that was gone by noon"]
    assert read(LEFT, more, starts=(0, 300)) == [*LEFT, *more]
    assert read(more, LEFT, starts=(0, 300)) == [*more, *LEFT]


def test_three_columns() -> None:
    last = ["so the trial was closed", "and nobody else took it", "in any of the wards"]
    assert read(LEFT, RIGHT, last, starts=(0, 300, 600)) == [*LEFT, *RIGHT, *last]


@pytest.mark.parametrize(
    "lines",
    [
        ["Sodium measured in serum today   138 mmol/l", "Potassium in the same   4.1"],
        ["1   Ten patients were given it", "2   the drug for a week or two"],
        [
            "No column is here at all",
            "and every blank is as wide",
            "as any other one is",
        ],
        ["Name:", "Date of the last visit"],
        [],
    ],
)
def test_tables_and_plain_text_stay_as_they_are(lines: list[str]) -> None:
    rows = []
    for number, line in enumerate(lines * 2):
        left, *rest = line.split("   ")
        row = set_words(left, 0, 20 * number)
        if rest:
            row += set_words(rest[0], 400 if len(left) > 5 else 60, 20 * number)
        rows.append(row)
    assert order_columns(rows) == rows


def test_one_line_that_reaches_across_parts_what_is_above_and_below() -> None:
    across = "And in all of these the dose of the drug stayed as it was before"
    lines = [
        *(
            set_words(a, 0, 20 * i) + set_words(b, 300, 20 * i)
            for i, (a, b) in enumerate(zip(LEFT, RIGHT, strict=True))
        ),
        set_words(across, 0, 60),
        *(
            set_words(a, 0, 20 * i) + set_words(b, 300, 20 * i)
            for i, (a, b) in enumerate(zip(RIGHT, LEFT, strict=True), start=4)
        ),
    ]
    found = [" ".join(word.text for word in line) for line in order_columns(lines)]
    assert found == [*LEFT, *RIGHT, across, *RIGHT, *LEFT]
