"""Parity between groups by fairlearn, over documents in which a label was found."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from phantom.evaluation.audit.gaps import Sizes
from phantom.evaluation.audit.measures import Outcomes
from phantom.evaluation.audit.membership import Dimension
from phantom.evaluation.audit.records import Parity
from phantom.evaluation.metrics import Bootstrap, Floats, divide

# Positive or negative documents below which a rate of a group says nothing. fairlearn
# 0.15 gives a group without positives the true positive rate 0.0, without a warning.
LEAST = 5


def measure_parity(
    dimensions: Sequence[Dimension],
    outcomes: Outcomes,
    sizes: Sizes = Sizes(),  # noqa: B008
    resamples: int = 1000,
    seed: int = 0,
) -> Iterator[Parity]:
    """Demographic parity, equal opportunity and equalized odds of each label.

    Documents of several groups of a dimension are left out, since each has one there.

    resamples (int): Of documents, for the intervals.
    RAISES: ValueError without the extra `audit`.
    """
    fairlearn = _import_fairlearn()
    for dimension in dimensions:
        alone = dimension.member.sum(axis=1) == 1
        member = dimension.member[alone]
        boot = Bootstrap(range(len(member)), resamples, seed)
        for (task, label), present in outcomes.present.items():
            rates, kept = _rates(
                fairlearn, present[alone].astype(int), member, sizes, boot
            )
            if len(kept) > 1:
                yield Parity(
                    dimension=dimension.name,
                    task=task,
                    label=label,
                    groups=tuple(dimension.groups[i] for i in kept),
                    **rates,
                )


def _rates(
    fairlearn: Any, present: Floats, member: np.ndarray, sizes: Sizes, boot: Bootstrap
) -> tuple[dict[str, Any], list[int]]:
    group = member.argmax(axis=1)
    counts, gold = member.sum(axis=0), member.T @ present[:, 0]
    kept = np.flatnonzero(counts >= sizes.documents)
    both = np.flatnonzero((gold >= LEAST) & (counts - gold >= LEAST))
    both = np.intersect1d(kept, both)
    found: dict[str, Any] = {}
    rows = np.isin(group, kept)
    found |= {"documents": int(rows.sum()), "positives": int(present[rows, 0].sum())}
    if len(kept) > 1:
        found["demographic_parity"] = _call(
            fairlearn.demographic_parity_difference, present[rows], group[rows]
        )
    rows = np.isin(group, both)
    if len(both) > 1:
        for name in ("equal_opportunity", "equalized_odds"):
            measure = getattr(fairlearn, f"{name}_difference")
            found[name] = _call(measure, present[rows], group[rows])
    drawn = _draw(present, member, kept, both, boot)
    # Where all or none is found in each group, no resample differs: that is no bound.
    found["intervals"] = {
        name: tuple(boot.interval(samples))
        for name, samples in drawn.items()
        if name in found and len(samples) and samples.max() > samples.min()
    }
    return found, kept.tolist()


def _draw(
    present: Floats,
    member: np.ndarray,
    kept: np.ndarray,
    both: np.ndarray,
    boot: Bootstrap,
) -> dict[str, Floats]:
    """What fairlearn's differences are in resamples of the documents (resamples,)."""
    gold, found = present.T
    parts = (np.ones_like(gold), found, gold, gold * found, (1 - gold) * found)
    columns = np.stack(parts, axis=1)
    sums = boot.sums(member[:, :, None] * columns[:, None, :])
    n, positive, with_it, right, wrong = np.moveaxis(sums, -1, 0)
    chance = _widest(positive, n, kept)
    recall = _widest(right, with_it, both)
    return {
        "demographic_parity": chance,
        "equal_opportunity": recall,
        "equalized_odds": np.maximum(recall, _widest(wrong, n - with_it, both)),
    }


def _widest(above: Floats, below: Floats, groups: np.ndarray) -> Floats:
    """From the lowest to the highest share; groups that a resample lacks stay out."""
    above, below = above[:, groups], below[:, groups]
    shares = divide(above, below)
    high = np.max(shares, axis=1, where=below > 0, initial=0.0)
    low = np.min(shares, axis=1, where=below > 0, initial=1.0)
    return np.maximum(high - low, 0.0)


def _call(measure: Any, present: Floats, group: np.ndarray) -> float:
    gap = measure(present[:, 0], present[:, 1], sensitive_features=group)
    return round(float(gap), 4)


def _import_fairlearn() -> Any:
    try:
        from fairlearn import metrics
    except ImportError:
        raise ValueError(
            "parity needs fairlearn; pip install 'spacy-phantom[audit]', or leave it "
            "out with --no-parity"
        ) from None
    return metrics
