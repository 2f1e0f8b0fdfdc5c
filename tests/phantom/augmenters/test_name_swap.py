"""Name swapping: offsets hold, roles are kept, nothing points to a lost name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import example

from phantom.augmenters.name_swap import NameSwapper, apply_swaps, fit_case

LISTED = [
    example("<A id=1>Ada</A> sits on <A id=2>Oak</A>.", (1, "ON", 2), id="1"),
    example("<A id=1>Bea</A> sits on <A id=2>Elm</A>.", (1, "ON", 2), id="2"),
    example("<A id=1>Cleo</A> sleeps near <B id=2>Rome</B>.", id="3"),
]


def test_only_names_of_the_same_role_take_the_place() -> None:
    swapper = NameSwapper(LISTED, {"A": ["Dora"]}, share=1.0)
    (first, second) = list(swapper.augment(LISTED[:2], 1, seed=0))
    assert first.text == "Bea sits on Elm."
    assert second.text == "Ada sits on Oak."
    assert first.relations == LISTED[0].relations
    (third,) = swapper.augment(LISTED[2:], 1, seed=0)
    assert third.text == "Dora sleeps near Rome."
    assert third.derived_from == ("3",)
    assert third.meta["swapped"] == {"Cleo": "Dora"}
    assert third.id == "3+1"


def test_the_same_seed_gives_the_same_text() -> None:
    many = [example(f"<A id=1>Name{i}</A> left.", id=str(i)) for i in range(20)]
    swapper = NameSwapper(many, {"A": []})

    def run(seed: int) -> list[str]:
        return [e.text for e in swapper.augment(many, 2, seed)]

    assert run(1) == run(1)
    assert run(1) != run(2)


def test_order_of_examples_does_not_change_a_variant() -> None:
    many = [example(f"<A id=1>Name{i}</A> left.", id=str(i)) for i in range(20)]
    swapper = NameSwapper(many, {"A": []}, share=1.0)
    forward = {e.id: e.text for e in swapper.augment(many, 1, 0)}
    backward = {e.id: e.text for e in swapper.augment(many[::-1], 1, 0)}
    assert forward == backward


@pytest.mark.parametrize(
    "tagged",
    [
        "<A id=1>Acme Works</A> said that <A id=2>Acme</A> is fine.",
        "<A id=1>Acme Works</A> (<A id=2>AW</A>) is fine.",
        "<A id=1>Acme</A> is fine, Acme says.",
    ],
)
def test_a_name_that_other_words_allude_to_stays(tagged: str) -> None:
    passage = example(tagged, id="x")
    swapper = NameSwapper(LISTED, {"A": ["Dora", "XY"]}, share=1.0)
    assert list(swapper.augment([passage], 3, seed=0)) == []


def test_repeated_mentions_change_together() -> None:
    passage = example("<A id=1>Acme</A> is fine, <A id=2>Acme</A> says.", id="x")
    swapper = NameSwapper([passage], {"A": ["Dora"]}, share=1.0)
    (variant,) = swapper.augment([passage], 1, seed=0)
    assert variant.text == "Dora is fine, Dora says."


def test_rare_labels_get_more_variants() -> None:
    swapper = NameSwapper(LISTED, {"A": ["Dora", "Eve"]}, share=1.0)
    made = list(swapper.augment(LISTED, 1, 0, copies_with={"B": 3}))
    assert [e.derived_from for e in made] == [(x,) for x in "12333"]
    assert len({e.id for e in made}) == 5


def test_labels_without_names_stay() -> None:
    swapper = NameSwapper(LISTED, {"A": ["Dora"]}, share=1.0)
    for variant in swapper.augment(LISTED, 3, seed=0):
        assert "Rome" in variant.text or variant.derived_from != ("3",)


def test_share_out_of_range_says_so() -> None:
    with pytest.raises(ValueError, match="share is 0"):
        NameSwapper([], {}, share=0)


@given(st.lists(st.text("abc ", min_size=1).filter(str.strip), min_size=2, max_size=5))
def test_offsets_are_derived_anew(names: list[str]) -> None:
    surfaces = [name.strip() for name in names]
    tagged = ", ".join(f"<A id={i}>{s}</A>" for i, s in enumerate(surfaces, 1))
    passage = example(tagged, id="x")
    swaps = {surface: surface * 2 + "é" for surface in surfaces[::2]}
    # The model itself refuses offsets that do not fit the text.
    variant = apply_swaps(passage, swaps, "y")
    assert [e.text for e in variant.entities] == [swaps.get(s, s) for s in surfaces]
    assert variant.text == ", ".join(swaps.get(s, s) for s in surfaces)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("Abdominal Pain", "nausea", "abdominal pain"),
        ("Abdominal Pain", "Nausea", "Abdominal Pain"),
        ("abdominal pain", "Nausea", "Abdominal pain"),
        ("abdominal pain", "DMD", "abdominal pain"),
        ("HIV Infection", "nausea", "HIV Infection"),
        ("Hodgkin lymphoma", "nausea", "Hodgkin lymphoma"),
    ],
)
def test_case_follows_the_passage(name: str, old: str, new: str) -> None:
    assert fit_case(name, old) == new


def test_names_of_one_form_take_the_place_where_that_is_asked() -> None:
    names = ["gout", "mumps", "heart failure", "IgA nephropathy", "type 1 gout"]
    passage = example("He had <A id=1>ataxia</A> and <A id=2>renal cancer</A>.", id="x")
    swapper = NameSwapper([passage], {"A": names}, share=1.0, form=True)
    made = {v.text for seed in range(20) for v in swapper.augment([passage], 1, seed)}
    assert made == {f"He had {name} and heart failure." for name in names[:2]}
