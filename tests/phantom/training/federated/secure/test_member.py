"""Masked sums without a network: they are exact, and what a site refuses."""

from pathlib import Path

import numpy
import pytest
from scipy import stats
from tests.builders.masking import (
    CONTEXT,
    NAMES,
    Circle,
    Gone,
    identities,
    random_vectors,
)

from phantom.training.federated.averaging import Refused
from phantom.training.federated.secure import masks, shares
from phantom.training.federated.secure.identity import Identity
from phantom.training.federated.secure.rules import (
    threshold,
)
from phantom.training.federated.secure.said import Part


@pytest.mark.parametrize(
    "gone",
    [
        Gone(),
        Gone(keys=["s0"]),
        Gone(shares=["s1"]),
        Gone(masked=["s2"]),
        Gone(signed=["s3"]),
        Gone(shown=["s4"]),
        Gone(masked=["s0"], shown=[]),
        Gone(keys=["s5"], masked=["s0"]),
    ],
    ids=str,
)
def test_the_sum_is_exact_whoever_falls_silent(
    known: dict[str, Identity], gone: Gone
) -> None:
    circle = Circle(known, random_vectors())
    assert (circle.run(gone) == circle.expected()).all()
    away = {*gone.keys, *gone.shares, *gone.masked}
    assert circle.masked.keys() == {*NAMES} - away


def test_many_sites_and_a_third_of_them_gone(tmp_path: Path) -> None:
    names = [f"site-{i:02}" for i in range(15)]
    circle = Circle(identities(tmp_path, names), random_vectors(names, 200))
    gone = Gone(masked=names[:2], signed=names[4:5], shown=names[7:8])
    assert (circle.run(gone) == circle.expected()).all()
    assert circle.needed == 11 and len(circle.masked) == 13


def test_with_fewer_shares_than_the_threshold_there_is_no_sum(
    known: dict[str, Identity],
) -> None:
    circle = Circle(known, random_vectors())
    with pytest.raises(Refused, match="4 shares of a seed, 5 needed"):
        circle.run(Gone(shown=["s0", "s1"]))


def test_a_masked_update_looks_like_any_other_numbers(
    known: dict[str, Identity],
) -> None:
    # Of all the same numbers, which nothing hides but masks.
    vectors = {name: numpy.full(50_000, 7, dtype="uint64") for name in NAMES}
    circle = Circle(known, vectors)
    circle.share(Gone())
    circle.mask(Gone())
    for name in NAMES[:2]:
        masked = circle.masked[name]
        for shift in (0, 24, 56):
            byte = (masked >> numpy.uint64(shift)) & numpy.uint64(255)
            counts = numpy.bincount(byte.astype(int), minlength=256)
            assert stats.chisquare(counts).pvalue > 1e-4
        assert len(numpy.unique(masked)) == len(masked)
    # Masks of another try are others.
    again = Circle(known, vectors)
    again.share(Gone())
    again.mask(Gone())
    assert not (again.masked["s0"] == circle.masked["s0"]).any()


def test_all_but_one_site_learn_no_more_than_its_update_by_the_sum(
    known: dict[str, Identity],
) -> None:
    # What the coordinator holds before shares are shown, masks in pairs of which two
    # colluding sites know theirs, is still no sum of anything.
    circle = Circle(known, random_vectors())
    circle.share(Gone())
    circle.mask(Gone())
    left = circle.masked["s0"].copy()
    for other in ("s1", "s2"):
        member = circle.members[other]
        pair = (member._masks, other, "s0", circle.roster["s0"].masks, CONTEXT)
        masks.add_pair(left, *pair)
    assert not (left == circle.vectors["s0"]).any()
    held = [circle.members[x].held["s0"][0] for x in ("s1", "s2", "s3", "s4")]
    with pytest.raises(ValueError, match="5 needed"):
        shares.combine(dict(zip(NAMES[1:], held, strict=False)), circle.needed, NAMES)
    # Interpolated all the same, four shares of a seed that takes five give another.
    wrong = shares.combine(dict(zip(NAMES[1:5], held, strict=True)), 4, NAMES)
    assert wrong != circle.members["s0"]._own


def test_shares_give_the_seed_by_any_that_are_enough() -> None:
    seed = masks.new_seed()
    parts = shares.split(seed, 4, NAMES)
    for left in (NAMES[:4], NAMES[2:], ("s5", "s0", "s3", "s1")):
        assert shares.combine({x: parts[x] for x in left}, 4, NAMES) == seed


def test_the_coordinator_relays_what_it_cannot_read(
    known: dict[str, Identity],
) -> None:
    circle = Circle(known, random_vectors())
    circle.share(Gone())
    text = circle.sealed["s0"]["s1"]
    own, pairs = circle.members["s0"]._own, circle.members["s0"]._pairs
    assert own.hex() not in text and pairs.hex() not in text
    changed = f"{int(text[0], 16) ^ 1:x}{text[1:]}"
    for wrong, why in ((changed, "changed on the way"), ("", "changed on the way")):
        sent = {x: to["s1"] for x, to in circle.sealed.items() if x != "s1"}
        with pytest.raises(ValueError, match=f"shares of s0 for s1 .*{why}"):
            circle.members["s1"].mask({**sent, "s0": wrong})
    # Those for another site.
    with pytest.raises(ValueError, match="sealed for another key"):
        circle.members["s1"].mask({**sent, "s0": circle.sealed["s0"]["s2"]})


@pytest.fixture
def masked(known: dict[str, Identity]) -> Circle:
    circle = Circle(known, random_vectors(), least=4)
    circle.share(Gone())
    circle.mask(Gone(masked=["s5"]))
    return circle


def test_both_kinds_of_shares_of_a_site_are_shown_to_nobody(masked: Circle) -> None:
    site = masked.members["s0"]
    with pytest.raises(ValueError, match="both kinds of shares of s5.*shows neither"):
        site.sign(NAMES, ["s5"])
    with pytest.raises(ValueError, match="not those that this site has shares of"):
        site.sign(NAMES[:5], [])
    with pytest.raises(ValueError, match="it is not among them itself"):
        site.sign(NAMES[1:], ["s0"])
    site.sign(NAMES[:5], ["s5"])
    with pytest.raises(ValueError, match="a second sum of the same updates"):
        site.sign(NAMES, [])
    with pytest.raises(ValueError, match="0 sites signed who is in the sum, 5 needed"):
        site.show({})


def test_sites_that_are_told_different_things_show_nothing(masked: Circle) -> None:
    signed = {x: masked.members[x].sign(NAMES[:5], ["s5"]) for x in NAMES[:4]}
    # One was told that all are in the sum.
    signed["s4"] = masked.members["s4"].sign(NAMES, [])
    with pytest.raises(ValueError, match="s4: keys or signature are not its own"):
        masked.members["s0"].show(signed)
    with pytest.raises(ValueError, match="4 sites signed"):
        masked.members["s0"].show({x: signed[x] for x in NAMES[:4]})


def test_a_sum_of_few_is_refused(known: dict[str, Identity]) -> None:
    few = Circle(known, random_vectors(NAMES[:2]))
    with pytest.raises(ValueError, match="2 sites take part, 3 needed"):
        few.share(Gone())
    wary = Circle(known, random_vectors(NAMES[:4]), least=4)
    wary.share(Gone())
    with pytest.raises(ValueError, match="3 sites shared seeds, 4 needed"):
        wary.sealed.pop("s3")
        wary.mask(Gone(masked=["s3"]))
    assert [threshold(n) for n in (3, 4, 5, 6, 9, 10)] == [3, 3, 4, 5, 7, 7]


def test_no_site_signs_a_sum_in_which_a_label_is_of_a_few(
    known: dict[str, Identity],
) -> None:
    labels = {"s0": ["A"], "s1": ["A"], "s2": ["A"]}
    circle = Circle(known, random_vectors(), labels=labels)
    circle.share(Gone())
    circle.mask(Gone(masked=["s2"]))
    left = [name for name in NAMES if name != "s2"]
    # Neither of those that mark it, nor those who could lay them open.
    for name in ("s0", "s5"):
        with pytest.raises(ValueError, match=r"fewer than 3 sites .*: A \(2\)"):
            circle.members[name].sign(left, ["s2"])
    few = Circle(known, random_vectors(), labels={"s4": ["A"]})
    with pytest.raises(ValueError, match=r"A \(1\)"):
        few.share(Gone())


def test_a_wrong_share_of_a_key_is_seen(masked: Circle) -> None:
    masked.finish(Gone())
    part = masked.shown["s0"]
    wrong = Part.model_validate({**part.model_dump(), "pairs": {"s5": "00" * 16}})
    masked.shown["s0"] = wrong
    with pytest.raises(Refused, match="shares of s5 do not give its key"):
        masked.unmask()
