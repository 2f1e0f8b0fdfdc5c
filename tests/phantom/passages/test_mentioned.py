"""Where a passage says a name, by the endings of its language."""

import pytest
from tests.builders import example

from phantom.packs.language import load_language
from phantom.passages.mentioned import find_name, name_key
from phantom.records import Term


@pytest.mark.parametrize(
    ("lang", "one", "other", "same"),
    [
        ("en", "Crohn's disease", "Crohn disease", True),
        ("en", "Crohn\u2019s disease", "crohn diseases", True),
        ("en", "weight loss", "weight los", False),
        ("en", "gas", "ga", False),
        ("de", "akute Niereninsuffizienz", "akuter Niereninsuffizienz", True),
        ("de", "Nierenversagen", "Nierenversagens", True),
        ("de", "Leber", "Leben", False),
        ("xx", "seizure", "seizures", False),
    ],
)
def test_names_are_equal_but_for_endings_of_the_language(
    lang: str, one: str, other: str, same: bool
) -> None:
    inflections = load_language(lang).inflections
    assert (name_key(one, inflections) == name_key(other, inflections)) == same


@pytest.mark.parametrize(
    ("lang", "text", "name", "place"),
    [
        ("en", "Severe Crohn's disease came.", "Crohn's disease", 7),
        ("en", "Severe Crohn disease came.", "Crohn's disease", 7),
        ("en", "Two seizures came.", "seizure", 4),
        ("de", "Wegen eines Krampfanfalles.", "Krampfanfall", 12),
    ],
)
def test_a_name_that_no_mention_marks_is_found_in_the_text(
    lang: str, text: str, name: str, place: int
) -> None:
    term = Term(text=name, label="D")
    inflections = load_language(lang).inflections
    assert find_name(example(text), term, inflections) == ([place], False)
