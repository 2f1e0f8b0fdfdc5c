"""Relations of repeated mentions: one thing named twice, or two equal amounts."""

import pytest
from tests.builders import example

from phantom.packs.domain import RelationRule
from phantom.packs.language import load_language
from phantom.passages.concepts import find_concepts, spread_relations
from phantom.passages.tags import Tagged, parse_tags
from phantom.records import Relation

TEXT = (
    "<B id=1>sales</B> rose <A id=2>3%</A>, <B id=3>costs</B> rose <A id=4>3%</A>, "
    "and <B id=5>sales</B> matter"
)
LISTED = [Relation(head=1, tail=0, label="OF"), Relation(head=3, tail=2, label="OF")]


@pytest.mark.parametrize(
    ("spread", "pairs"),
    [
        (False, [(1, 0), (3, 2)]),
        (True, [(1, 0), (1, 2), (1, 4), (3, 0), (3, 2), (3, 4)]),
    ],
)
def test_equal_words_share_relations_only_if_the_rule_says_so(
    spread: bool, pairs: list[tuple[int, int]]
) -> None:
    tagged = parse_tags(TEXT, ["A", "B"])
    assert isinstance(tagged, Tagged)
    rule = RelationRule(definition="of", head=["A"], tail=["B"], spread=spread)
    found = spread_relations(tagged.text, tagged.entities, LISTED, {"OF": rule})
    assert [(r.head, r.tail) for r in found] == pairs


def test_a_short_form_from_another_language_is_its_long_form_where_listed() -> None:
    tagged = example(
        "<KRANKHEIT id=1>akutes Atemnotsyndrom</KRANKHEIT> "
        "(<KRANKHEIT id=2>ARDS</KRANKHEIT>)"
    )
    assert find_concepts(tagged.text, tagged.entities) == [0, 1]
    german = load_language("de")
    assert find_concepts(tagged.text, tagged.entities, german) == [0, 0]


@pytest.mark.parametrize(
    ("lang", "first", "second", "one"),
    [
        ("en", "renal cyst", "Renal cysts", True),
        ("en", "dry eye", "dry eyes", True),
        ("en", "NSAID", "NSAIDs", True),
        ("en", "AIDS", "aid", False),
        ("en", "acute pain", "acuter pain", False),
        ("de", "Metastase", "Metastasen", True),
        ("de", "Hodentumor", "Hodentumoren", True),
        ("de", "akutes Nierenversagen", "akuten Nierenversagens", True),
        ("de", "nephrotische Syndrom", "nephrotischem Syndrom", True),
        ("de", "NSAR", "NSARs", True),
        ("de", "CED", "CEDEN", False),
        ("de", "Hypertonie", "Hypotonie", False),
    ],
)
def test_endings_of_the_language_make_no_other_name(
    lang: str, first: str, second: str, one: bool
) -> None:
    tagged = example(f"<D id=1>{first}</D> x <D id=2>{second}</D>")
    found = find_concepts(tagged.text, tagged.entities, load_language(lang))
    assert (found[0] == found[1]) == one
