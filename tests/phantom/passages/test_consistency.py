"""A short form is what its long form is, wherever the document has it."""

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders import example

from phantom.passages.abbreviations import ShortForms
from phantom.passages.consistency import unify_abbreviations
from phantom.records import Example


def labels(
    found: Example, borrowed: dict[str, list[str]] | None = None
) -> list[tuple[str, str]]:
    forms = ShortForms(borrowed or {})
    made = unify_abbreviations(found.text, found.entities, forms)
    assert [found.text[e.start : e.end] for e in made] == [e.text for e in made]
    return [(e.text, e.label) for e in made]


def test_uses_get_the_label_of_the_long_form() -> None:
    """One use was found, one with another label, one not; HDL is another word."""
    found = example(
        "<DISEASE id=1>Huntington disease</DISEASE> (HD) is rare. "
        "<GENE id=2>HD</GENE> runs in families, <DISEASE id=3>HD</DISEASE> with HDL; "
        "HD."
    )
    hd = ("HD", "DISEASE")
    assert labels(found) == [("Huntington disease", "DISEASE"), hd, hd, hd, hd]


def test_without_its_long_form_the_greater_part_decides() -> None:
    most = example(
        "Magnetic loss (<DISEASE id=1>ML</DISEASE>) came. "
        "<DISEASE id=2>ML</DISEASE> went; ML stayed."
    )
    assert labels(most) == [("ML", "DISEASE")] * 3
    few = example("Mean pressure (MP) fell. <GENE id=1>MP</GENE> rose; MP stayed.")
    assert labels(few) == []


def test_modifiers_longer_mentions_and_other_names_stay() -> None:
    found = example(
        "Metastatic <DISEASE id=1>breast cancer</DISEASE> (MBC) in "
        "<GENE id=2>MBC 1</GENE> and <DISEASE id=3>gout</DISEASE>; MBC again."
    )
    assert labels(found) == [
        *[("breast cancer", "DISEASE"), ("MBC", "DISEASE"), ("MBC 1", "GENE")],
        *[("gout", "DISEASE"), ("MBC", "DISEASE")],
    ]


def test_a_text_without_definitions_stays() -> None:
    found = example("<GENE id=1>HD</GENE> and <DISEASE id=2>HD</DISEASE>.")
    assert unify_abbreviations(found.text, found.entities) == list(found.entities)


@settings(deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=6), st.booleans())
def test_all_uses_are_mentions_or_none_is(marked: list[bool], long: bool) -> None:
    name = "renal gout" if not long else "<DISEASE id=99>renal gout</DISEASE>"
    uses = [
        f"<DISEASE id={i}>RG</DISEASE>" if m else "RG" for i, m in enumerate(marked)
    ]
    found = example(f"Ten had {name} ({uses[0]}): {', '.join(uses[1:])}.")
    count = sum(text == "RG" for text, _ in labels(found))
    assert count == (len(marked) if long or 2 * sum(marked) > len(marked) else 0)
    made = unify_abbreviations(found.text, found.entities)
    assert unify_abbreviations(found.text, made) == made


def test_a_short_form_from_another_language_counts_where_it_is_listed() -> None:
    found = example(
        "Eine <KRANKHEIT id=1>chronisch obstruktive Lungenerkrankung</KRANKHEIT> "
        "(COPD) ist bekannt; COPD stabil."
    )
    long = ("chronisch obstruktive Lungenerkrankung", "KRANKHEIT")
    assert labels(found) == [long]
    known = {"COPD": ["chronisch obstruktiv Lungenerkrankung"]}
    assert labels(found, known) == [long, *[("COPD", "KRANKHEIT")] * 2]
    assert labels(found, {"COPD": ["chronisch Bronchitis"]}) == [long]
