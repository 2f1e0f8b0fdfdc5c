"""Weaknesses of items that are wrong in a known way."""

import pytest

from phantom.evaluation.diagnosis.cells import find_weaknesses
from phantom.evaluation.diagnosis.records import Item, Mistake


@pytest.mark.parametrize(("taught", "named"), [(25, []), (0, [("form", "x", 1.0)])])
def test_what_is_scarce_is_no_weakness_unless_it_goes_wrong(
    taught: int, named: list[tuple[str, str, float]]
) -> None:
    """Half of the items are of a form of which training has a fifth or none; 3 of 20
    are wrong, as of the others."""
    scarce = [Item("mentions", {"form": "x"}, "L", (i,)) for i in range(3)]
    scarce += [Item("mentions", {"form": "x"}, "L") for _ in range(17)]
    known = [Item("mentions", {"form": "y"}, "L", (3 + i,)) for i in range(3)]
    known += [Item("mentions", {"form": "y"}, "L") for _ in range(17)]
    mistakes = [Mistake(family="mentions", type="missed", example=0, gold="L")] * 6
    training = [*known * 5, *scarce[:1] * taught]
    found = find_weaknesses([*scarce, *known], training, mistakes)
    assert [(w.facet, w.value, w.lack) for w in found] == named


def test_a_weakness_leaves_out_what_one_before_accounts_for() -> None:
    bad = [Item("mentions", {"a": "x", "b": "y"}, "L", (i,)) for i in range(10)]
    good = [Item("mentions", {"a": "u", "b": "y"}, "L") for _ in range(10)]
    good += [Item("mentions", {"a": "u", "b": "v"}, "L") for _ in range(60)]
    mistakes = [Mistake(family="mentions", type="missed", example=0, gold="L")] * 10
    (only,) = find_weaknesses([*bad, *good], [], mistakes)
    assert (only.facet, only.value, only.errors, only.of) == ("a", "x", 10, 10)
    assert only.excess == 10 and only.elsewhere == 0


@pytest.mark.parametrize(
    ("also", "named", "errors"),
    # Of 20 plain names of one word, 3 wrong are 1.5 standard errors above 3 of 60; 10
    # are 4.7.
    [(3, "form: short", 20), (10, "length: 1 word", 30)],
)
def test_what_a_narrower_cell_accounts_for_is_named_by_it(
    also: int, named: str, errors: int
) -> None:
    def mention(form: str, length: str, *wrong: int) -> Item:
        return Item("mentions", {"length": length, "form": form}, "L", wrong)

    items = [mention("short", "1 word", i) for i in range(20)]
    items += [mention("plain", "1 word", 20 + i) for i in range(also)]
    items += [mention("plain", "1 word") for _ in range(20 - also)]
    items += [mention("plain", "2 words", 30 + i) for i in range(3)]
    items += [mention("plain", "2 words") for _ in range(57)]
    mistakes = [Mistake(family="mentions", type="missed", example=0, gold="L")] * 33
    first = find_weaknesses(items, items, mistakes)[0]
    assert f"{first.facet}: {first.value}" == named and first.errors == errors


def test_what_training_lacks_comes_before_what_is_but_unseen() -> None:
    def mention(form: str, surface: str, *wrong: int) -> Item:
        return Item("mentions", {"form": form, "surface": surface}, "L", wrong)

    items = [mention("short", "unseen", i) for i in range(20)]
    items += [mention("plain", "unseen", 20 + i) for i in range(10)]
    items += [mention("plain", "unseen") for _ in range(10)]
    items += [mention("plain", "seen") for _ in range(60)]
    training = [mention("plain", "seen") for _ in range(100)]
    mistakes = [Mistake(family="mentions", type="missed", example=0, gold="L")] * 30
    first, second = find_weaknesses(items, training, mistakes)
    assert (first.facet, first.value, first.lack) == ("form", "short", 1)
    # Elsewhere 10 of 80 are wrong: an excess of 20 less 2.5, and all 20 for the lack.
    assert (first.errors, first.excess, first.worth) == (20, 17.5, 37.5)
    # No item counts twice; what training text has counts for half: (10 - 0) / 2.
    assert (second.facet, second.errors, second.of) == ("surface", 10, 20)
    assert second.worth == 5


def test_a_predicted_label_is_no_lack_of_training() -> None:
    """Pairs that nothing relates have no label, in training as in gold."""
    wrong = [Item("pairs", {"ends": "A to B"}, "L", (i,)) for i in range(10)]
    right = [Item("pairs", {"ends": "A to B"}, "") for _ in range(40)]
    training = [Item("pairs", {"ends": "A to B"}, "") for _ in range(100)]
    mistakes = [Mistake(family="relations", type="spurious", example=0)] * 10
    found = find_weaknesses([*wrong, *right], training, mistakes)
    assert [(w.label, w.lack) for w in found] == [("L", 0)]
