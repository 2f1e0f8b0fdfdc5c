"""Abbreviations, by every form in which texts define and use them."""

import logging

import pytest

from phantom.packs.language import load_language
from phantom.passages.abbreviations import (
    defines,
    find_definitions,
    find_uses,
    keeps_stop,
    short_forms,
    split_definition,
)

FORMS = short_forms(load_language("en"))
# One algorithm finds all of these, so an independent implementation can judge it.
PLAIN = {
    "Acute renal failure (ARF) came.": ("ARF", "Acute renal failure"),
    "We used magnetic resonance imaging (MRI).": ("MRI", "magnetic resonance imaging"),
    "The angiotensin converting enzyme (ACE) fell.": (
        "ACE",
        "angiotensin converting enzyme",
    ),
    "Low high density lipoprotein (HDL) is bad.": ("HDL", "high density lipoprotein"),
    "The heat shock transcription factor (HSF) binds.": (
        "HSF",
        "heat shock transcription factor",
    ),
}


def read(text: str) -> list[tuple[str, str]]:
    return [
        (text[slice(*found.short)], text[slice(*found.long)])
        for found in find_definitions(text, FORMS)
    ]


def uses(text: str) -> list[tuple[str, str, bool]]:
    return [
        (text[use.start : use.end], text[slice(*use.definition.long)], use.early)
        for use in find_uses(text, FORMS)
    ]


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        *((text, *pair) for text, pair in PLAIN.items()),
        # The long form is in the brackets.
        ("ARF (acute renal failure) came.", "ARF", "acute renal failure"),
        # Digits, hyphens and Greek letters.
        ("5-hydroxytryptamine (5-HT) rose.", "5-HT", "5-hydroxytryptamine"),
        ("tumor necrosis factor alpha (TNF-α)", "TNF-α", "tumor necrosis factor alpha"),
        ("tumor necrosis factor-α (TNFa)", "TNFa", "tumor necrosis factor-α"),
        ("Much carbon dioxide (CO2) left.", "CO2", "carbon dioxide"),
        # More in the brackets, before or behind the short form.
        ("acute renal failure (ARF; 12 of 90)", "ARF", "acute renal failure"),
        ("acute renal failure (n = 12, ARF)", "ARF", "acute renal failure"),
        ("serotonin (5-hydroxytryptamine, 5-HT)", "5-HT", "5-hydroxytryptamine"),
        # A plural, of either or both.
        ("bone mineral densities (BMDs)", "BMDs", "bone mineral densities"),
        ("Any acute renal failure (ARFs)", "ARFs", "acute renal failure"),
        ("acute renal failures (ARF)", "ARF", "acute renal failures"),
        ("acute renal failure [ARF] came", "ARF", "acute renal failure"),
        # Locants belong to the name, other words before a hyphen don't.
        ("Then 22-oxacalcitriol (OCT) rose.", "OCT", "22-oxacalcitriol"),
        ("5,7-dihydroxytryptamine (5,7-DHT)", "5,7-DHT", "5,7-dihydroxytryptamine"),
        ("anti-tumor necrosis factor (TNF)", "TNF", "tumor necrosis factor"),
        # Not the shortest stretch with the letters, but words that begin with them.
        ("By triphenyl tetrazolium chloride (TTC)", "TTC")
        + ("triphenyl tetrazolium chloride",),
        ("the area under the curve (AUC) rose", "AUC", "area under the curve"),
    ],
)
def test_definitions(text: str, short: str, long: str) -> None:
    assert read(text) == [(short, long)]


@pytest.mark.parametrize(
    "text",
    [
        "Many died (see Figure 2).",
        "In (interim nodes) and then (e.g. later).",
        "The mean was 3 (5 ng) in nursing.",
        "Acute renal failure (mild) came.",
        # Words of an earlier sentence are no part of a long form.
        "Acute pain. Renal failure (ARF) came.",
        "ARF (one of the acute and very long renal forms that we call a failure)",
        "failure (ARF",
        # Letters that are found by chance, figures, groups, codes.
        "conversion in patients undergoing cyclosporine (CsA)",
        "Patients were better (P=0.65) and perhaps (P<0.02) well.",
        "controls (group C; n = 8) or more (group M)",
        "safety of combined N-butyl-deoxynojirimycin (SC-48334)",
        "",
    ],
)
def test_other_brackets_define_nothing(text: str) -> None:
    assert read(text) == []


def test_a_definition_holds_to_the_next_of_the_same_short_form() -> None:
    text = (
        "MS is grave. Multiple sclerosis (MS) came; MS stayed. Metabolic syndrome (MS) "
        "is another MS."
    )
    first, second = "Multiple sclerosis", "Metabolic syndrome"
    assert uses(text) == [
        ("MS", first, True),
        ("MS", first, False),
        ("MS", first, False),
        ("MS", second, False),
        ("MS", second, False),
    ]


def test_uses_are_whole_words_in_their_own_case_of_either_number() -> None:
    text = "A motor unit potential (MUP): MUPs, MUP-like, but mup and MUPX are none."
    assert [found for found, _, _ in uses(text)] == ["MUP", "MUPs", "MUP"]
    text = "motor unit potentials (MUPs) and one MUP"
    assert [found for found, _, _ in uses(text)] == ["MUPs", "MUP"]


def test_the_longer_of_two_short_forms_is_the_one_that_is_used() -> None:
    text = (
        "tumor necrosis factor (TNF) and tumor necrosis factor alpha (TNF-α): TNF-α "
        "and TNF"
    )
    assert [short for short, _, _ in uses(text)] == ["TNF", "TNF-α", "TNF-α", "TNF"]
    assert uses(text)[2][1] == "tumor necrosis factor alpha"
    assert uses("Nothing is defined (here).") == []


@pytest.mark.parametrize(
    ("first", "between", "second", "after", "expected"),
    [
        ("acute renal failure", " (", "ARF", ")", True),
        ("acute renal failure", " [", "ARF", "]", True),
        ("acute renal failure", " (n = 3; ", "ARF", ")", True),
        ("acute renal failure", " (", "ARF", ", 12%)", True),
        ("ARF", " (", "acute renal failure", ")", True),
        ("fluorouracil", " (", "5-FU", ")", True),
        ("acute renal failure", " or ", "ARF", ")", False),
        ("acute renal failure", " (", "ARF", " stage 2)", False),
        ("acute renal failure", " (", "CKD", ")", False),
        ("rash", " (", "itch", ")", False),
    ],
)
def test_two_mentions_side_by_side(
    first: str, between: str, second: str, after: str, expected: bool
) -> None:
    text = first + between + second + after
    start = len(first + between)
    assert (
        defines(text, (0, len(first)), (start, start + len(second)), FORMS) == expected
    )


@pytest.mark.parametrize(
    ("mention", "parts"),
    [
        ("acute renal failure (ARF)", ("acute renal failure", "ARF")),
        ("acute renal failure [ARF]", ("acute renal failure", "ARF")),
        ("5-hydroxytryptamine(5-HT)", ("5-hydroxytryptamine", "5-HT")),
        # Of two words with the first letter the one that begins the mention counts.
        ("acute anuric renal failure (ARF)", ("acute anuric renal failure", "ARF")),
        ("severe renal failure (RF)", None),
        ("vitamin D (low)", None),
        ("vitamin D (25-OH) deficiency", None),
        ("interleukin (IL)-2", None),
    ],
)
def test_a_mention_of_both_forms(mention: str, parts: tuple[str, str] | None) -> None:
    found = split_definition(mention, FORMS)
    assert (found and tuple(mention[slice(*span)] for span in found)) == parts


def test_full_stops_of_abbreviations() -> None:
    assert [keeps_stop(span) for span in ("Acme Inc.", "d.d.", "the flu.", "")] == [
        *(True, True),
        *(False, False),
    ]


@pytest.mark.parametrize("text", PLAIN)
def test_another_implementation_reads_the_same(text: str) -> None:
    oracle = pytest.importorskip("abbreviations.schwartz_hearst")
    logging.getLogger("Schwartz").setLevel(logging.ERROR)
    found = oracle.extract_abbreviation_definition_pairs(doc_text=text)
    assert found == dict(read(text))
