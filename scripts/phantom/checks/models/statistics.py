"""Intervals and distances shared by the measuring checks."""

import math

import numpy as np


def wilson(successes: float, total: int, z: float = 1.96) -> tuple[float, float]:
    """95% interval of a proportion (Wilson 1927); (0, 1) if there is no case."""
    if total == 0:
        return 0.0, 1.0
    share = successes / total
    scale = 1 + z * z / total
    centre = (share + z * z / (2 * total)) / scale
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total**2)) / scale
    return max(0.0, centre - half), min(1.0, centre + half)


def auc(scores: np.ndarray, positive: np.ndarray) -> tuple[float, float, float]:
    """Area under the ROC curve with its 95% interval (Hanley and McNeil 1982).

    scores (ndarray): Higher means more positive, shape (cases,).
    positive (ndarray): bool, shape (cases,); both classes must occur.
    """
    from scipy.stats import rankdata

    n, m = int(positive.sum()), int((~positive).sum())
    ranks = rankdata(scores)
    area = (ranks[positive].sum() - n * (n + 1) / 2) / (n * m)
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    spread = area * (1 - area) + (n - 1) * (q1 - area**2) + (m - 1) * (q2 - area**2)
    half = 1.96 * math.sqrt(max(spread, 0.0) / (n * m))
    return float(area), max(0.0, float(area) - half), min(1.0, float(area) + half)


def entropy_share(counts: list[int]) -> float:
    """Shannon entropy over its largest possible value; 1 is an even spread."""
    total = sum(counts)
    if total == 0 or len(counts) < 2:
        return 1.0
    shares = [count / total for count in counts if count]
    return -sum(p * math.log(p) for p in shares) / math.log(len(counts))


def effect(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Cohen's d: difference of means in pooled standard deviations."""
    spread = math.sqrt((float(ours.var()) + float(theirs.var())) / 2)
    return float(ours.mean() - theirs.mean()) / spread if spread else 0.0
