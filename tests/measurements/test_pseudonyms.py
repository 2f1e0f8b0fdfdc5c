"""Planted identifiers: those with a cue are found, whatever is bare is counted."""

from pseudonyms import PACK, WRITTEN, make_notes, make_tools, recall

from phantom.packs.pack import load_pack


def test_what_has_a_cue_is_replaced() -> None:
    finder, surrogates = make_tools(load_pack(PACK), presidio=False)
    counts = recall(make_notes(2), finder, surrogates)
    assert {category for category, _ in counts} == set(WRITTEN)
    missed = {key: pair for key, pair in counts.items() if pair[0] < pair[1]}
    # Nothing tells these: a surname in no list, a town, without a word before it.
    assert {category for category, cue in missed if cue} == set()
    assert {category for category, _ in missed} <= {"name", "surname", "place"}
    assert counts["surname", False][0] == 0
