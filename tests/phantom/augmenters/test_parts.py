"""Passages with words cut out, and passages of the parts of two."""

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders import MEDICINE, PETS, example
from tests.builders.marked import marked, read_marks

from phantom.augmenters.base import Passages
from phantom.augmenters.cutoff import cutoff, may_relate
from phantom.augmenters.segment_mix import segment_mix
from phantom.packs.pack import load_pack
from phantom.records import Example

PACK = load_pack(PETS)
WARD = load_pack(MEDICINE)


def cut(*given: Example, seed: int = 0) -> list[Example]:
    passages = Passages(PACK, given, seed, list(given))
    return list(cutoff(passages, share=1.0, rate=0.5))


@given(
    st.lists(st.sampled_from(["a", "was", "5", "né", "⟦cat⟧"]), min_size=1, max_size=9),
    st.integers(0, 9),
)
def test_words_outside_of_mentions_go(words: list[str], seed: int) -> None:
    """Every second mention would be FOOD and may be related: of one label only."""
    before = marked(" ".join(words) + ".")
    before = before.model_copy(
        update={
            "entities": tuple(
                e.model_copy(update={"label": "ANIMAL"}) for e in before.entities
            )
        }
    )
    for after in cut(before, seed=seed):
        assert [e.text for e in after.entities] == read_marks(after.text)
        assert len(after.entities) == len(before.entities)
        rest = iter(before.text.split())
        assert all(word in rest for word in after.text.split())


def test_where_two_mentions_could_be_related_all_words_stay() -> None:
    pair = example("<ANIMAL id=1>Cats</ANIMAL> never eat <FOOD id=2>hay</FOOD> here.")
    assert may_relate(pair, PACK) and not cut(pair)
    two = example("<ANIMAL id=1>Cats</ANIMAL> chase all <ANIMAL id=2>mice</ANIMAL>.")
    assert not may_relate(two, PACK)
    assert len({after.text for seed in range(20) for after in cut(two, seed=seed)}) > 1


FIRST = example(
    "A <CHEMICAL id=1>drug</CHEMICAL> gave <DISEASE id=2>gout</DISEASE>. Then "
    "<DISEASE id=3>fever</DISEASE> came. It was mild.",
    *((1, "INDUCES", 2), (1, "INDUCES", 3)),
    id="a",
)
SECOND = example(
    "Ten men were seen. None had <DISEASE id=1>asthma</DISEASE>. "
    "<CHEMICAL id=2>Zinc</CHEMICAL> relieved <DISEASE id=3>pain</DISEASE>.",
    (2, "TREATS", 3),
    id="b",
    origin="public",
    sources=("news",),
    weight=0.5,
)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000))
def test_each_part_states_what_it_stated(seed: int) -> None:
    passages = Passages(WARD, [], seed, [FIRST, SECOND])
    made = {x.id: x for x in segment_mix(passages, share=1.0)}
    assert made == {x.id: x for x in segment_mix(passages, share=1.0)}
    mixed = made["a^segment_mix"]
    head, tail = (
        next(x for x in cuts if mixed.text.startswith(x) or mixed.text.endswith(x))
        for cuts in (
            (FIRST.text[:33], FIRST.text[:17]),
            (SECOND.text[19:], SECOND.text[39:]),
        )
    )
    assert mixed.text.startswith("A drug gave gout.") and mixed.text.endswith("pain.")
    assert len(head) + 1 + len(tail) <= len(mixed.text)
    names = [e.text for e in mixed.entities]
    stated = {(names[r.head], r.label, names[r.tail]) for r in mixed.relations}
    assert ("drug", "INDUCES", "gout") in stated and (
        "Zinc",
        "TREATS",
        "pain",
    ) in stated
    assert (("drug", "INDUCES", "fever") in stated) == ("fever" in names)
    assert mixed.derived_from == ("a", "b") and mixed.weight == 0.5
    assert (mixed.origin, mixed.sources) == ("public", ("news",))


def test_one_sentence_and_shared_names_are_not_mixed() -> None:
    for other in (
        example("One sentence alone.", id="c"),
        example("It went. He had <DISEASE id=1>gout</DISEASE>.", id="c"),
    ):
        passages = Passages(WARD, [], 0, [FIRST, other])
        ids = [x.id for x in segment_mix(passages, share=1.0)]
        assert ids in ([], ["c^segment_mix"])
