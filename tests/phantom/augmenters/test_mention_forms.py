"""Longer forms of related mentions: offsets hold, others bear the same relations."""

import shutil
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import PETS, example

from phantom.augmenters.base import augment
from phantom.augmenters.mention_forms import reword, reword_mentions
from phantom.packs.pack import load_pack
from phantom.records import Example
from phantom.registry import phantom_registry

BOUGHT = example(
    "<A id=1>Oak</A> bought <A id=2>Elm</A> in <B id=3>Rome</B>.", (2, "OF", 1), id="1"
)

AUGMENTERS = phantom_registry.phantom_augmenters


def triples(found: Example) -> set[tuple[str, str, str]]:
    name = [entity.text for entity in found.entities]
    return {(name[r.head], r.label, name[r.tail]) for r in found.relations}


def test_listed_names_bear_the_relations_of_the_mention() -> None:
    found = reword(BOUGHT, 1, "{other}, {name} and {other}", ["Fir", "Yew"])
    assert found.text == "Oak bought Fir, Elm and Yew in Rome."
    assert triples(found) == {("Fir", "OF", "Oak"), ("Elm", "OF", "Oak")} | {
        ("Yew", "OF", "Oak")
    }
    assert [found.text[e.start : e.end] for e in found.entities] == [
        e.text for e in found.entities
    ]
    assert found.entities[-1].label == "B"
    assert found.derived_from == ("1",)
    assert found.meta == {"form": "{other}, {name} and {other}"}


@pytest.mark.parametrize(
    ("tagged", "text"),
    [
        ("<A id=1>Oak</A> bought <A id=2>Elm</A>.", "Oak bought Elm, a mill."),
        ("<A id=1>Oak</A> bought <A id=2>Elm</A> too.", "Oak bought Elm, a mill, too."),
    ],
)
def test_no_comma_stands_before_other_punctuation(tagged: str, text: str) -> None:
    before = example(tagged, (2, "OF", 1), id="1")
    assert reword(before, 1, "{name}, a mill,", []).text == text


@pytest.mark.parametrize(
    "tagged",
    [
        "<A id=1>Oak</A>'s <A id=2>Elm</A>-based mill",
        "<A id=1>Oak</A> (<A id=2>Elm</A>)",
        "<A id=1>Oak</A> bought <A id=2>Oak</A>",
    ],
)
def test_mentions_that_are_tied_to_their_place_stay(tagged: str) -> None:
    tied = example(tagged, (2, "OF", 1), id="1")
    forms = {"A": ["{name}, a mill,"]}
    assert not list(reword_mentions([tied], forms, lambda *_: [], 1.0, 0))


def test_only_related_mentions_with_a_form_and_enough_names() -> None:
    def draw(*_: object) -> list[str]:
        return ["Fir"]

    def run(forms: dict[str, list[str]]) -> list[str]:
        return [e.text for e in reword_mentions([BOUGHT], forms, draw, 1.0, 0)]

    assert not run({"B": ["{name} and {other}"]})
    assert not run({"A": ["{name}, {other} and {other}"]})
    (text,) = run({"A": ["{name} and {other}"]})
    assert text in (
        "Oak and Fir bought Elm in Rome.",
        "Oak bought Elm and Fir in Rome.",
    )


@given(st.integers(0, 1), st.lists(st.sampled_from(["Fir", "Yew é", "🌲"]), max_size=4))
def test_offsets_hold(place: int, others: list[str]) -> None:
    form = ", ".join(["{other}"] * len(others) + ["{name}"])
    found = reword(BOUGHT, place, form, others)
    for entity in found.entities:
        assert found.text[entity.start : entity.end] == entity.text
    assert len(found.relations) == len(others) + 1


@pytest.mark.parametrize("form", ["the {name}", "{other}", "{name} {name}", "{what}"])
def test_a_form_begins_with_a_name_and_has_the_mention_once(form: str) -> None:
    with pytest.raises(ValueError, match="forms"):
        AUGMENTERS.check("mention_forms", {"forms": {"A": [form]}}, "augment")


def test_a_pack_with_forms_gets_one_variant_of_each_example_at_most(
    tmp_path: Path,
) -> None:
    shutil.copytree(PETS, tmp_path / "pets")
    path = tmp_path / "pets" / "domain.yml"
    rules = yaml.safe_load(path.read_text())
    label = next(iter(rules["labels"]))
    forms = {label: ["{name}, so to speak,"]}
    rules["augment"] = [{"mention_forms": {"forms": forms}}]
    path.write_text(yaml.safe_dump(rules))
    before = []
    for i in range(5):
        found = example(
            f"<A id=1>Oak{i}</A> met <A id=2>Elm{i}</A>.", (1, "X", 2), id=str(i)
        )
        entities = [e.model_copy(update={"label": label}) for e in found.entities]
        before.append(found.model_copy(update={"entities": tuple(entities)}))
    after = augment(load_pack(path.parent), before, seed=0)
    assert after[:5] == before
    assert len(after) == 10
    assert all(", so to speak" in x.text for x in after[5:])
