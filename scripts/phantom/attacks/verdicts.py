"""Which attack surely succeeds beyond what was allowed, and so fails the release."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field

from phantom.attacks.canaries import mean_exposure
from phantom.records import Record

# Below it an interval of a mean says nothing.
_FEWEST = 5


class Limits(Record):
    """How far an attack may succeed; beyond it the release fails.

    auc (float): Of membership inference against the pipeline, by its training text
        and by private text.
    shadow_auc (float): Of the likelihood-ratio attack on tiny pipelines, which learn
        more by heart than a large one does.
    bits (float): Mean exposure of canaries that stood once in the training text.
    near (float): Share of synthetic passages nearer to private than to held-out text.
    gain (float): By which a value is guessed more often for people in the private
        table than for others.
    """

    auc: float = Field(default=0.6, ge=0.5, le=1)
    shadow_auc: float = Field(default=0.75, ge=0.5, le=1)
    bits: float = Field(default=3.0, ge=0)
    near: float = Field(default=0.6, ge=0.5, le=1)
    gain: float = Field(default=0.05, ge=0, le=1)


class Verdict(Record):
    """One attack's figure beside its limit.

    low, high (float): The 95% interval of the value.
    guess (float): The value of an attacker who knows nothing.
    fails (bool): Whether even the lower end is above the limit.
    """

    attack: str
    figure: str
    value: float
    low: float
    high: float
    guess: float
    limit: float
    fails: bool


def judge(found: Mapping[str, Any], limits: Limits, seed: int = 0) -> list[Verdict]:
    """Hold the figures of all attacks that were tried against their limits.

    found (Mapping[str, Any]): Figures by attack, as the steps write them.
    """
    return [
        Verdict(fails=row["low"] > row["limit"], **row)
        for row in _rows(found, limits, seed)
    ]


def tell_failures(verdicts: list[Verdict]) -> str:
    """What failed, for people; "" if nothing did."""
    return "; ".join(
        f"{x.attack}: {x.figure} {x.value:.3f}, at least {x.low:.3f} and over "
        f"{x.limit:g}"
        for x in verdicts
        if x.fails
    )


def _rows(
    found: Mapping[str, Any], limits: Limits, seed: int
) -> Iterator[dict[str, Any]]:
    areas = {
        "membership": limits.auc,
        "private": limits.auc,
        "shadows": limits.shadow_auc,
    }
    for attack, limit in areas.items():
        if x := found.get(attack):
            yield _row(attack, "AUC", x["auc"], x, 0.5, limit)
    once = [x["bits"] for x in found.get("canaries", ()) if x["copies"] == 1]
    if len(once) >= _FEWEST:
        mean = mean_exposure(once, found["canaries"][0]["candidates"], seed)
        bounds = {"low": mean.low, "high": mean.high}
        yield _row("canaries", "bits", mean.bits, bounds, mean.guess, limits.bits)
    if x := found.get("nearest"):
        yield _row("nearest", "share", x["share"], x, 0.5, limits.near)
    for x in found.get("attributes", ()):
        name = f"attribute {x['sensitive']}"
        yield _row(name, "gain", x["gain"], x, 0.0, limits.gain)


def _row(
    attack: str,
    figure: str,
    value: float,
    bounds: Mapping[str, float],
    guess: float,
    limit: float,
) -> dict[str, Any]:
    low, high = (round(float(bounds[key]), 4) for key in ("low", "high"))
    return {
        "attack": attack,
        "figure": figure,
        "value": round(float(value), 4),
        "low": low,
        "high": high,
        "guess": round(guess, 3),
        "limit": limit,
    }
