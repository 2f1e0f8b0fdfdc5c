"""Patients that the tables rule out, and passages about which they know nothing."""

from pathlib import Path

import pytest
from tests.builders import example
from tests.builders.packs import findings, make_context, measures
from tests.builders.patients import write_tables

from phantom.checks import CheckContext
from phantom.checks.engine.base import CheckSkipped

SETTINGS = {"folder": "model", "given": ["TREATS"], "caused": ["INDUCES"]}
D, C = "<DISEASE id=2>{}</DISEASE>", "<CHEMICAL id=1>{}</CHEMICAL>"


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> CheckContext:
    context = make_context(tmp_path_factory.mktemp("plausible"))
    write_tables(context.pack.path / "model")
    return context


def reasons(
    context: CheckContext, text: str, *links: tuple[int, str, int]
) -> list[str]:
    given = [example(text, *links)]
    return [
        found.reason.removeprefix("implausible_")
        for found in findings("plausible", given, context, **SETTINGS)
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A 62-year-old man had <DISEASE id=1>prostate cancer</DISEASE>.", []),
        ("A 62-year-old woman had <DISEASE id=1>prostate cancer</DISEASE>.", ["sex"]),
        ("A 12 year old boy had <DISEASE id=1>prostate cancer</DISEASE>.", ["age"]),
        ("A girl aged 9 had <DISEASE id=1>podagra</DISEASE>.", ["age"]),
        ("A woman aged 30 had <DISEASE id=1>gout</DISEASE>.", []),
        # What no table has, who is not one patient, and what is denied.
        ("A 9-year-old girl had <DISEASE id=1>scurvy</DISEASE>.", []),
        ("Women aged 9 to 80 had <DISEASE id=1>gout</DISEASE>.", []),
        ("A 9-year-old and a 40-year-old had <DISEASE id=1>gout</DISEASE>.", []),
        ("Girls with <DISEASE id=1>prostate cancer</DISEASE> are unknown.", []),
        ("A 9-year-old girl had no evidence of <DISEASE id=1>gout</DISEASE>.", []),
        ("The father of a 9-year-old girl had <DISEASE id=1>gout</DISEASE>.", []),
        ("A 9-month-old girl had <DISEASE id=1>gout</DISEASE>.", []),
    ],
)
def test_age_and_sex(context: CheckContext, text: str, found: list[str]) -> None:
    assert reasons(context, text) == found


ULCER = "<DISEASE id=3>peptic ulcer</DISEASE>"
GOUT = D.format("gout")
NAPROXEN = C.format("Naproxen")


@pytest.mark.parametrize(
    ("text", "links", "found"),
    [
        (
            f"{NAPROXEN} eased {GOUT} in a 50-year-old with {ULCER}.",
            ["TREATS"],
            ["drug"],
        ),
        (f"{NAPROXEN} eased {GOUT} in a 50-year-old man.", ["TREATS"], []),
        (f"{NAPROXEN} eased {GOUT} in patients with {ULCER}.", ["TREATS"], []),
        (f"{NAPROXEN} was avoided in a 50-year-old with {ULCER} and {GOUT}.", [], []),
        (f"A 50-year-old took {NAPROXEN} and had {ULCER} and {GOUT}.", [], []),
        (
            f"{NAPROXEN} for {GOUT} led to {ULCER} in a 50-year-old.",
            ["TREATS", "INDUCES"],
            [],
        ),
        (
            f"{C.format('Allopurinol')} eased {GOUT} in a 44-year-old woman.",
            ["TREATS"],
            ["drug"],
        ),
        (f"{C.format('Allopurinol')} eased {GOUT} in a 44-year-old.", ["TREATS"], []),
        (
            f"{C.format('Propranolol')} relieved {D.format('asthma')}.",
            ["TREATS"],
            ["drug"],
        ),
    ],
)
def test_contraindications(
    context: CheckContext, text: str, links: list[str], found: list[str]
) -> None:
    ends = {"TREATS": 2, "INDUCES": 3}
    assert (
        reasons(context, text, *((1, label, ends[label]) for label in links)) == found
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"{NAPROXEN} 500 mg twice daily was given.", []),
        (f"{NAPROXEN} 0.5 g b.i.d. was given.", []),
        (f"{NAPROXEN} 800 mg twice daily was given.", ["dose"]),
        (f"{NAPROXEN}, at a dose of 3 g daily, was given.", ["dose"]),
        (f"She took 5000 mg of {NAPROXEN} at once.", ["dose"]),
        (f"{NAPROXEN} 20 mg was given.", ["dose"]),
        (f"{NAPROXEN} (500 mg three times a day) was given.", []),
        # Of weight, volume or a week, of children and animals, by mistake, of another.
        (f"{NAPROXEN} 20 mg/kg was given.", []),
        (f"{NAPROXEN} 20 mg/ml was found.", []),
        (f"{NAPROXEN} 7000 mg per week was given.", []),
        (f"A 4-year-old took {NAPROXEN} 100 mg.", []),
        (f"Rats took {NAPROXEN} 20 mg.", []),
        (f"{NAPROXEN} overdose with 25 g was survived.", []),
        (f"{NAPROXEN} and <CHEMICAL id=2>iron</CHEMICAL> 20 mg were given.", []),
        ("<CHEMICAL id=1>Iron</CHEMICAL> 20000 mg was given.", []),
        (f"{NAPROXEN} was given for 20 days.", []),
    ],
)
def test_doses(context: CheckContext, text: str, found: list[str]) -> None:
    assert reasons(context, text) == found


def test_the_share_that_fits_and_the_words_of_a_finding(context: CheckContext) -> None:
    told = [
        example(
            "A 62-year-old woman had <DISEASE id=1>prostate cancer</DISEASE>.", id="a"
        ),
        example(f"{NAPROXEN} 500 mg twice daily was given.", id="b"),
        example("Nothing is known.", id="c"),
    ]
    found = findings("plausible", told, context, **SETTINGS)
    assert [f.detail for f in found] == ["prostate cancer in a female patient"]
    assert found[0].ids == ("a",) and found[0].action == "review"
    # The dose fits, the sex does not; of women's age nothing is known.
    assert measures("plausible", told, context, **SETTINGS)["plausible"].value == 0.5


def test_a_pack_without_a_model_is_passed_over(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    with pytest.raises(CheckSkipped, match="no model of patients"):
        findings("plausible", [example("A 9-year-old man.")], context)
