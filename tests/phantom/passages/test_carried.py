"""Labels on text as it was read: carried or listed as lost, each of them."""

import pytest
from tests.builders import example

from phantom.passages.carried import carry_labels

WRITTEN = (
    "Ten got <CHEMICAL id=1>sorafenib</CHEMICAL> and had "
    "<DISEASE id=2>high blood pressure</DISEASE> today."
)


@pytest.mark.parametrize(
    ("read", "mentions"),
    [
        (
            "Ten got sorafenib and had high blood pressure today.",
            ["sorafenib", "high blood pressure"],
        ),
        # Misread inside, at both edges, with a speck before and a blank too many.
        (
            "Ten got s0rafenib and had high blood pressvre today.",
            ["s0rafenib", "high blood pressvre"],
        ),
        (
            "Ten got $orafenih and had hiqh blood pressure today.",
            ["$orafenih", "hiqh blood pressure"],
        ),
        (
            ". Ten got soraf enib and hadhigh blood pressure today",
            ["soraf enib", "high blood pressure"],
        ),
        ("Ten got and had high blood pressure today.", ["high blood pressure"]),
        ("Ten got sorafenib today.", ["sorafenib"]),
        ("", []),
    ],
)
def test_mentions(read: str, mentions: list[str]) -> None:
    given = example(WRITTEN, (1, "INDUCES", 2))
    carried, lost = carry_labels(given, read)
    assert [read[e.start : e.end] for e in carried.entities] == mentions
    assert [e.text for e in carried.entities] == mentions
    assert len(mentions) + len(lost) == 2
    assert len(carried.relations) == (len(mentions) == 2)
