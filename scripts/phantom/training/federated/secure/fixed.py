"""Updates as whole numbers modulo 2^64, whose sums are exact, and averages of sums."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy

from phantom.corpora.origins import OriginCounts
from phantom.training.federated import averaging
from phantom.training.federated.averaging import Refused, Rows
from phantom.training.federated.messages import Arrays, Settings
from phantom.training.federated.secure import rules

# 63 bits: a weight's change below 2^5 in steps of 2^-30, by up to 2^28 examples.
STEPS = 2.0**30
REACH = 2.0**5
MOST = 2**28
_COUNTS = ("examples", "synthetic", "public", "private", "unknown", "varied")


@dataclass(frozen=True)
class Sum:
    """What the sites of a sum have together.

    arrays (Arrays): Changes of weights, each by its site's weight, in float64.
    weight (int): Of all sites. by_label (Dict[str, int]): Of those that mark it.
    origins (OriginCounts): Of their examples; 0 where those are private.
    """

    arrays: Arrays
    weight: int
    by_label: Mapping[str, int]
    origins: OriginCounts


def length(arrays: Arrays, labels: Collection[str]) -> int:
    """Numbers in a vector. labels (Collection[str]): All that were agreed upon."""
    return sum(x.size for x in arrays.values()) + 1 + len(labels) + len(_COUNTS)


def encode(
    change: Arrays,
    own: frozenset[str],
    labels: Sequence[str],
    rows: Rows,
    counts: OriginCounts,
    settings: Settings,
) -> numpy.ndarray:
    """A site's update times its weight, and its counts, as one vector.

    The weight is the number of its examples; with noise 1, and the update is clipped
    here, as nobody else can. Rounding is towards 0, so that no norm grows.

    own (FrozenSet[str]): Labels that the site marks; outputs of others are left out.
    labels (Sequence[str]): All that were agreed upon.
    rows (Rows): As `output_rows` gives them.
    RETURNS (ndarray): Of uint64, see `length`.
    RAISES: Refused if a number is none, or beyond what fixed point holds.
    """
    averaging.check(change, change)
    kept = averaging.keep_marked(change, own, rows)
    private = settings.clip is not None
    if settings.clip is not None:
        kept = averaging.clip_to(kept, settings.clip)
    weight = 1 if private else max(1, counts.examples)
    if weight > MOST // rules.MOST:
        raise Refused(f"{weight} examples: over {MOST // rules.MOST}")
    parts = []
    for name in sorted(kept):
        if (numpy.abs(kept[name]) >= REACH).any():
            raise Refused(f"array {name}: changed by {REACH:g} or more")
        whole = numpy.trunc(kept[name].astype("float64") * STEPS).astype("int64")
        parts.append(whole.ravel() * weight)
    marks = [weight * (label in own) for label in labels]
    told = [0 if private else getattr(counts, key) for key in _COUNTS]
    parts.append(numpy.asarray([weight, *marks, *told], dtype="int64"))
    return numpy.concatenate(parts).view("uint64")


def read_sum(
    vector: numpy.ndarray,
    current: Arrays,
    labels: Sequence[str],
    sites: int,
    settings: Settings,
) -> Sum:
    """What a sum of vectors says, when all masks are off.

    vector (ndarray): Of uint64. current (Arrays): The weights, for their shapes.
    sites (int): In the sum.
    RAISES: Refused if it is no sum of updates: masks that are still on make numbers
        that no updates have.
    """
    numbers = vector.view("int64")
    tail = 1 + len(labels) + len(_COUNTS)
    if len(numbers) != length(current, labels):
        raise Refused(f"{len(numbers)} numbers, {length(current, labels)} expected")
    weight, *told = (int(x) for x in numbers[-tail:])
    marks = dict(zip(labels, told, strict=False))
    counts = dict(zip(_COUNTS, told[len(labels) :], strict=True))
    private = settings.clip is not None
    arrays, start = {}, 0
    for name in sorted(current):
        shape, size = current[name].shape, current[name].size
        part = numbers[start : start + size] / STEPS
        arrays[name], start = part.reshape(shape), start + size
    fits = sites <= weight <= (sites if private else MOST)
    fits = fits and all(0 <= x <= weight for x in (*marks.values(), *counts.values()))
    fits = fits and all((numpy.abs(x) <= REACH * weight).all() for x in arrays.values())
    if fits and settings.clip is not None:
        fits = averaging.norm(arrays) <= settings.clip * sites * (1 + 1e-6)
    if not fits:
        raise Refused(
            "the sum is not that of updates: a site sent something else, or showed a "
            "wrong share, and masks hide which"
        )
    return Sum(arrays, weight, marks, OriginCounts.model_validate(counts))


def mean(total: Sum, rows: Rows) -> Arrays:
    """As `average` of the updates themselves, to within 2^-30."""
    means = {}
    for name, array in total.arrays.items():
        share = numpy.full((1,) * array.ndim, float(total.weight))
        if name in rows:
            axis, names = rows[name]
            parts = [total.by_label.get(x, 0) if x else total.weight for x in names]
            shape = [-1 if i == axis else 1 for i in range(array.ndim)]
            share = numpy.asarray(parts, dtype="float64").reshape(shape)
        means[name] = (array / numpy.maximum(share, 1)).astype("float32")
    return means
