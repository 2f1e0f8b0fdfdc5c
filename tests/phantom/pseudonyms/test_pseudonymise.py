"""Identifiers replaced: alike for a patient, offsets kept, dates moved together."""

import re
from datetime import date
from pathlib import Path

import pytest
from tests.builders import MEDICINE, example

from phantom.packs.pack import load_pack
from phantom.passages.names import Matcher
from phantom.pseudonyms import Finder, Surrogates, coverage, pseudonymise, read_secret
from phantom.pseudonyms.categories import CATEGORIES
from phantom.pseudonyms.dates import Dates
from phantom.pseudonyms.written import load_written
from phantom.records import Example

WRITTEN = load_written(load_pack(MEDICINE))
GIVEN = [("Mary", "female"), ("Helen", "female"), ("James", "male"), ("Paul", "male")]
SURROGATES = Surrogates(
    b"k" * 32,
    GIVEN,
    ["Adair", "Birch", "Corbin", "Dalby", "Elwood", "Fairley", "Garland", "Hollis"],
    ["Ashford", "Brackley", "Cedarton"],
    WRITTEN,
)
DATES = Dates("en", WRITTEN.dates, WRITTEN.ordinals)
PATTERNS = [{"name": "email", "validator": "none", "pattern": r"\S+@\S+\.org"}]
FINDER = Finder(
    PATTERNS,
    [name for name, _ in GIVEN],
    DATES,
    WRITTEN,
    WRITTEN.ages,
    Matcher(["Crohn disease", "Parkinson disease"]),
)


def replace(unit: str, *texts: str, known: tuple[str, ...] = ()) -> list[Example]:
    records = [example(text, id=f"r{i}", who=unit) for i, text in enumerate(texts)]
    return pseudonymise(unit, records, FINDER, SURROGATES, "who", known)[0]


def test_a_name_is_one_name_in_all_records_of_a_patient() -> None:
    texts = (
        "Mrs Vumpish was seen. Vumpish's rash faded. Mrs Vumpish's son came.",
        "Mary Vumpish called; VUMPISH is in no list.",
        "Nobody else was there.",
    )
    one, two, three = (x.text for x in replace("p1", *texts))
    surname = re.findall(r"Mrs (\w+)", one)[0]
    assert surname != "Vumpish"
    assert one == (
        f"Mrs {surname} was seen. {surname}'s rash faded. Mrs {surname}'s son came."
    )
    assert re.match(rf"(Helen) {surname} called; ", two)
    assert three == texts[2]
    # The same name is another person elsewhere, and the same one tomorrow.
    assert replace("p1", *texts)[0].text == one
    others = {replace(f"q{i}", texts[0])[0].text for i in range(8)}
    assert len(others) > 3


def test_names_on_file_are_found_without_any_cue() -> None:
    text = "We called Quixnar twice."
    assert replace("p1", text)[0].text == text
    assert "Quixnar" not in replace("p1", text, known=("Zorb Quixnar",))[0].text


def test_offsets_and_relations_stay_on_their_words() -> None:
    text = (
        "Dr Vumpish gave <CHEMICAL id=1>iron</CHEMICAL> on March 3, 2024 to Paul Orb "
        "for <DISEASE id=2>Crohn disease</DISEASE>; mail paul@orb.org."
    )
    before = example(text, (1, "TREATS", 2), who="p1")
    (after,), counts, lost = pseudonymise("p1", [before], FINDER, SURROGATES, "who")
    assert [e.text for e in after.entities] == ["iron", "Crohn disease"]
    assert all(after.text[e.start : e.end] == e.text for e in after.entities)
    assert after.relations == before.relations
    assert counts == {"name": 2, "date": 1, "email": 1} and not lost
    assert not re.search("Vumpish|Paul|Orb|March 3, 2024|paul@", after.text)
    assert after.meta["who"] != "p1"


def test_eponyms_and_mentions_are_no_people() -> None:
    """A patient who bears the name of a disease keeps the disease."""
    text = "Mr Parkinson has Parkinson disease. Parkinson was told."
    (after,) = replace("p1", text)
    assert after.text.count("Parkinson") == 1
    assert " has Parkinson disease. " in after.text


def test_dates_move_together_and_keep_their_form() -> None:
    dates = DATES
    text = "03/14/2024, March 3, 2024, 3rd of April 2023, 2024-02-29, Sept. 5, 2022"
    spans = sorted(dates.find(text))
    assert [dates.shifted(text, span, 31) for span in spans] == [
        "04/14/2024",
        "April 3, 2024",
        "4th of May 2023",
        "2024-03-31",
        "Oct. 6, 2022",
    ]
    assert not list(dates.find("since 1998 she may 5 times or so, 13/14 of 2.5.1"))
    european = Dates("en", WRITTEN.dates, WRITTEN.ordinals, day_first=True)
    (span,) = european.find("03/04/2024")
    assert (span.day, span.month) == (3, 4)
    days = [SURROGATES.days(f"p{i}") for i in range(500)]
    assert 0 not in days and -364 <= min(days) < -300 and 300 < max(days) <= 364


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("March 3-5, 2024", "April 3-5, 2024"),
        ("Seen on 12 May.", "Seen on 12 June."),
        ("Since Sept. 2022", "Since Oct. 2022"),
        ("1st of march 2024", "1st of april 2024"),
        ("22 MARCH 2024", "22 APRIL 2024"),
        ("9/30/2023", "10/31/2023"),
        ("09/30/23", "10/31/23"),
        ("2024\u201103\u201101", "2024\u201104\u201101"),
    ],
)
def test_ranges_cases_and_widths_stay_as_they_were(text: str, moved: str) -> None:
    (span,) = DATES.find(text)
    new = DATES.shifted(text, span, 31)
    assert text[: span.start] + new + text[span.end :] == moved


def test_days_between_two_dates_of_a_patient_stay() -> None:
    one, two = replace("p7", "On 2024-03-01.", "On 2024-03-15.")
    found = [
        date.fromisoformat(re.findall(r"[\d-]{10}", x.text)[0]) for x in (one, two)
    ]
    assert (found[1] - found[0]).days == 14
    assert found[0] != date(2024, 3, 1)


def test_ages_over_89_are_one() -> None:
    (after,) = replace("p1", "A 93-year-old, aged 101, and one of 89 years; 95 mg.")
    assert after.text == "A 90-year-old, aged 90, and one of 89 years; 95 mg."


def test_a_surrogate_has_the_shape_and_not_the_value() -> None:
    for text in ("SN-402-77X", "(555) 010-2345", "123-45-6789"):
        made = SURROGATES.write("p1", "other", text)
        assert re.sub(r"\d", "9", re.sub("[A-Z]", "A", made)) == re.sub(
            r"\d", "9", re.sub("[A-Z]", "A", text)
        )
        assert made != text
        assert made == SURROGATES.write("p1", "other", text)
        assert made != SURROGATES.write("p2", "other", text)
    assert SURROGATES.write("p", "email", "a.b@c.org").endswith("@example.org")


def test_the_secret_is_made_once_and_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "privacy" / "key"
    secret = read_secret(path)
    assert read_secret(path) == secret and len(secret) == 64
    assert path.stat().st_mode & 0o077 == 0
    path.write_text("short")
    with pytest.raises(ValueError, match="too short"):
        read_secret(path)


def test_safe_harbor_is_listed_whole() -> None:
    rows = coverage({"name": 3})
    assert len(rows) == len(CATEGORIES) == 18
    assert rows[0] == {
        "category": "name",
        "covers": "names",
        "replaced": 3,
        "note": "",
    }
    assert {x["category"] for x in rows if x["note"]} == {"biometric", "photograph"}
