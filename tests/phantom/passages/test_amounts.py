"""Other words for an amount say the same, and nothing more exactly."""

from datetime import date
from decimal import Decimal

import pytest
from babel.dates import format_date
from hypothesis import given, settings
from hypothesis import strategies as st

from phantom.packs.language import load_language
from phantom.passages.amounts import restate_amounts, restate_dates, restate_words
from phantom.passages.quantities import Vocabulary, parse_quantity

ENGLISH = load_language("en")
# Every unit as so much of one unit of its kind.
KINDS = {
    "mcg": {"µg": 1, "mcg": 1, "mg": 1_000, "g": 1_000_000, "kg": 10**9},
    "hour": {"hour": 1, "hours": 1, "day": 24, "days": 24, "week": 168, "weeks": 168},
    "%": {"%": 1, "percent": 1, "per cent": 1},
    "minute": {"minute": 1, "minutes": 1},
}
KINDS["minute"] |= {name: int(60 * f) for name, f in KINDS["hour"].items()}
READER = Vocabulary(
    "en",
    {},
    {
        # The reader folds case, which makes a Greek letter of the sign.
        kind: {name.casefold(): Decimal(factor) for name, factor in names.items()}
        for kind, names in KINDS.items()
        if kind != "hour"
    },
)


def amounts(text: str) -> set[str]:
    return {edit.text for edit in restate_amounts(text, ENGLISH.amounts, "en")}


def dates(text: str, lang: str = "en") -> set[str]:
    return {edit.text for edit in restate_dates(text, ENGLISH.dates, lang)}


@settings(deadline=None)
@given(
    st.decimals("0.01", 5000, places=2),
    st.integers(0, 2),
    st.sampled_from(["mg", "g", "kg", "days", "weeks", "hours", "%", "per cent"]),
    st.sampled_from(["", " of it, later 17 {unit} more"]),
)
def test_the_value_is_the_same_and_no_more_exact(
    number: Decimal, places: int, unit: str, rest: str
) -> None:
    """By the reader that the checks of arithmetic use."""
    mention = f"{round(number, places)} {unit}"
    before = parse_quantity(mention, READER)
    text = f"They were given {mention} and then stayed on{rest.format(unit=unit)}."
    for edit in restate_amounts(text, ENGLISH.amounts, "en"):
        if text[edit.start : edit.end] != mention:
            continue
        after = parse_quantity(edit.text, READER)
        assert (
            before
            and after
            and (before.amount, before.unit)
            == (
                after.amount,
                after.unit,
            )
        )
        if rest:
            assert after.interval.low <= before.interval.low
            assert after.interval.high >= before.interval.high


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("gave 400 mg daily", {"0.4 g"}),
        ("for 14 days at home", {"2 weeks", "336 hours"}),
        ("for 7 days at home", {"1 week", "168 hours"}),
        ("rose by 12% there", {"12 percent"}),
        ("in 3.4 billion of debt", {"3,400 million"}),
        # A second amount of the kind: nothing may become more exact.
        ("3.4 billion of debt before, and 2 billion after it", set()),
        ("3,400 million of debt before, and 2 billion after it", {"3.4 billion"}),
        # The unit said once for several, rates, parts of a word.
        ("5, 10 and 20 mg", set()),
        ("5 to 10 mg", set()),
        ("400 mg/kg", set()),
        ("a 7 daystar", set()),
    ],
)
def test_amounts_in_other_units(text: str, found: set[str]) -> None:
    assert amounts(text) == found


@settings(deadline=None)
@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.integers(0, 3))
def test_dates_are_the_same_day(day: date, form: int) -> None:
    forms = [format_date(day, f, locale="en") for f in ENGLISH.dates]
    assert dates(f"Seen on {forms[form]}.") == set(forms) - {forms[form]}


def test_other_dates_stay() -> None:
    assert dates("on 31 February 2001 or 2001-13-01, run 2001-05-011") == set()
    assert dates("am 3. März 2014", "de") == set()
    assert "2014-03-03" in dates("am 3 März 2014", "de")


def test_number_words_become_digits_where_they_stand_alone() -> None:
    text = "Ten of twenty-one, two hundred, one and twelve; second"
    found = [(text[e.start : e.end], e.text) for e in restate_words(text, "en")]
    assert found == [("Ten", "10"), ("twelve", "12")]
    assert [e.text for e in restate_words("zwölf Tage", "de")] == ["12"]
    assert list(restate_words("dvanáct", "cs")) == []
