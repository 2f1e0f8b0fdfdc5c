"""Training text for groups that are worse off."""

from pathlib import Path

from tests.builders.examples import example
from tests.builders.packs import make_pack

from phantom.corpora.group_balance import balance_groups, shares
from phantom.passages.groups import GroupFinder

FINDER = GroupFinder(
    {"dimension": "sex", "group": group, "term": term}
    for group, term in (("female", "woman"), ("male", "man"))
)
TRAINING = [
    example("A woman had <DISEASE id=1>gout</DISEASE>.", id="w"),
    example("A man had <DISEASE id=1>asthma</DISEASE>.", id="m1"),
    example("A man had <DISEASE id=1>gout</DISEASE>.", id="m2"),
    example("It rained.", id="r", attributes={"section": "title"}),
]


def test_passages_of_the_group_and_made_the_groups(tmp_path: Path) -> None:
    worse = {"sex": ["female"]}
    found = list(balance_groups(make_pack(tmp_path), TRAINING, worse, FINDER))
    texts = [x.text for x in found]
    assert texts == [
        "A woman had gout.",
        *("A woman had asthma.", "A woman had gout."),
    ]
    assert {x.meta["audit"] for x in found} == {"sex: female"}
    assert [x.varied for x in found] == [None, "counterfactual", "counterfactual"]
    assert [x.derived_from for x in found] == [("w",), ("m1",), ("m2",)]
    assert len({x.id for x in found}) == 3


def test_without_their_own_only_those_made(tmp_path: Path) -> None:
    worse = {"sex": ["female"]}
    pack = make_pack(tmp_path)
    found = list(balance_groups(pack, TRAINING, worse, FINDER, own=False))
    assert [x.derived_from for x in found] == [("m1",), ("m2",)]


def test_passages_of_nobody_are_made_the_groups_by_a_sentence(tmp_path: Path) -> None:
    pack = make_pack(tmp_path)
    (pack.path / "swap_templates.tsv").write_text(
        "dimension\tgroup\ttext\nsex\tfemale\tIt was a woman.\n"
        "sex\tmale\tIt was a man.\n"
    )
    nobody = example("Some <DISEASE id=1>gout</DISEASE>.", id="n")
    worse = {"sex": ["female"]}
    made = [*TRAINING[:2], nobody]
    found = list(balance_groups(pack, made, worse, FINDER, own=False, opened=5))
    assert [x.text for x in found] == [
        "A woman had asthma.",
        "It was a woman. Some gout.",
    ]
    opened = found[-1]
    assert [(e.start, e.text) for e in opened.entities] == [(21, "gout")]
    assert (opened.derived_from, opened.meta["audit"]) == (("n",), "sex: female")


def test_what_nothing_can_be_swapped_by_is_taken_as_it_is(tmp_path: Path) -> None:
    worse = {"section": ["title"]}
    (found,) = balance_groups(make_pack(tmp_path), TRAINING, worse, FINDER)
    assert found.text == "It rained." and found.meta["audit"] == "section: title"


def test_how_rare_a_group_is() -> None:
    rows = shares(TRAINING, {"sex": ["female"]}, FINDER)
    assert rows == {"sex: female": (1, 3, 2.0)}
