"""Figures of attacks: by hand, by chance, and where there is something to find."""

import numpy as np
import pytest

from phantom.attacks.membership import auc, halves, interval, likelihood_ratio, measure
from phantom.attacks.nearest import measure_nearness

RNG = np.random.default_rng(0)


def test_auc_is_the_share_of_pairs_in_order() -> None:
    # Pairs: 3>1, 3>2, 2>1 and one tie of four, which counts half.
    assert auc(np.array([3.0, 2.0]), np.array([1.0, 2.0])) == 3.5 / 4
    assert auc(np.ones(3), np.ones(5)) == 0.5


def test_a_guess_is_a_guess_and_a_gap_is_shown() -> None:
    same = measure(RNG.normal(size=300), RNG.normal(size=300))
    assert same.low < 0.5 < same.high and not same.shown
    assert same.high - same.low < 0.12
    apart = measure(RNG.normal(2.0, size=300), RNG.normal(size=300))
    # Two standard deviations: Phi(sqrt(2)).
    assert apart.auc == pytest.approx(0.921, abs=0.03) and apart.shown
    assert apart.caught > 0.2
    with pytest.raises(ValueError, match="training text and text beside"):
        measure(np.array([]), np.ones(3))


def test_likelihood_ratios_find_what_a_threshold_does_not() -> None:
    """Texts differ more in how hard they are than by having been seen."""
    texts, models = 400, 16
    hard = RNG.normal(0, 5, size=texts)
    inside = halves(texts, models, seed=0)
    assert (inside.sum(0) == models // 2).all()
    assert 0.4 < inside.mean(1).min() and inside.mean(1).max() < 0.6
    shadows = hard + 1.5 * inside + RNG.normal(size=(models, texts))
    mask = np.arange(texts) % 2 == 0
    target = hard + 1.5 * mask + RNG.normal(size=texts)
    scores = likelihood_ratio(target, shadows, inside)
    plain = measure(target[mask], target[~mask])
    sharp = measure(scores[mask], scores[~mask])
    assert sharp.auc > 0.75 and sharp.low > plain.high
    with pytest.raises(ValueError, match="in some shadow models and not in others"):
        likelihood_ratio(target, shadows, np.ones_like(inside))


def test_nearness_tells_copies_from_chance() -> None:
    def unit(rows: np.ndarray) -> np.ndarray:
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    private, holdout, other = (unit(RNG.normal(size=(200, 16))) for _ in range(3))
    fair = measure_nearness(other, private, holdout)
    assert fair.low < 0.5 < fair.high and not fair.shown
    copied = unit(private + 0.1 * RNG.normal(size=private.shape))
    near = measure_nearness(copied, private, holdout)
    assert near.share > 0.95 and near.shown and near.closest > 0.9
    with pytest.raises(ValueError, match="held-out"):
        measure_nearness(other, private, holdout[:0])


def test_wilsons_interval() -> None:
    low, high = interval([True] * 50 + [False] * 50)
    assert (low, high) == (
        pytest.approx(0.404, abs=1e-3),
        pytest.approx(0.596, abs=1e-3),
    )
