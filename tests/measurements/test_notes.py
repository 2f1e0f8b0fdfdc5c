"""Words of notes are counted, and the settings of the page on notes are run."""

from pathlib import Path

import notes
from tests.builders import example

from phantom.packs.pack import load_pack

PACK = load_pack(Path("assets/domains/medicine"))
BEFORE = [
    example(
        "The patient was treated with <CHEMICAL id=1>furosemide</CHEMICAL> for "
        f"<DISEASE id=2>hypertension</DISEASE> in {year}.",
        id=str(year),
    )
    for year in range(1990, 2010)
]


def test_words_are_counted() -> None:
    words = notes.read_words(PACK, "augment/shorthand.tsv")
    assert words.count(["Pt c/o SOB, the HTN is w/o change.", "PLAN: (BP) &"]) == {
        "words": 11,
        "short": 54.5,
        "left out": 18.2,
    }


def test_the_settings_of_the_page_make_notes() -> None:
    settings = notes.read_settings(notes.NOTES)
    pairs = notes.vary(PACK, BEFORE, settings[:3])
    assert len(pairs) == len(BEFORE)
    assert all(old.id in new.id for old, new in pairs)
    short = [notes.read_words(PACK, "augment/shorthand.tsv").count(x) for x in (
        [old.text for old, _ in pairs], [new.text for _, new in pairs]
    )]  # fmt: skip
    assert short[0]["short"] == 0 and short[1]["short"] > 20
    assert short[1]["left out"] < short[0]["left out"]


def test_misspelled_words_are_counted() -> None:
    (typo,) = (x for x in notes.read_settings(notes.NOTES) if "typo" in x)
    more = [{"typo": {**typo["typo"], "rate": 1.0}}]
    assert notes.misspelled(notes.vary(PACK, BEFORE, more)) == 50
    assert notes.misspelled([(x, x) for x in BEFORE]) == 0
