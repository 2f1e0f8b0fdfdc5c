"""Averages of what sites send: checks, weights, labels that a site lacks, noise."""

import statistics
from collections.abc import Mapping
from dataclasses import dataclass

import numpy
import torch

from phantom.privacy.dp_sgd import secret_generator
from phantom.training.federated.messages import Arrays

Rows = Mapping[str, tuple[int, list[str]]]


class Refused(ValueError):
    """An update that has no part in the average; the message says why."""


@dataclass(frozen=True)
class Sent:
    """One site's update.

    arrays (Arrays): Weights after its steps less those before them.
    weight (float): Number of its examples, or 1 for each site.
    labels (FrozenSet[str]): That its text marks wherever they occur.
    """

    arrays: Arrays
    weight: float
    labels: frozenset[str]


def check(update: Arrays, current: Arrays) -> float:
    """See that an update fits the weights it is to be added to.

    RETURNS (float): Its norm, over all arrays.
    RAISES: Refused if arrays are missing or others, or a number is none.
    """
    if update.keys() != current.keys():
        other = sorted(update.keys() ^ current.keys())
        raise Refused(f"other arrays than the model's, such as {other[0]!r}")
    for name, array in update.items():
        if array.shape != current[name].shape:
            raise Refused(
                f"array {name}: shape {array.shape}, {current[name].shape} expected"
            )
        if not numpy.isfinite(array).all():
            raise Refused(f"array {name}: not a number, or infinite")
    return norm(update)


def norm(arrays: Arrays) -> float:
    """Euclidean norm over all arrays together."""
    return float(
        numpy.sqrt(sum(numpy.square(x, dtype="float64").sum() for x in arrays.values()))
    )


def find_outliers(norms: Mapping[str, float], factor: float) -> dict[str, str]:
    """Sites whose update is far longer than those of the others.

    norms (Mapping[str, float]): By site; of fewer than three, none can be told.
    factor (float): How many times the median of the others is too long.
    RETURNS (Dict[str, str]): Why, by site.
    """
    found = {}
    for site, length in norms.items():
        others = [x for other, x in norms.items() if other != site]
        if len(others) < 2:
            continue
        usual = statistics.median(others)
        if length > factor * usual:
            found[site] = (
                f"norm {length:.4g}, over {factor:g} times the others' {usual:.4g}"
            )
    return found


def average(sent: Mapping[str, Sent], rows: Rows) -> Arrays:
    """Mean of updates, each by its weight (McMahan et al. 2017, arXiv:1602.05629).

    Outputs of a label are averaged over the sites whose text marks it: at the others
    nothing but its absence was taught. Sums are made in the order of names, so that
    it does not matter who answered first.

    rows (Rows): As `output_rows` gives them.
    """
    ordered = [sent[site] for site in sorted(sent)]
    means = {}
    for name, first in ordered[0].arrays.items():
        total = numpy.zeros(first.shape)
        weight = numpy.zeros(first.shape)
        for each in ordered:
            share = each.weight * _share(name, first.shape, each.labels, rows)
            total += share * each.arrays[name]
            weight += share
        means[name] = (total / numpy.maximum(weight, 1e-12)).astype("float32")
    return means


@dataclass(frozen=True)
class Noise:
    """What goes on a sum of clipped updates.

    clip (float): Norm that each update is cut to.
    scale (float): Standard deviation over `clip`.
    """

    clip: float
    scale: float


def average_privately(
    sent: Mapping[str, Sent],
    roster: Mapping[str, frozenset[str]],
    rows: Rows,
    noise: Noise,
    generator: torch.Generator | None = None,
) -> Arrays:
    """DP-FedAvg: each update clipped, noise on their sum (arXiv:1710.06963).

    The number of examples, which is private too, has no part in it.

    sent (Mapping[str, Sent]): Some or all of the roster.
    roster (Mapping[str, FrozenSet[str]]): Labels by site, which are public.
    generator (Optional[Generator]): Of the noise; None for a secret one.
    """
    first = next(iter(sent.values())).arrays
    totals = {name: numpy.zeros(array.shape) for name, array in first.items()}
    for site in sorted(sent):
        kept = keep_marked(sent[site].arrays, sent[site].labels, rows)
        for name, array in clip_to(kept, noise.clip).items():
            totals[name] += array
    return noisy_mean(totals, roster, rows, noise, generator)


def noisy_mean(
    totals: Arrays,
    roster: Mapping[str, frozenset[str]],
    rows: Rows,
    noise: Noise,
    generator: torch.Generator | None = None,
) -> Arrays:
    """A sum of clipped updates with noise, over the sites of the roster.

    It is divided by those whether or not they answered, so that no site moves the sum
    by more than the clip.
    """
    generator = generator or secret_generator()
    means = {}
    for name in sorted(totals):
        total = totals[name]
        # Four draws for one, so that noise has no gaps (arXiv:2112.05307).
        draws = torch.randn(4, *total.shape, generator=generator, dtype=torch.float64)
        noised = total + noise.scale * noise.clip * (draws.sum(0) / 2).numpy()
        shares = (_share(name, total.shape, x, rows) for x in roster.values())
        sites = sum(shares, numpy.zeros(total.shape))
        means[name] = (noised / numpy.maximum(sites, 1)).astype("float32")
    return means


def keep_marked(arrays: Arrays, labels: frozenset[str], rows: Rows) -> Arrays:
    """An update with 0 in the outputs of labels that its site does not mark."""
    return {
        name: array * _share(name, array.shape, labels, rows)
        for name, array in arrays.items()
    }


def clip_to(arrays: Arrays, clip: float) -> Arrays:
    """An update no longer than `clip`, in float64."""
    scale = min(1.0, clip / max(norm(arrays), 1e-12))
    return {name: scale * array.astype("float64") for name, array in arrays.items()}


def add(current: Arrays, change: Arrays) -> Arrays:
    """Weights after an average change."""
    return {name: value + change[name] for name, value in current.items()}


def _share(
    name: str, shape: tuple[int, ...], labels: frozenset[str], rows: Rows
) -> numpy.ndarray:
    """1 where a site has a part in an array, 0 in outputs of labels it lacks."""
    if name not in rows:
        return numpy.ones((1,) * len(shape))
    axis, names = rows[name]
    part = numpy.asarray([float(not x or x in labels) for x in names])
    return part.reshape([-1 if i == axis else 1 for i in range(len(shape))])
