"""Each attack has a limit, and one that is surely beyond it fails the release."""

import math

import pytest

from phantom.attacks.canaries import mean_exposure
from phantom.attacks.verdicts import Limits, judge, tell_failures

LIMITS = Limits(auc=0.6, shadow_auc=0.7, bits=3, near=0.6, gain=0.1)


def canaries(*bits: float) -> list[dict]:
    once = [{"copies": 1, "bits": x, "candidates": 256} for x in bits]
    # What stood often says nothing of what stood once.
    return [*once, {"copies": 16, "bits": 8.0, "candidates": 256}]


def bounded(name: str, value: float, low: float) -> dict:
    return {name: value, "low": low, "high": value + 0.1}


@pytest.mark.parametrize(
    ("attack", "mild", "strong"),
    [
        ("membership", bounded("auc", 0.65, 0.6), bounded("auc", 0.65, 0.61)),
        ("private", bounded("auc", 0.65, 0.6), bounded("auc", 0.65, 0.61)),
        ("shadows", bounded("auc", 0.75, 0.7), bounded("auc", 0.75, 0.71)),
        ("canaries", canaries(*[2.5] * 6), canaries(*[3.5] * 6)),
        ("nearest", bounded("share", 0.7, 0.6), bounded("share", 0.7, 0.61)),
        (
            "attributes",
            [{"sensitive": "drug", **bounded("gain", 0.2, 0.1)}],
            [{"sensitive": "drug", **bounded("gain", 0.2, 0.11)}],
        ),
    ],
)
def test_each_attack_fails_beyond_its_limit(
    attack: str, mild: object, strong: object
) -> None:
    (passed,) = judge({attack: mild}, LIMITS)
    (failed,) = judge({attack: strong}, LIMITS)
    assert not passed.fails and failed.fails
    assert tell_failures([passed]) == ""
    assert tell_failures([passed, failed]).startswith(failed.attack)


def test_few_canaries_give_no_verdict() -> None:
    assert judge({"canaries": canaries(8, 8, 8, 8)}, LIMITS) == []
    assert judge({}, LIMITS) == []


def test_the_mean_of_exposures() -> None:
    found = mean_exposure([0, 2, 4, 6], 4)
    assert (found.bits, found.low >= 0, found.high <= 6) == (3, True, True)
    assert found.low < 3 < found.high
    # Ranks 1 to 4 of 4 candidates are 2, 1, log2(4/3) and 0 bits.
    assert found.guess == pytest.approx((2 + 1 + math.log2(4 / 3)) / 4, abs=1e-3)
