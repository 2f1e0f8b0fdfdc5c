"""What nearly is a tag is no text; comparisons and brackets are."""

import json

import pytest
from tests.builders import SHARED

from phantom.passages.markup import check_passage, find_markup

LABELS = ("DISEASE", "ORG", "PER")
CASES = SHARED / "cases" / "numbered_tags.json"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The <DISEASE_1>flu</DISEASE_1> rose.", "<DISEASE_1>"),
        ("The <disease-1>flu</disease-1> rose.", "<disease-1>"),
        ("The <Disease #2>flu rose.", "<Disease #2>"),
        ("The <DISEASE flu rose.", "<DISEASE"),
        ("A <DISEASE id=1>flu</DISEASE>.", "<DISEASE id=1>"),  # was escaped
        ("A &lt;DISEASE id=1&gt;flu.", "&lt;DISEASE"),  # was escaped twice
        ("The ‹ORG›mill‹/ORG› shut.", "‹ORG"),
        ("The [DISEASE: flu] rose.", "[DISEASE:"),
        ("The [DISEASE_1] rose.", "[DISEASE_1]"),
        ("The {ORG|mill} shut.", "{ORG|"),
        ("The [mill](ORG) shut.", "](ORG)"),
        ("The [mill|ORG] shut.", "|ORG]"),
        ("The @DISEASE$ rose.", "@DISEASE$"),
        ("PER_1 met PER_2.", "PER_1"),
        ("The **DISEASE** flu.", "**DISEASE**"),
        ("The $DISEASE1$ rose.", "$DISEASE1$"),
        ("The @ORG@ shut.", "@ORG@"),
        ("The <|ORG|>mill shut.", "<|ORG|>"),
        ("Late flu/DISEASE rose.", "/DISEASE"),
        ("Late flu|DISEASE rose.", "|DISEASE"),
        ("Late flu_DISEASE rose.", "_DISEASE"),
        ("The flu (DISEASE: 1) rose.", "(DISEASE:"),
        ("The ORG(mill) shut.", "ORG("),
        ("The flu B-DISEASE rose.", "B-DISEASE"),
        ("DISEASE: flu. It rose.", "DISEASE: "),
        ("The mill shut. ORG: mill", "ORG: "),
        ("The ⟦ORG⟧mill shut.", "⟦ORG"),
        ("The &#60;ORG&#62;mill shut.", "&#60;ORG"),
        ("The &amp;lt;ORG&amp;gt;mill shut.", "&amp;lt;ORG"),
        ("The <X1> met <PERSON_2>.", "<X1>"),
        ("The <i>flu</i> rose.", "</i>"),
        ("A line.<br/>And one.", "<br/>"),
        ('The <ent type="x">mill.', '<ent type="x">'),
    ],
)
def test_markup_is_found_in_whatever_form(text: str, found: str) -> None:
    assert find_markup(text, LABELS) == found


@pytest.mark.parametrize(
    "text",
    [
        "P<0.05 and n>12; 3<x<7, c.35A>G.",
        "[3H]GABA and [AGE: 54] and {p}.",
        "The Organisation (ORG) and its PER ratio, by ORG.",
        "ORG-wide, an ORG: its PER(s); cost PER unit; <LOD> as before.",
        "Less than <5 per cent, at >10 per cent; disease <organ> failure.",
        "A <perhaps> is no label, nor is a/disease of both.",
    ],
)
def test_what_is_no_markup_stays(text: str) -> None:
    assert find_markup(text, LABELS) is None


def test_generation_asks_again_for_what_curation_would_reject() -> None:
    assert check_passage("The <DISEASE_1>flu</DISEASE_1> rose.", LABELS) == "markup"
    assert check_passage("A &lt;DISEASE id=1&gt;flu.", LABELS) == "markup"
    assert check_passage("A <DISEASE id=1>flu</DISEASE>, P &lt; 0.05.", LABELS) is None


@pytest.mark.skipif(not CASES.is_file(), reason="no cases beside the project")
def test_the_cases_that_were_reported_are_markup() -> None:
    for case in json.loads(CASES.read_text(encoding="utf-8")):
        assert check_passage(case["text"], LABELS) == "markup", case["text"]
