"""Counts to scores: precision, recall, F1, MCC, and bootstrap intervals."""

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Triple = tuple[Hashable, str, Hashable]
COLUMNS = ("tp", "fp", "fn", "tn")


def divide(above: Floats, below: Floats) -> Floats:
    """Divide, with 0 for 0/0, as is usual for precision, recall and F1."""
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def count_metrics(counts: Floats) -> dict[str, Floats]:
    """Precision, recall, F1 and Matthews correlation from counts.

    counts (Floats): Shape (..., 4): true and false positives, false negatives, true
        negatives.
    RETURNS (Dict[str, Floats]): "p", "r", "f", "mcc", each of shape (...).
    Source: Matthews 1975, Biochim Biophys Acta 405:442-451.
    """
    tp, fp, fn, tn = np.moveaxis(np.asarray(counts, dtype=np.float64), -1, 0)
    root = np.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
    return {
        "p": divide(tp, tp + fp),
        "r": divide(tp, tp + fn),
        "f": divide(2 * tp, 2 * tp + fp + fn),
        "mcc": divide(tp * tn - fp * fn, root),
    }


def class_metrics(tables: Floats, none: int) -> dict[str, Floats]:
    """Scores of a single choice among classes, one of which is "none".

    tables (Floats): Shape (..., K, K), rows gold, columns predicted.
    none (int): Index of the class that is no relation.
    RETURNS (Dict[str, Floats]): Micro "p", "r", "f" over the other classes,
        "accuracy" over all, "mcc" for K classes; each of shape (...).
    Source: Gorodkin 2004, Comput Biol Chem 28:367-374 (MCC for K classes).
    """
    tables = np.asarray(tables, dtype=np.float64)
    gold, predicted = tables.sum(axis=-1), tables.sum(axis=-2)
    right = np.diagonal(tables, axis1=-2, axis2=-1)
    total = tables.sum(axis=(-2, -1))
    tp = right.sum(axis=-1) - right[..., none]
    found, support = total - predicted[..., none], total - gold[..., none]
    spread = np.sqrt(
        (total**2 - (predicted**2).sum(axis=-1)) * (total**2 - (gold**2).sum(axis=-1))
    )
    agreement = right.sum(axis=-1) * total - (gold * predicted).sum(axis=-1)
    return {
        "p": divide(tp, found),
        "r": divide(tp, support),
        "f": divide(2 * tp, found + support),
        "accuracy": divide(right.sum(axis=-1), total),
        "mcc": divide(agreement, spread),
    }


class Bootstrap:
    """Percentile intervals by resampling units with replacement.

    units (Sequence[Hashable]): One per record; records of one unit (a document) are
        drawn together.
    resamples (int): Number of resamples; 0 leaves the intervals out.
    Source: Efron and Tibshirani 1993, An Introduction to the Bootstrap, ch. 13.
    """

    def __init__(
        self, units: Sequence[Hashable], resamples: int = 1000, seed: int = 0
    ) -> None:
        index: dict[Hashable, int] = {}
        self.unit = np.array([index.setdefault(u, len(index)) for u in units], int)
        self.n_units = len(index)
        rng = np.random.default_rng(seed)
        self.weights = np.zeros((resamples, self.n_units), dtype=np.float32)
        for row in self.weights:
            if index:
                drawn = rng.integers(0, self.n_units, self.n_units)
                row += np.bincount(drawn, minlength=self.n_units)

    def sums(self, counts: Floats) -> Floats:
        """Totals per resample: (records, ...) to (resamples, ...)."""
        grouped = np.zeros((self.n_units, *counts.shape[1:]), dtype=np.float32)
        np.add.at(grouped, self.unit, counts)
        return np.tensordot(self.weights, grouped, axes=1)

    def interval(self, samples: Floats) -> list[float]:
        """The middle 95% of a score over the resamples: [low, high]."""
        low, high = np.percentile(samples, [2.5, 97.5])
        return [round(float(low), 4), round(float(high), 4)]


def share_interval(boot: Bootstrap, counts: Floats) -> list[float]:
    """95% interval of a share over units: [low, high].

    Where none is counted, or all are, no resample differs; the bound by units then is
    the exact one of a binomial share (Clopper and Pearson 1934, Biometrika 26:404).

    counts (Floats): Shape (records, 2): those that count, and what they are a share of.
    """
    above, below = counts.sum(axis=0)
    if 0 < above < below:
        drawn = boot.sums(counts)
        return boot.interval(divide(drawn[:, 0], drawn[:, 1]))
    units = len(np.unique(boot.unit[counts[:, 1] > 0]))
    if not units:
        return [0.0, 1.0]
    reach = round(0.025 ** (1 / units), 4)
    return [reach, 1.0] if above else [0.0, round(1 - reach, 4)]


def count_sets(
    gold: Iterable[set[Triple]],
    predicted: Iterable[set[Triple]],
    candidates: Iterable[set[Triple]] | None,
    labels: Sequence[str],
) -> Floats:
    """Count per record and label over sets of things whose [1] is the label.

    candidates (Optional[Iterable[Set[Triple]]]): What could have been predicted; those
        neither gold nor predicted are the true negatives. None: no true negatives.
    RETURNS (Floats): Shape (records, labels, 4).
    """
    gold, predicted = list(gold), list(predicted)
    pools = [set()] * len(gold) if candidates is None else list(candidates)
    counts = np.zeros((len(gold), len(labels), 4), dtype=np.float32)
    column = {label: i for i, label in enumerate(labels)}
    rows = zip(gold, predicted, pools, strict=True)
    for row, (right, found, pool) in enumerate(rows):
        groups = (right & found, found - right, right - found, pool - right - found)
        for kind, group in enumerate(groups):
            for item in group:
                counts[row, column[item[1]], kind] += 1
    return counts


def score_counts(
    counts: Floats, labels: Sequence[str], boot: Bootstrap, mcc: bool = False
) -> dict[str, Any]:
    """Scores with intervals, micro and per label.

    counts (Floats): Shape (records, labels, 4).
    RETURNS (Dict[str, Any]): {"micro": score, "labels": {label: score}}; a score has
        p, r, f (and mcc), each with `_ci`, and the counts.
    """
    per_label = [_score(counts[:, i], boot, mcc) for i in range(len(labels))]
    return {
        "micro": _score(counts.sum(axis=1), boot, mcc),
        "labels": dict(zip(labels, per_label, strict=True)),
    }


def score_classes(
    tables: Floats, classes: Sequence[str], none: int, boot: Bootstrap
) -> dict[str, Any]:
    """Scores with intervals of a choice among classes, micro and per class.

    tables (Floats): Shape (records, K, K), one 1 per record.
    """
    total = tables.sum(axis=0)
    result = _with_intervals(
        class_metrics(total, none), class_metrics(boot.sums(tables), none), boot
    )
    support = int(total.sum() - total[none].sum())
    predicted = int(total.sum() - total[:, none].sum())
    result.update(support=support, predicted=predicted, records=int(total.sum()))
    per_class = {}
    for i, label in enumerate(classes):
        if i == none or not (total[i].any() or total[:, i].any()):
            continue
        tp = tables[:, i, i]
        fp, fn = tables[:, :, i].sum(axis=1) - tp, tables[:, i].sum(axis=1) - tp
        tn = 1 - tp - fp - fn
        per_class[label] = _score(np.stack([tp, fp, fn, tn], axis=1), boot, mcc=True)
    return {"micro": result, "labels": per_class}


def count_choices(tables: Floats, none: int) -> Floats:
    """Counts per record and class from one-hot tables of gold by predicted class.

    tables (Floats): Shape (records, K, K), one 1 per record.
    RETURNS (Floats): Shape (records, K - 1, 3): true and false positives, false
        negatives of each class but "none".
    """
    right = np.diagonal(tables, axis1=1, axis2=2)
    gold, predicted = tables.sum(axis=2), tables.sum(axis=1)
    counts = np.stack([right, predicted - right, gold - right], axis=-1)
    return np.delete(counts, none, axis=1)


def _score(counts: Floats, boot: Bootstrap, mcc: bool) -> dict[str, Any]:
    total = counts.sum(axis=0, dtype=np.float64)
    point, samples = count_metrics(total), count_metrics(boot.sums(counts))
    if not mcc:
        del point["mcc"]
    result = _with_intervals(point, samples, boot)
    shown = COLUMNS if mcc else COLUMNS[:3]
    result.update({name: int(total[i]) for i, name in enumerate(shown)})
    result.update(support=int(total[0] + total[2]), predicted=int(total[0] + total[1]))
    return result


def _with_intervals(
    point: dict[str, Floats], samples: dict[str, Floats], boot: Bootstrap
) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, value in point.items():
        result[name] = round(float(value), 4)
        if len(boot.weights) and boot.n_units:
            result[f"{name}_ci"] = boot.interval(samples[name])
    return result
