"""Parity between groups by fairlearn, over documents in which a label was found."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from phantom.evaluation.audit.gaps import Sizes
from phantom.evaluation.audit.measures import Outcomes
from phantom.evaluation.audit.membership import Dimension
from phantom.evaluation.audit.records import Parity
from phantom.evaluation.metrics import Floats

# Positive or negative documents below which a rate of a group says nothing. fairlearn
# 0.15 gives a group without positives the true positive rate 0.0, without a warning.
LEAST = 5


def measure_parity(
    dimensions: Sequence[Dimension],
    outcomes: Outcomes,
    sizes: Sizes = Sizes(),  # noqa: B008
) -> Iterator[Parity]:
    """Demographic parity, equal opportunity and equalized odds of each label.

    Documents of several groups of a dimension are left out, since each has one there.

    RAISES: ValueError without the extra `audit`.
    """
    fairlearn = _import_fairlearn()
    for dimension in dimensions:
        alone = dimension.member.sum(axis=1) == 1
        group = dimension.member.argmax(axis=1)
        for (task, label), present in outcomes.present.items():
            rates, kept = _rates(
                fairlearn,
                present[alone].astype(int),
                group[alone],
                len(dimension.groups),
                sizes,
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
    fairlearn: Any, present: Floats, group: np.ndarray, number: int, sizes: Sizes
) -> tuple[dict[str, float | None], list[int]]:
    counts = np.bincount(group, minlength=number)
    gold = np.bincount(group, weights=present[:, 0], minlength=number)
    kept = np.flatnonzero(counts >= sizes.documents)
    both = np.flatnonzero((gold >= LEAST) & (counts - gold >= LEAST))
    both = np.intersect1d(kept, both)
    found: dict[str, float | None] = {}
    rows = np.isin(group, kept)
    if len(kept) > 1:
        found["demographic_parity"] = _call(
            fairlearn.demographic_parity_difference, present[rows], group[rows]
        )
    rows = np.isin(group, both)
    if len(both) > 1:
        for name in ("equal_opportunity", "equalized_odds"):
            measure = getattr(fairlearn, f"{name}_difference")
            found[name] = _call(measure, present[rows], group[rows])
    return found, kept.tolist()


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
