"""Which of two readings of a page is kept, and what of it."""

from typing import Any

import pytest
from PIL import Image

from phantom.scans import tesseract
from phantom.scans.tesseract import ACROSS, BLOCKS, read_page

PAGE = Image.new("L", (400, 100), 255)
# A line of words with confidence, paragraph by paragraph.
Reading = list[list[list[tuple[str, float]]]]


def as_tesseract(reading: Reading) -> dict[str, list[Any]]:
    """A reading as pytesseract gives it, rows of whole lines among its words."""
    keys = ("text", "conf", "block_num", "par_num", "line_num")
    rows: list[dict[str, Any]] = []
    for paragraph, lines in enumerate(reading, start=1):
        for number, line in enumerate(lines, start=1):
            for word, (text, sure) in enumerate([("", -1.0), *line]):
                said = (text, sure, 1, paragraph, number)
                box = {"left": 30 * word, "width": 25, "top": 20 * number, "height": 12}
                rows.append({**dict(zip(keys, said, strict=True)), **box})
    return (
        {key: [row[key] for row in rows] for key in rows[0]} if rows else {"text": []}
    )


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> dict[int, Reading]:
    """What Tesseract reads in each mode."""
    given: dict[int, Reading] = {}

    class Fake:
        class TesseractNotFoundError(Exception):
            pass

        @staticmethod
        def image_to_data(page: Image.Image, **wanted: Any) -> dict[str, list[Any]]:
            assert wanted["lang"] == "eng"
            return as_tesseract(given[int(wanted["config"].removeprefix("--psm "))])

    monkeypatch.setattr(tesseract, "import_pytesseract", lambda: Fake)
    return given


def test_the_reading_that_left_nothing_out_is_kept(reads: dict[int, Reading]) -> None:
    whole: Reading = [[[("Summary", 96.0)], [("None", 91.0), ("NA", 90.0)]]]
    half: Reading = [[[("Summary", 97.0)]]]
    reads[BLOCKS], reads[ACROSS] = half, whole
    assert read_page(PAGE) == "Summary\nNone NA"
    reads[BLOCKS], reads[ACROSS] = whole, half
    assert read_page(PAGE) == "Summary\nNone NA"


def test_letters_that_it_is_not_sure_of_count_less(reads: dict[int, Reading]) -> None:
    reads[BLOCKS] = [[[("gout", 90.0)]]]
    reads[ACROSS] = [[[("qoutle", 40.0), ("~~~~~~~~", 90.0)]]]
    assert read_page(PAGE) == "gout"


def test_words_that_lie_over_others_count_against_a_reading(
    monkeypatch: pytest.MonkeyPatch, reads: dict[int, Reading]
) -> None:
    reads[BLOCKS] = [[[("aspirin", 90.0), ("gout", 90.0)]]]
    reads[ACROSS] = [[[("aspirin", 90.0), ("gout", 90.0), ("goutgout", 80.0)]]]
    assert read_page(PAGE) == "aspirin gout goutgout"
    given = as_tesseract

    def over(reading: Reading) -> dict[str, list[Any]]:
        found = given(reading)
        found["left"] = [min(place, 60) for place in found["left"]]
        return found

    monkeypatch.setitem(globals(), "as_tesseract", over)
    assert read_page(PAGE) == "aspirin gout"


def test_paragraphs_and_what_was_read_of_rules(reads: dict[int, Reading]) -> None:
    reads[BLOCKS] = []
    reads[ACROSS] = [
        [[("Aspirin", 90.0), ("|", 30.0)], [("+", 95.0), ("gout", 90.0)]],
        [[("---", 12.0)]],
        [[("Rest.", 90.0)]],
    ]
    assert read_page(PAGE) == "Aspirin\n+ gout\n\nRest."


def test_an_empty_page(reads: dict[int, Reading]) -> None:
    reads[BLOCKS] = reads[ACROSS] = []
    assert read_page(PAGE) == ""
