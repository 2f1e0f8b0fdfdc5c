"""Definitions of abbreviations are found as well as the documentation says."""

import pytest
from abbreviations import DATA, abbreviates, score_concepts, score_own


def test_our_own_sentences() -> None:
    figures = score_own()
    assert figures["precision"] >= 95 and figures["recall"] >= 85
    assert figures["gold"] == 50


@pytest.mark.skipif(not DATA.is_file(), reason=f"needs {DATA}")
def test_abstracts_with_gold_concepts() -> None:
    figures = score_concepts(DATA)
    assert figures["precision"] >= 95 and figures["recall"] >= 85
    assert figures["unread"] <= 0.05 * figures["found"]


@pytest.mark.parametrize(
    ("short", "long", "is_one"),
    [
        ("SSRIs", "selective serotonin reuptake inhibitor", True),
        ("OCT", "22-oxacalcitriol", True),
        ("Taxol", "paclitaxel", False),
        ("MK-801", "dizocilpine", False),
        ("MBC", "breast cancer", False),
    ],
)
def test_what_counts_as_an_abbreviation(short: str, long: str, is_one: bool) -> None:
    assert abbreviates(short, long) is is_one
