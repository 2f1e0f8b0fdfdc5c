"""Noisy counts: what one unit can move, and what an attacker can tell of it."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from tests.builders.telling import told_apart

from phantom.privacy.counts import WHOLE, add_noise, clip, margin

pytest.importorskip("opendp")
RUNS = 1000


def test_a_unit_adds_up_to_one_whole_however_much_it_has() -> None:
    assert clip({"a": 1, "b": 3}) == {"a": 250, "b": 750}
    assert clip({"a": 500, "b": 1500}) == {"a": 250, "b": 750}
    assert sum(clip({str(i): 1.0 for i in range(7)}).values()) <= WHOLE
    assert clip({}) == {} == clip({"a": 0})


def runs(count: Callable[[], list[int]], epsilon: float) -> np.ndarray:
    """The counts that a rare value has, over many releases."""
    return np.array([add_noise(count(), epsilon)[0] for _ in range(RUNS)])


def test_a_unit_can_not_be_told_from_its_absence_better_than_claimed() -> None:
    epsilon = 1.0
    others = [0, 40 * WHOLE, 60 * WHOLE]
    lone = [part + (WHOLE if i == 0 else 0) for i, part in enumerate(others)]
    proved = told_apart(runs(lambda: others, epsilon), runs(lambda: lone, epsilon))
    assert proved <= epsilon
    # The attack works: part of what is claimed is surely lost. The noise has no seed.
    assert proved > 0.1


def test_without_clipping_the_attack_wins() -> None:
    epsilon = 1.0
    others = [0, 40 * WHOLE, 60 * WHOLE]
    unbounded = [5 * WHOLE, *others[1:]]
    found = runs(lambda: unbounded, epsilon)
    assert told_apart(runs(lambda: others, epsilon), found) > epsilon


def test_noise_is_as_wide_as_epsilon_says() -> None:
    noise = np.array(add_noise([0] * 20_000, 0.5)) / WHOLE
    assert np.abs(noise).mean() == pytest.approx(2.0, rel=0.05)
    assert noise.mean() == pytest.approx(0.0, abs=0.1)
    assert (np.abs(noise) > margin(0.5)).mean() == pytest.approx(0.05, abs=0.01)
    assert margin(0.5, bins=1000) == pytest.approx(math.log(20_000) / 0.5)
