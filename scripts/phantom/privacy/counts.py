"""Noisy counts of which no unit moves more than its bound: clipping, then noise."""

import math
from collections.abc import Hashable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

KeyT = TypeVar("KeyT", bound=Hashable)
# What all counts of one unit add up to at most, so that shares stay whole numbers.
WHOLE = 1000
MISSING = "Noisy counts need OpenDP: pip install 'spacy-phantom[privacy]'"


def clip(weights: Mapping[KeyT, float]) -> dict[KeyT, int]:
    """One unit's part in a histogram: its own shares, however many records it has.

    weights (Mapping[KeyT, float]): At least 0.
    RETURNS (Dict[KeyT, int]): Together at most WHOLE.
    """
    total = sum(weights.values())
    if total <= 0:
        return {}
    return {key: int(WHOLE * weight / total) for key, weight in weights.items()}


def add_noise(counts: Sequence[int], epsilon: float) -> list[int]:
    """Counts with discrete Laplace noise, for units that `clip` has bounded.

    RETURNS (List[int]): The same length; some may be below 0.
    RAISES: ValueError if OpenDP is not installed.
    """
    return list(_noise(epsilon)(list(counts)))


def margin(epsilon: float, bins: int = 1, error: float = 0.05) -> float:
    """How far noise takes no count, in units, but for a small probability.

    bins (int): How many counts must all stay within it.
    """
    return math.log(bins / error) / epsilon


@lru_cache(maxsize=64)
def _noise(epsilon: float) -> Any:
    try:
        import opendp.prelude as dp
    except ImportError:
        raise ValueError(MISSING) from None
    dp.enable_features("contrib")
    space = dp.vector_domain(dp.atom_domain(T=int)), dp.l1_distance(T=int)
    mechanism = dp.m.make_laplace(*space, scale=WHOLE / epsilon)
    claimed = mechanism.map(WHOLE)
    if claimed > epsilon * (1 + 1e-9):
        raise ValueError(f"OpenDP proves epsilon {claimed}, not {epsilon}")
    return mechanism
