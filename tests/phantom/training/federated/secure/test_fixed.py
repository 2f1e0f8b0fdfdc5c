"""Sums of whole numbers give the averages of updates, to within 2^-30."""

import numpy
import pytest

from phantom.corpora.origins import OriginCounts
from phantom.training.federated import averaging
from phantom.training.federated.averaging import Noise, Refused, Sent
from phantom.training.federated.messages import Arrays, Settings
from phantom.training.federated.secure import fixed

LABELS = ("A", "B", "R")
ROWS = {"out": (0, ["", "A", "B"]), "deep": (1, ["A", "B"])}
OWN = {
    "one": frozenset({"A", "B", "R"}),
    "two": frozenset({"A"}),
    "three": frozenset({"A", "R"}),
}
SIZES = {"one": 5, "two": 120_000, "three": 77}
PLAIN = Settings(secure=3)
PRIVATE = Settings(secure=3, clip=0.5)


def change(seed: int) -> Arrays:
    rng = numpy.random.default_rng(seed)
    shapes = {"out": (3,), "deep": (4, 2), "inner": (30, 7)}
    return {x: rng.normal(0, 0.1, shape).astype("f") for x, shape in shapes.items()}


CHANGES = {site: change(i) for i, site in enumerate(OWN)}


def encode(
    site: str, settings: Settings, update: Arrays | None = None
) -> numpy.ndarray:
    counts = OriginCounts(examples=SIZES[site], private=SIZES[site])
    found = update or CHANGES[site]
    return fixed.encode(found, OWN[site], LABELS, ROWS, counts, settings)


def total(settings: Settings, sites: tuple[str, ...] = tuple(OWN)) -> fixed.Sum:
    vectors = [encode(site, settings) for site in sites]
    added = numpy.sum(vectors, axis=0, dtype="uint64")
    return fixed.read_sum(added, CHANGES["one"], LABELS, len(sites), settings)


def test_the_mean_is_that_of_the_updates() -> None:
    found = fixed.mean(total(PLAIN), ROWS)
    sent = {x: Sent(CHANGES[x], SIZES[x], OWN[x]) for x in OWN}
    plain = averaging.average(sent, ROWS)
    for name, array in plain.items():
        # Rounding of float32 at the end comes on top.
        assert (
            numpy.abs(found[name] - array).max() <= 2**-30 + 2**-24 * abs(array).max()
        )
        assert found[name].dtype == numpy.float32 and found[name].shape == array.shape


def test_sums_of_numbers_come_with_it() -> None:
    found = total(PLAIN)
    assert found.weight == sum(SIZES.values())
    assert found.by_label == {"A": found.weight, "B": 5, "R": 82}
    assert found.origins == OriginCounts(examples=found.weight, private=found.weight)


def test_outputs_of_labels_that_no_site_marks_stay() -> None:
    found = fixed.mean(total(PLAIN, ("two", "three")), ROWS)
    assert found["out"][2] == 0 and not found["deep"][:, 1].any()
    assert found["out"][1] != 0


def test_with_noise_sites_clip_and_weigh_alike() -> None:
    for site in OWN:
        arrays = fixed.read_sum(
            encode(site, PRIVATE), CHANGES[site], LABELS, 1, PRIVATE
        ).arrays
        # Towards 0, so that no rounding takes it beyond the clip.
        assert 0.49 < averaging.norm(arrays) <= 0.5
    found = total(PRIVATE)
    assert found.weight == 3 and found.origins == OriginCounts()
    names = OWN
    sent = {x: Sent(CHANGES[x], 1, OWN[x]) for x in OWN}
    noise = Noise(0.5, 0.0)
    mean = averaging.noisy_mean(found.arrays, names, ROWS, noise)
    plain = averaging.average_privately(sent, names, ROWS, noise)
    assert all(numpy.abs(mean[x] - plain[x]).max() < 1e-7 for x in plain)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (numpy.nan, "array out: not a number, or infinite"),
        (numpy.inf, "not a number, or infinite"),
        (-40.0, "array out: changed by 32 or more"),
    ],
)
def test_what_fixed_point_does_not_hold_stays_at_the_site(
    value: float, why: str
) -> None:
    broken = {**CHANGES["one"], "out": numpy.asarray([0, value, 0], dtype="f")}
    with pytest.raises(Refused, match=why):
        encode("one", PLAIN, broken)


def test_a_site_with_too_many_examples_stays_out() -> None:
    counts = OriginCounts(examples=2**20 + 1)
    with pytest.raises(Refused, match="over 1048576"):
        fixed.encode(CHANGES["one"], OWN["one"], LABELS, ROWS, counts, PLAIN)


def test_the_largest_of_all_sums_is_no_smaller() -> None:
    most = {"w": numpy.full(2, 31.999, dtype="f")}
    counts = OriginCounts(examples=2**20)
    vector = fixed.encode(most, frozenset(), (), {}, counts, PLAIN)
    added = vector * numpy.uint64(256)
    found = fixed.mean(fixed.read_sum(added, most, (), 256, PLAIN), {})
    assert found["w"] == pytest.approx([31.999, 31.999])


def test_a_sum_with_masks_on_it_is_seen() -> None:
    noise = numpy.random.default_rng(1)
    vectors = [encode(site, PLAIN) for site in OWN]
    added = numpy.sum(vectors, axis=0, dtype="uint64")
    masked = added + noise.integers(0, 2**64, len(added), dtype="uint64")
    with pytest.raises(Refused, match="not that of updates.*masks hide which"):
        fixed.read_sum(masked, CHANGES["one"], LABELS, 3, PLAIN)
    with pytest.raises(Refused, match="230 numbers, 231 expected"):
        fixed.read_sum(added[1:], CHANGES["one"], LABELS, 3, PLAIN)
    # A site that did not clip.
    for site in ("one", "two"):
        vectors[0] = encode(site, PRIVATE.model_copy(update={"clip": 5.0}))
        with pytest.raises(Refused, match="not that of updates"):
            fixed.read_sum(vectors[0], CHANGES["one"], LABELS, 1, PRIVATE)
