"""What a passage names beside what it states bears no relation to it."""

from typing import Any

import pytest
from tests.builders import MEDICINE, example

from phantom.augmenters.base import Passages
from phantom.augmenters.bystander import bystander
from phantom.packs.pack import load_pack
from phantom.records import Example

PACK = load_pack(MEDICINE)
RASH = example(
    "Two patients given <CHEMICAL id=1>iron</CHEMICAL> had <DISEASE id=2>rashes"
    "</DISEASE>; no patients with pain did.",
    (1, "INDUCES", 2),
    id="x",
)
NAMED = example(
    "He had <DISEASE id=1>gout</DISEASE>, <DISEASE id=2>old rashes</DISEASE> and "
    "<DISEASE id=3>HCC</DISEASE>. <DISEASE id=4>Mumps</DISEASE> too.",
    id="y",
)
FORMS = {"before": ["All had {other} at entry."], "within": ["patients [with {other}]"]}


def run(*written: Example, **settings: Any) -> list[Example]:
    passages = Passages(PACK, list(written), 0, list(written))
    given: dict[str, Any] = {"label": "DISEASE", "relations": ["INDUCES"], **settings}
    return list(bystander(passages, **given))


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"before": FORMS["before"]}, f"All had gout at entry. {RASH.text}"),
        ({"within": FORMS["within"]},
         RASH.text.replace("patients given", "patients with gout given")),
    ],
)  # fmt: skip
def test_the_name_is_a_mention_without_a_relation(settings: Any, text: str) -> None:
    # Of the names, one is an abbreviation, one begins a sentence, one is there already.
    (made,) = run(RASH, NAMED, copies=5, **settings)
    assert made.text == text
    assert [e.text for e in made.entities] in (
        ["gout", "iron", "rashes"],
        ["iron", "gout", "rashes"],
    )
    (stated,) = made.relations
    ends = [made.entities[i].text for i in (stated.head, stated.tail)]
    assert (ends, stated.label) == (["iron", "rashes"], "INDUCES")
    assert all(made.text[e.start : e.end] == e.text for e in made.entities)
    assert made.derived_from == ("x",) and made.id == "x^bystander0"


def test_other_passages_have_no_variant() -> None:
    eased = RASH.model_copy(
        update={
            "relations": (RASH.relations[0].model_copy(update={"label": "TREATS"}),)
        }
    )
    assert run(eased, NAMED, **FORMS) == []
    both = RASH.model_copy(update={"relations": (*RASH.relations, *eased.relations)})
    assert run(both, NAMED, **FORMS) == [] == run(RASH, NAMED)


def test_a_word_within_a_mention_is_left_alone() -> None:
    inside = example(
        "<DISEASE id=1>Fear of patients</DISEASE> came from <CHEMICAL id=2>iron"
        "</CHEMICAL>.",
        (2, "INDUCES", 1),
        id="z",
    )
    assert run(inside, NAMED, within=FORMS["within"]) == []
