"""Spans lose what a data set does not annotate."""

from phantom.evaluation.trim import trim, trim_mentions, trim_surfaces
from phantom.evaluation.types import Link, Prediction


def test_what_is_compared_with_is_trimmed_as_well() -> None:
    patterns = {"VALUE": r"\d+"}
    text = "Sales rose to $92 million."
    assert trim_mentions(patterns, text, [(14, 25, "VALUE"), (0, 5, "KPI")]) == [
        (15, 17, "VALUE"),
        (0, 5, "KPI"),
    ]
    seen = {("VALUE", "$92 million"), ("VALUE", "nil"), ("KPI", "sales 1")}
    assert trim_surfaces(patterns, seen) == {
        ("VALUE", "92"),
        ("VALUE", "nil"),
        ("KPI", "sales 1"),
    }


def test_trimmed_spans_carry_their_relations_along() -> None:
    text = "$3.4 bn and rash"
    link = Link((0, 7), (12, 16), "HURTS")
    given = Prediction([(0, 7, "DRUG"), (12, 16, "ILL")], [link], [])
    short = trim({"DRUG": r"\d[\d,.]*\d|\d"}, text, given)
    assert short.entities == [(1, 4, "DRUG"), (12, 16, "ILL")]
    assert short.relations[0].head == (1, 4)
    assert short.relations[0].tail == (12, 16)
