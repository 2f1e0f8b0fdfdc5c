"""Planted identifiers: those with a cue are found, whatever is bare is counted."""

from pathlib import Path

import pytest
from pseudonyms import make_notes, read_planted, recall
from tests.builders import MEDICINE

from phantom.packs.pack import load_pack
from phantom.pseudonyms import make_finder, make_surrogates
from phantom.pseudonyms.unusual import Ordinary
from phantom.pseudonyms.written import load_written

GERMAN = MEDICINE.parent / "medicine_de"
# Nothing tells these: a surname in no list, a town, without a word before it.
NAMES = {"name", "surname", "place"}
WORDS = {"word_surname", "word_place"}


@pytest.mark.parametrize(
    ("path", "ordinary"),
    [
        (MEDICINE, "The young of far places called; reading a brown book."),
        (GERMAN, "Der Ausschlag im Sommer; Koch und Stein in Baden; Jung."),
    ],
)
def test_what_has_a_cue_is_replaced_and_with_ordinary_words_bare_names_are(
    path: Path, ordinary: str
) -> None:
    pack = load_pack(path)
    table = read_planted(pack.domain.lang)
    finder = make_finder(pack, presidio=False)
    surrogates = make_surrogates(pack, b"a secret of measurements")
    counts = recall(make_notes(2, table), finder, surrogates)
    assert {category for category, _ in counts} == table["planted"].keys()
    missed = {key: pair for key, pair in counts.items() if pair[0] < pair[1]}
    assert {category for category, cue in missed if cue} == set()
    assert {category for category, _ in missed} <= NAMES | WORDS
    assert counts["surname", False][0] == 0
    finder.ordinary = Ordinary([ordinary], [], load_written(pack))
    counts = recall(make_notes(2, table), finder, surrogates)
    missed = {key: pair for key, pair in counts.items() if pair[0] < pair[1]}
    assert missed.keys() <= {(word, False) for word in WORDS}
