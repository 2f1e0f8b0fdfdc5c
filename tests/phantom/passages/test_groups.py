"""Groups that a passage names."""

import pytest
from tests.builders.examples import example

from phantom.passages.groups import GroupFinder

ROWS = [
    {"dimension": "sex", "group": "female", "term": "woman"},
    {"dimension": "sex", "group": "male", "term": "Mr"},
    {"dimension": "region", "group": "Africa", "term": "sub-Saharan"},
    {"dimension": "age", "group": "old", "term": "{65-120}-year-old"},
    {"dimension": "age", "group": "old", "term": "aged {65-120}"},
    {"dimension": "currency", "group": "pound", "term": "£"},
]
NAMES = [{"name": "Amina", "origin": "East African", "sex": "female"}]
FINDER = GroupFinder(ROWS, NAMES, ["PER"])


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("The WOMAN left.", {"sex": {"female"}}),
        ("Mr Li; mr. is no title.", {"sex": {"male"}}),
        ("mr li", {}),
        ("women", {}),
        ("in sub-Saharan Africa", {"region": {"Africa"}}),
        ("An 81-year-old left.", {"age": {"old"}}),
        ("A 64-year-old left.", {}),
        ("Aged 65, he left.", {"age": {"old"}}),
        ("aged ²5", {}),
        ("It cost £5.", {"currency": {"pound"}}),
        (
            "<PER id=1>Amina Yusuf</PER> left.",
            {"sex": {"female"}, "name origin": {"East African"}},
        ),
        ("<ORG id=1>Amina Ltd</ORG> grew.", {}),
    ],
)
def test_groups_by_words_numbers_and_names(text: str, groups: dict) -> None:
    assert FINDER.find(example(text)) == groups
