"""Slices of items that are wrong in a known way."""

from phantom.evaluation.diagnosis.records import Item, Mistake, Slice
from phantom.evaluation.diagnosis.slices import MOST, OTHERS, make_slices


def test_wrong_spurious_and_taught_ones_by_value() -> None:
    short, plain = {"form": "short"}, {"form": "plain"}
    mistakes = [
        Mistake(family="mentions", type="missed", example=0, gold="A", facets=short),
        Mistake(family="mentions", type="label", example=0, gold="B", facets=plain),
        Mistake(
            family="mentions", type="spurious", example=1, predicted="A", facets=short
        ),
    ]
    items = [
        Item("mentions", short, "A", (0,)),
        Item("mentions", short, "A"),
        Item("mentions", plain, "B", (1,)),
        Item("passages", {"mentions": "some"}, "", (2,)),
    ]
    taught = [Item("mentions", plain, "A")] * 3
    made = [
        tuple(x.model_dump().values()) for x in make_slices(items, taught, mistakes)
    ]
    assert made == [
        ("mentions", "label", "A", 1, 2, 3, {"missed": 1, "spurious": 1}),
        ("mentions", "label", "B", 1, 1, 0, {"label": 1}),
        ("mentions", "form", "short", 1, 2, 0, {"missed": 1, "spurious": 1}),
        ("mentions", "form", "plain", 1, 1, 3, {"label": 1}),
    ]


def test_rare_values_are_added_up() -> None:
    count = MOST + 3
    words = [{"cue": f"word {i:02}"} for i in range(count)]
    mistakes = [
        Mistake(family="relations", type="missed", example=0, gold="R", facets=facets)
        for facets in words
    ]
    items = [Item("relations", facets, "", (i,)) for i, facets in enumerate(words)]
    found = make_slices(items, [], mistakes)
    assert len(found) == MOST + 1 and found[0].value == "word 00"
    assert found[-1] == Slice(
        family="relations",
        facet="cue",
        value=OTHERS,
        errors=3,
        of=3,
        types={"missed": 3},
    )
