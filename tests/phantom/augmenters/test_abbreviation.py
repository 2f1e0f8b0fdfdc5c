"""Short forms alone, long ones again, definitions: what stands for what is known."""

from hypothesis import given
from hypothesis import strategies as st
from tests.builders import MEDICINE, ROOT, example

from phantom.augmenters.abbreviation import abbreviation, leave_short
from phantom.augmenters.base import Passages
from phantom.augmenters.inventory import Inventory
from phantom.packs.pack import load_pack
from phantom.records import Example

DEFINED = example(
    "<GENE id=1>ATM</GENE> is mutated in <DISEASE id=2>ataxia-telangiectasia</DISEASE> "
    "(<DISEASE id=3>A-T</DISEASE>); <DISEASE id=4>ataxia-telangiectasia</DISEASE> is "
    "rare, but <DISEASE id=5>A-T</DISEASE> is not.",
    *((1, "ASSOCIATED_WITH", i) for i in (2, 3)),
    id="a",
)
LONG = example(
    "<DISEASE id=1>Ataxia-telangiectasia</DISEASE> was seen; "
    "<DISEASE id=2>ataxia-telangiectasia</DISEASE> ran in families.",
    id="b",
)
SHORT = example("He had <DISEASE id=1>A-T</DISEASE> of late onset.", id="c")
PACK = load_pack(MEDICINE)


def run(*given: Example, **shares: float) -> list[Example]:
    off = dict.fromkeys(("alone", "contract", "expand", "define"), 0.0)
    passages = Passages(PACK, [DEFINED], 0, list(given))
    return list(abbreviation(passages, **{**off, **shares}))


def triples(found: Example) -> list[tuple[str, str, str]]:
    name = [entity.text for entity in found.entities]
    return [(name[r.head], r.label, name[r.tail]) for r in found.relations]


def test_the_short_form_alone_is_left_with_the_relations_of_both() -> None:
    (made,) = run(DEFINED, alone=1.0)
    assert made.text == "ATM is mutated in A-T; A-T is rare, but A-T is not."
    assert [e.text for e in made.entities] == ["ATM", "A-T", "A-T", "A-T"]
    assert triples(made) == [("ATM", "ASSOCIATED_WITH", "A-T")]
    assert (made.id, made.derived_from) == ("a^alone", ("a",))


def test_a_relation_of_the_short_form_alone_is_not_lost() -> None:
    relation = DEFINED.relations[1:]
    (made,) = run(DEFINED.model_copy(update={"relations": relation}), alone=1.0)
    assert triples(made) == [("ATM", "ASSOCIATED_WITH", "A-T")]


def test_names_that_others_abbreviate_become_short_or_are_defined() -> None:
    (made,) = run(LONG, contract=1.0)
    assert made.text == "A-T was seen; A-T ran in families."
    (made,) = run(LONG, define=1.0)
    assert made.text == "Ataxia-telangiectasia (A-T) was seen; A-T ran in families."
    assert [e.text for e in made.entities] == ["Ataxia-telangiectasia", "A-T", "A-T"]
    assert not run(DEFINED, contract=1.0, define=1.0)


def test_short_forms_become_long_where_one_long_form_is_known() -> None:
    (made,) = run(SHORT, expand=1.0)
    assert made.text == "He had ataxia-telangiectasia of late onset."
    assert not run(DEFINED, expand=1.0)
    other = example(
        "<DISEASE id=1>Alpha thalassemia</DISEASE> (<DISEASE id=2>A-T</DISEASE>)",
        id="d",
    )
    assert Inventory([DEFINED, other]).long_of("DISEASE", "A-T") is None
    assert Inventory([DEFINED]).long_of("GENE", "A-T") is None


def test_brackets_with_more_and_unmarked_forms_stay() -> None:
    for tagged in (
        "<DISEASE id=1>lupus nephritis</DISEASE> (<DISEASE id=2>LN</DISEASE>; 5 cases)",
        "<DISEASE id=1>lupus nephritis</DISEASE> (LN)",
        "<DISEASE id=1>LN</DISEASE> (<DISEASE id=2>lupus nephritis</DISEASE>)",
    ):
        assert leave_short(example(tagged, id="x")) is None


@given(
    st.lists(st.sampled_from("bcdfgh"), min_size=2, max_size=5, unique=True),
    st.integers(0, 3),
)
def test_definitions_of_any_form_are_taken_back(initials: list[str], uses: int) -> None:
    """What is defined and then left short is what a writer had made short at once."""
    long = " ".join(f"{letter}ane" for letter in initials)
    short = "".join(initials).upper()
    parts = [f"<DISEASE id=1>{long}</DISEASE> (<DISEASE id=2>{short}</DISEASE>)"]
    parts += [f"<DISEASE id={i + 3}>{long}</DISEASE>" for i in range(uses)]
    before = example("Ten had " + ", ".join(parts) + ".", id="x")
    made = leave_short(before)
    assert made is not None
    assert made.text == "Ten had " + ", ".join([short] * (uses + 1)) + "."
    assert [e.text for e in made.entities] == [short] * (uses + 1)
    defined = Inventory([before])
    assert defined.short_of("DISEASE", long.upper()) == short
    assert defined.long_of("DISEASE", short) == long


def test_short_forms_that_german_borrowed_are_known() -> None:
    """The letters of COPD do not stand in its German name: the language lists it."""
    german = load_pack(ROOT / "assets" / "domains" / "medicine_de")
    name = "chronisch obstruktive Lungenerkrankung"
    defined = example(
        f"Bekannte <KRANKHEIT id=1>{name}</KRANKHEIT> "
        "(<KRANKHEIT id=2>COPD</KRANKHEIT>), stabil.",
        id="d",
    )
    long = example(f"Eine <KRANKHEIT id=1>{name}</KRANKHEIT> besteht.", id="e")
    passages = Passages(german, [defined], 0, [defined, long])
    made = abbreviation(passages, alone=1.0, contract=1.0)
    assert [x.text for x in made] == ["Bekannte COPD, stabil.", "Eine COPD besteht."]
    assert leave_short(defined) is None
