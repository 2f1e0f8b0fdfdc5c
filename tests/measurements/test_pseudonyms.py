"""Planted identifiers: those with a cue are found, whatever is bare is counted."""

from pseudonyms import PACK, WRITTEN, make_notes, recall

from phantom.packs.pack import load_pack
from phantom.pseudonyms import Surrogates, make_finder
from phantom.pseudonyms.unusual import Ordinary


def test_what_has_a_cue_is_replaced_and_with_ordinary_words_bare_names_are() -> None:
    finder, given = make_finder(load_pack(PACK), presidio=False)
    surrogates = Surrogates(b"a secret of measurements", given)
    counts = recall(make_notes(2), finder, surrogates)
    assert {category for category, _ in counts} == set(WRITTEN)
    missed = {key: pair for key, pair in counts.items() if pair[0] < pair[1]}
    # Nothing tells these: a surname in no list, a town, without a word before it.
    names = {"name", "surname", "place"}
    words = {"word_surname", "word_place"}
    assert {category for category, cue in missed if cue} == set()
    assert {category for category, _ in missed} <= names | words
    assert counts["surname", False][0] == 0
    finder.ordinary = Ordinary(
        ["The young of far places called; reading a brown book."]
    )
    counts = recall(make_notes(2), finder, surrogates)
    missed = {key: pair for key, pair in counts.items() if pair[0] < pair[1]}
    assert missed.keys() <= {(word, False) for word in words}
