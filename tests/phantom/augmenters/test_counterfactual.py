"""Counterfactual variants keep their labels and name their origin."""

from pathlib import Path

import pytest
from tests.builders.examples import example
from tests.builders.packs import make_pack

from phantom.augmenters.base import Passages
from phantom.augmenters.counterfactual import counterfactual
from phantom.records import Example

WRITTEN = [
    example(
        "She took <CHEMICAL id=1>iron</CHEMICAL> for <DISEASE id=2>asthma</DISEASE>.",
        (1, "TREATS", 2),
        id="a",
    ),
    example("It rained.", id="b"),
    example("A boy with <DISEASE id=1>asthma</DISEASE> and his father", id="c"),
]


def vary(folder: Path, **settings: object) -> list[Example]:
    passages = Passages(make_pack(folder), WRITTEN, 0)
    return list(counterfactual(passages, **settings))  # type: ignore[arg-type]


def test_labels_and_relations_follow(tmp_path: Path) -> None:
    first, second = vary(tmp_path, dimensions=["sex"])
    assert first.text == "He took iron for asthma."
    assert [e.text for e in first.entities] == ["iron", "asthma"]
    assert first.relations == WRITTEN[0].relations
    assert second.text == "A girl with asthma and her mother"
    assert (first.id, first.derived_from) == ("a^sex1", ("a",))
    assert first.meta["counterfactual"] == {"sex": ["female", "male"]}


def test_only_toward_the_groups_asked_for(tmp_path: Path) -> None:
    (found,) = vary(tmp_path, dimensions=["sex"], toward={"sex": ["female"]})
    assert found.derived_from == ("c",)


def test_an_unknown_dimension_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no swaps by 'star sign'; use one of: sex"):
        vary(tmp_path, dimensions=["star sign"])
