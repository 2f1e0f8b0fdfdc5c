"""How many are enough, and what a sum is bound to."""

import numpy
import pytest

from phantom.training.federated.messages import Settings
from phantom.training.federated.secure.rules import (
    check_labels,
    check_least,
    context_of,
    federation_of,
    may_follow,
    threshold,
)

START = {"w": numpy.zeros(2, dtype="f"), "v": numpy.ones(1, dtype="f")}


@pytest.mark.parametrize(
    ("secure", "sites"), [(1, 5), (2, 5), (3, 2), (4, 3), (3, 257)]
)
def test_sums_that_say_too_much_are_refused(secure: int, sites: int) -> None:
    with pytest.raises(ValueError, match="in a sum of two each site could tell"):
        check_least(secure, sites)


def test_other_numbers_do() -> None:
    for secure, sites in ((0, 1), (3, 3), (5, 256)):
        check_least(secure, sites)


def test_outputs_of_a_few_sites_are_refused_by_the_name_of_their_label() -> None:
    check_labels([{"A"}, {"A", "B"}, {"A", "B"}, {"B"}], 3)
    check_labels([], 3)
    with pytest.raises(ValueError, match=r"fewer than 3 .*: B \(2\), C \(1\);"):
        check_labels([{"A"}, {"A", "B"}, {"A", "B", "C"}], 3)


def test_two_sums_never_have_shares_enough_of_sites_that_show_once() -> None:
    for sites in range(3, 257):
        assert sites >= threshold(sites) > sites * 2 / 3
        # With a third of them against the rest, each honest site showing one kind.
        helpers = (sites - 1) // 3
        assert 2 * threshold(sites) > sites + helpers


def test_a_context_is_that_of_one_round_of_one_federation_and_its_weights() -> None:
    federation = federation_of(Settings(secure=3), "l")
    others = {
        context_of(federation, 1, START),
        context_of(federation, 0, {**START, "v": numpy.zeros(1, dtype="f")}),
        context_of(federation, 0, {"w": START["w"]}),
        context_of(federation_of(Settings(secure=4), "l"), 0, START),
        context_of(federation_of(Settings(secure=3), "other"), 0, START),
    }
    first = context_of(federation, 0, START)
    assert len(others) == 5 and first not in others
    assert first == context_of(federation, 0, dict(reversed(START.items())))


def test_a_try_needs_two_thirds_of_those_before() -> None:
    ten = "abcdefghij"
    assert may_follow("abc", []) and may_follow("abcdefg", [ten])
    # Three to whom nothing was shown are not to have a sum of their own.
    assert not may_follow("abc", [ten])
    assert not may_follow("abcdefxyz", [ten])
    assert not may_follow("abcdefg", [ten, "cdefghij"])
    assert may_follow("abc", ["abc"]) and not may_follow("abd", ["abc"])
