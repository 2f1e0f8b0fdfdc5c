"""Whether a score of a group is worse than elsewhere: intervals and shuffled groups."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from phantom.evaluation.audit.measures import Measure
from phantom.evaluation.audit.membership import Dimension
from phantom.evaluation.audit.records import ALL, Cell, Spread
from phantom.evaluation.compare import correct_holm
from phantom.evaluation.metrics import Bootstrap, Floats

LEVEL = 0.05
# Shuffles made at once.
_BATCH = 50


class Sizes(NamedTuple):
    """Below which a group says nothing. documents, support (int): See `Cell`."""

    documents: int = 10
    support: int = 20


class Compared(NamedTuple):
    """The cells of one dimension, with p-values corrected within it alone."""

    cells: list[Cell]
    spreads: list[Spread]


def compare_groups(
    dimensions: Sequence[Dimension],
    measures: Sequence[Measure],
    sizes: Sizes = Sizes(),  # noqa: B008
    resamples: int = 1000,
    shuffles: int = 2000,
    seed: int = 0,
) -> Compared:
    """Every score of every group beside the rest of its dimension.

    Within a dimension, a p-value is the share of shuffles of the groups over the
    documents in which the largest deviation of any cell, in null standard errors and
    to the worse side, reaches that of the cell. Holm's method corrects over dimensions.

    Source: Westfall and Young 1993, Resampling-Based Multiple Testing, ch. 2; Holm
        1979, Scand J Stat 6:65-70.
    """
    parts = [
        _compare(dimension, measures, sizes, resamples, shuffles, seed)
        for dimension in dimensions
    ]
    least = [min((c.p for c in x.cells if c.p is not None), default=1.0) for x in parts]
    holm = correct_holm(least)
    cells: list[Cell] = []
    for part, raw, corrected in zip(parts, least, holm, strict=True):
        cells += (_correct(cell, corrected / raw) for cell in part.cells)
    return Compared(cells, [spread for part in parts for spread in part.spreads])


def _correct(cell: Cell, factor: float) -> Cell:
    if cell.p is None or cell.low is None or cell.high is None:
        return cell
    p = min(1.0, cell.p * factor)
    alarm = p < LEVEL and not cell.low <= 0 <= cell.high
    return cell.model_copy(update={"p": round(p, 4), "alarm": alarm})


def _compare(
    dimension: Dimension,
    measures: Sequence[Measure],
    sizes: Sizes,
    resamples: int,
    shuffles: int,
    seed: int,
) -> Compared:
    # Documents that name no group of the dimension are of another kind; they stay out.
    rows = dimension.member.any(axis=1)
    member = dimension.member[rows].astype(np.float64)
    above = np.stack([m.above[rows] for m in measures], axis=1)
    below = np.stack([m.below[rows] for m in measures], axis=1)
    signs = np.array([m.worse for m in measures], dtype=float)
    total = np.stack([above.sum(axis=0), below.sum(axis=0)])
    inside = np.stack([member.T @ above, member.T @ below])
    support, documents = inside[1], member.sum(axis=0)
    size = min(sizes.documents, sizes.support)
    fits = (
        (support >= sizes.support)
        & (total[1] - support >= sizes.support)
        & (documents[:, None] >= sizes.documents)
        & (len(member) - documents[:, None] >= size)
    )
    value, rest = _divide(*inside), _divide(*(total[:, None] - inside))
    boot = Bootstrap(range(len(member)), resamples, seed)
    drawn = _resample(boot, member, above, below)
    moved = drawn[0] - drawn[1]
    low, high = _percentiles(moved)
    fits &= np.isfinite(low) & np.isfinite(high)
    p = _shuffle(member, above, below, signs, fits, shuffles, seed)
    cells = []
    for g, c in np.ndindex(*support.shape):
        measure = measures[c]
        cell = Cell(
            dimension=dimension.name,
            group=dimension.groups[g],
            task=measure.task,
            metric=measure.metric,
            label=measure.label,
            documents=int(documents[g]),
            support=int(support[g, c]),
        )
        if fits[g, c]:
            scores = {"value": value, "rest": rest, "gap": value - rest}
            scores |= {"low": low, "high": high}
            told = {name: round(float(x[g, c]), 4) for name, x in scores.items()}
            cell = cell.model_copy(update={**told, "p": float(p[g, c])})
        cells.append(cell)
    chance = _spread_by_chance(member, above, below, fits, shuffles, seed)
    spreads = _spread(dimension, measures, value, drawn[0], fits, signs, chance)
    return Compared(cells, list(spreads))


def _divide(above: Floats, below: Floats) -> Floats:
    """NaN for 0/0: a group without cases has no score."""
    return np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0)


def _resample(
    boot: Bootstrap, member: Floats, above: Floats, below: Floats
) -> tuple[Floats, Floats]:
    """Scores inside and outside of each group, shape (resamples, groups, measures)."""
    inside, outside = [], []
    for part in (above, below):
        sums = boot.sums(member[:, :, None] * part[:, None, :])
        inside.append(sums)
        outside.append(boot.sums(part)[:, None, :] - sums)
    return _divide(*inside), _divide(*outside)


def _percentiles(samples: Floats) -> tuple[Floats, Floats]:
    """The middle 95%; NaN where a resample has no score."""
    low, high = np.percentile(samples, [2.5, 97.5], axis=0)
    return low, high


def _shuffle(
    member: Floats,
    above: Floats,
    below: Floats,
    signs: Floats,
    fits: np.ndarray,
    shuffles: int,
    seed: int,
) -> Floats:
    """One-sided p-values of each cell, by the largest deviation of all of them."""
    pooled = _divide(above.sum(axis=0), below.sum(axis=0))
    errors = np.nan_to_num(above - pooled * below) * signs
    n, m = len(member), member.sum(axis=0)
    spread = np.sqrt(np.outer(m * (n - m) / max(n - 1, 1), (errors**2).mean(axis=0)))
    with np.errstate(divide="ignore", invalid="ignore"):
        usable = fits & (spread > 0)
        seen = np.where(usable, member.T @ errors / spread, -np.inf)
        rng = np.random.default_rng(seed)
        largest = np.empty(0)
        while len(largest) < shuffles:
            order = rng.permuted(np.tile(np.arange(n), (_BATCH, 1)), axis=1)
            # Groups over the documents, shape (batch, groups, documents).
            moved = member.T[:, order].swapaxes(0, 1) @ errors / spread
            most = np.max(moved, axis=(1, 2), where=usable, initial=-np.inf)
            largest = np.concatenate([largest, most])[:shuffles]
    reached = (largest >= seen[..., None] - 1e-9).sum(axis=-1)
    return np.asarray((1 + reached) / (1 + shuffles))


def _spread_by_chance(
    member: Floats,
    above: Floats,
    below: Floats,
    fits: np.ndarray,
    shuffles: int,
    seed: int,
) -> Floats:
    """What the largest difference stays below in 95% of shuffles, by measure."""
    rng = np.random.default_rng(seed + 1)
    widest = np.zeros((min(shuffles, 500), above.shape[1]))
    for row in widest:
        order = rng.permutation(len(member))
        scores = _divide(member.T @ above[order], member.T @ below[order])
        row[:] = _widest(np.where(fits, scores, np.nan))
    return np.asarray(np.nanpercentile(widest, 95, axis=0))


def _widest(scores: Floats) -> Floats:
    """From lowest to highest of groups, the second last axis; 0 for fewer than two."""
    known = np.isfinite(scores)
    high = np.max(scores, axis=-2, where=known, initial=-np.inf)
    low = np.min(scores, axis=-2, where=known, initial=np.inf)
    return np.maximum(high - low, 0.0)


def _spread(
    dimension: Dimension,
    measures: Sequence[Measure],
    value: Floats,
    drawn: Floats,
    fits: np.ndarray,
    signs: Floats,
    chance: Floats,
) -> Iterator[Spread]:
    for c, measure in enumerate(measures):
        groups = np.flatnonzero(fits[:, c])
        alone = measure.label != ALL and any(
            m.label == ALL and m.task == measure.task for m in measures
        )
        if len(groups) < 2 or alone:
            continue
        order = groups[np.argsort(value[groups, c] * signs[c])]
        widest = _widest(drawn[:, groups, c][:, :, None])[:, 0]
        low, high = np.percentile(widest, [2.5, 97.5])
        yield Spread(
            dimension=dimension.name,
            task=measure.task,
            metric=measure.metric,
            worst=dimension.groups[order[-1]],
            best=dimension.groups[order[0]],
            gap=round(float(abs(value[order[-1], c] - value[order[0], c])), 4),
            low=round(float(low), 4),
            high=round(float(high), 4),
            by_chance=round(float(chance[c]), 4),
        )
