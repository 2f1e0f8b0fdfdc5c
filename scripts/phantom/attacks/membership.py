"""Membership inference: can the training text be told from text like it?"""

from collections.abc import Sequence

import numpy as np
from pydantic import Field
from scipy.stats import norm, rankdata

from phantom.records import Record

RESAMPLES = 1000


class Membership(Record):
    """How well members are told from others; 0.5 is a guess.

    auc (float): Probability that a member looks more like one than another text does.
    low, high (float): Its 95% interval, over resamples of both sides.
    caught (float): Share of members found where one of a hundred others is wrongly
        taken for one.
    """

    members: int = Field(ge=0)
    others: int = Field(ge=0)
    auc: float
    low: float
    high: float
    caught: float

    @property
    def shown(self) -> bool:
        """Whether the attack is better than a guess."""
        return self.low > 0.5


def measure(members: np.ndarray, others: np.ndarray, seed: int = 0) -> Membership:
    """AUC of a score that is higher for members.

    members, others (ndarray): Scores, shape (n,).
    RAISES: ValueError if there are none of either.
    """
    if not len(members) or not len(others):
        raise ValueError("an attack needs training text and text beside it")
    rng = np.random.default_rng(seed)
    drawn = [
        auc(rng.choice(members, len(members)), rng.choice(others, len(others)))
        for _ in range(RESAMPLES)
    ]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Membership(
        members=len(members),
        others=len(others),
        auc=round(auc(members, others), 4),
        low=round(float(low), 4),
        high=round(float(high), 4),
        caught=round(float((members > np.quantile(others, 0.99)).mean()), 4),
    )


def auc(members: np.ndarray, others: np.ndarray) -> float:
    """Area under the ROC curve, by ranks; ties count half."""
    ranks = rankdata(np.concatenate([members, others]))[: len(members)]
    above = ranks.sum() - len(members) * (len(members) + 1) / 2
    return float(above / (len(members) * len(others)))


def likelihood_ratio(
    target: np.ndarray, shadows: np.ndarray, inside: np.ndarray
) -> np.ndarray:
    """Score each text by how its confidence fits models that saw it, and did not.

    Source: Carlini et al. 2022, Membership Inference Attacks From First Principles,
    algorithm 1 with variances shared by all texts, as they do for few models.

    target (ndarray): Confidence under the model attacked, shape (texts,).
    shadows (ndarray): Confidence under each shadow model, shape (models, texts).
    inside (ndarray): Which were its training text, bool, shape (models, texts).
    RETURNS (ndarray): Logarithm of the ratio, shape (texts,).
    RAISES: ValueError if a text was in all models, or in none.
    """
    counts = inside.sum(0)
    if (counts == 0).any() or (counts == len(inside)).any():
        raise ValueError("each text must be in some shadow models and not in others")
    seen = np.where(inside, shadows, np.nan)
    unseen = np.where(inside, np.nan, shadows)
    means = [np.nanmean(side, 0) for side in (seen, unseen)]
    spreads = [
        max(float(np.nanstd(side - mean)), 1e-6)
        for side, mean in zip((seen, unseen), means, strict=True)
    ]
    return norm.logpdf(target, means[0], spreads[0]) - norm.logpdf(
        target, means[1], spreads[1]
    )


def halves(texts: int, models: int, seed: int) -> np.ndarray:
    """Which text each shadow model sees: each text is in half of the models.

    models (int): Even, at least 2. RETURNS (ndarray): bool, shape (models, texts).
    """
    rng = np.random.default_rng(seed)
    order = np.stack([rng.permutation(models) for _ in range(texts)], axis=1)
    return order < models // 2


def interval(hits: Sequence[bool]) -> tuple[float, float]:
    """Wilson's 95% interval of a share."""
    n, z = max(len(hits), 1), 1.96
    p = sum(hits) / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return float(middle - half), float(middle + half)
