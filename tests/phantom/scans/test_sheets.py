"""Text on pages: every word once, in order, where its box says."""

from pathlib import Path

import matplotlib
import numpy as np
import pytest
from tests.builders import example

from phantom.passages.rewrite import rewrite
from phantom.passages.sentences import split_sentences
from phantom.records import Example
from phantom.scans.fonts import Hand
from phantom.scans.layouts import LAYOUTS
from phantom.scans.sheets import HEIGHT, MARGIN, WIDTH, Sheets
from phantom.scans.words import FormWords, read_words

FONT = Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSerif.ttf")
LONG = "x" * 200


def repeat(count: int, *relations: tuple[int, str, int]) -> Example:
    """A sentence so many times."""
    return example(
        "".join(
            f"Ten got <CHEMICAL id={2 * i + 1}>sorafenib</CHEMICAL> and had "
            f"<DISEASE id={2 * i + 2}>high blood  pressure</DISEASE> today. "
            for i in range(count)
        ),
        *relations,
    )


def set_on(layout: str, given: Example, words: FormWords, wobble: float = 0) -> Sheets:
    sheets = Sheets(given.text, Hand(FONT, 24, wobble), np.random.default_rng(0))
    parts = list(split_sentences(given.text, "en", given.entities))
    LAYOUTS[layout](sheets, parts, words)
    return sheets


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("lang", "count"), [("en", 80), ("xx", 1)])
def test_every_word_once_within_the_page(layout: str, lang: str, count: int) -> None:
    sheets = set_on(layout, repeat(count), read_words(lang))
    own = [word for word in sheets.words if word.start is not None]
    assert [word.text for word in own] == sheets.text.split()
    assert all(sheets.text[w.start : w.end] == w.text for w in own)
    assert (len(sheets.pages) > 1) == (count > 1)
    assert len(sheets.words) > len(own) or lang == "xx"
    pages = [np.asarray(page) for page in sheets.pages]
    for word in sheets.words:
        left, top, right, bottom = word.box
        assert MARGIN <= left < right <= WIDTH - MARGIN + 2, word
        assert 0 < top < bottom <= HEIGHT - MARGIN + 40, word
        ink = pages[word.page][top:bottom, left:right]
        assert ink.min() < 100, word


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_text_as_it_stands_there_keeps_its_labels(layout: str) -> None:
    given = repeat(30, (1, "INDUCES", 2))
    sheets = set_on(layout, given, read_words("en"))
    written = rewrite(given, sheets.edits())
    assert [e.text.split() for e in written.entities] == [
        e.text.split() for e in given.entities
    ]
    assert len(written.relations) == len(given.relations)
    assert written.text.split() == [word.text for word in sheets.words]
    # No line is wider than its page, so there are line ends, some within mentions.
    assert max(map(len, written.text.splitlines())) < 120


def test_a_word_wider_than_its_line_is_cut() -> None:
    given = example(f"A <CHEMICAL id=1>{LONG}</CHEMICAL> b.")
    sheets = set_on("columns", given, FormWords())
    written = rewrite(given, sheets.edits())
    (mention,) = written.entities
    assert mention.text.count("\n") > 1
    assert mention.text.replace("\n", "") == LONG
    assert all(word.box[2] <= WIDTH - MARGIN + 2 for word in sheets.words)


def test_two_columns_are_of_like_length() -> None:
    sheets = set_on("columns", repeat(20), FormWords())
    tops = [
        max(w.box[1] for w in sheets.words if (w.box[0] > WIDTH / 2) == right)
        for right in (False, True)
    ]
    assert abs(tops[0] - tops[1]) < 5 * sheets.hand.line


def test_letters_of_a_hand_stray() -> None:
    plain, hand = (set_on("letter", repeat(1), FormWords(), x) for x in (0.0, 0.05))
    assert [w.box for w in plain.words] == [w.box for w in hand.words]
    assert plain.pages[0].tobytes() != hand.pages[0].tobytes()
