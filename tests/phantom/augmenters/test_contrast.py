"""Passages about one name that stands in different relations to two others."""

from collections.abc import Iterable

import pytest
from tests.builders import example

from phantom.augmenters.contrast import contrast_examples
from phantom.packs.domain import RelationRule
from phantom.records import Example

SIDES = {"definition": "x", "head": ["DRUG"], "tail": ["ILL"]}
RULES = {label: RelationRule(**SIDES) for label in ("TREATS", "INDUCES")}
GOUT = example(
    "<DRUG id=1>Iron</DRUG> eased <ILL id=2>gout</ILL>. We like <DRUG id=3>iron</DRUG>",
    (1, "TREATS", 2),
    id="a",
)
RASH = example(
    "A <ILL id=1>rash</ILL> came of <DRUG id=2>zinc</DRUG>.", (2, "INDUCES", 1), id="b"
)
BARE = example("<DRUG id=1>Zinc</DRUG> was given in <ILL id=2>mumps</ILL>.", id="c")


def stated(found: Example) -> set[tuple[str, str, str]]:
    names = [entity.text.lower() for entity in found.entities]
    return {(names[r.head], r.label, names[r.tail]) for r in found.relations}


def make(examples: Iterable[Example], share: float = 20) -> list[Example]:
    return list(contrast_examples(list(examples), RULES, share, seed=0))


def test_one_name_has_another_relation_to_each_of_two() -> None:
    found = make([GOUT, RASH])
    assert len({both.id for both in found}) == len(found) == 40
    for both in found:
        names = [e.text.lower() for e in both.entities if e.label == "DRUG"]
        assert len(names) == 3 and len(set(names)) == 1  # iron or zinc in both
        (name,) = set(names)
        assert stated(both) == {(name, "TREATS", "gout"), (name, "INDUCES", "rash")}
        assert len(both.relations) == 6  # each of three mentions with each disease
        assert set(both.derived_from) == {"a", "b"}
    assert {e.text for both in found for e in both.entities} >= {"Zinc", "Iron", "zinc"}
    assert {both.text.startswith("A rash") for both in found} == {True, False}
    assert found == make([GOUT, RASH])


def test_no_relation_is_a_contrast_too() -> None:
    (both, *_) = make([RASH, BARE], share=1)
    assert {label for _, label, _ in stated(both)} == {"INDUCES"}
    assert {tail for _, _, tail in stated(both)} == {"rash"}
    assert len(both.relations) == 2


@pytest.mark.parametrize(
    "other",
    [
        "<DRUG id=1>zinc</DRUG> (<DRUG id=2>Zn</DRUG>) gave a <ILL id=3>rash</ILL>.",
        "<DRUG id=1>zinc</DRUG> gave a <ILL id=3>rash</ILL>; zinc was stopped.",
        "<DRUG id=1>zinc</DRUG> (daily) gave a <ILL id=3>rash</ILL>.",
        "<DRUG id=1>zinc</DRUG> gave a rash but no <ILL id=3>gout</ILL>.",
    ],
)
def test_where_a_name_might_be_meant_elsewhere_nothing_is_joined(other: str) -> None:
    changed = example(other, (1, "INDUCES", 3), id="b")
    assert make([GOUT, changed]) == []


def test_one_relation_alone_gives_no_contrast() -> None:
    assert make([GOUT]) == make([]) == []
