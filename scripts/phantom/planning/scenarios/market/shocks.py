"""Stress scenarios: severe but plausible, each with a size and a duration."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from phantom.planning.scenarios.market.banking import recall, reprice_bonds
from phantom.planning.scenarios.market.log import Number, money, percent
from phantom.planning.scenarios.market.settings import Shock

if TYPE_CHECKING:
    from phantom.planning.scenarios.market.model import Market


class Usual(NamedTuple):
    """What a shock does, its usual size and days, and where the size comes from."""

    strike: Callable[["Market", float, int], None]
    size: float
    days: int
    source: str


def sovereign_default(market: "Market", size: float, days: int) -> None:
    """Banks lose a share of the bonds of that country, which they hold in part."""
    lost = 0
    for bank in market.banks:
        held = float(market.rng.uniform(0.0, 0.35))
        cut = round(size * held * bank.bonds)
        bank.bonds -= cut
        bank.lose(cut)
        lost += cut
    market.add_bad_news(-0.03, min(days, 5))
    market.log.add(
        market.day,
        "sovereign_default",
        {"country": market.country},
        {"haircut": percent(size), "loss": money(lost)},
        {"country": "down"},
        hits=("bonds", "market", "demand", *_all(market, "bank")),
    )
    market.central.jolt("growth", -3 * size)


def liquidity_freeze(market: "Market", size: float, days: int) -> None:
    """The maker stays away, banks and brokers call in what they have lent."""
    market.frozen_until = market.scarce_until = market.day + days
    for bank in market.banks:
        recall(market, bank, round(size * sum(bank.lent.values())))
    market.add_bad_news(-0.015, min(days, 5))
    market.log.add(
        market.day,
        "liquidity_freeze",
        {"exchange": market.exchange},
        {"days": Number(days, "days"), "recalled": percent(size)},
        {"exchange": "down"},
        after=("market",),
        hits=("freeze", "market"),
    )


def rate_shock(market: "Market", size: float, days: int) -> None:
    """The policy rate jumps by so many basis points."""
    market.central.jolt("inflation", size / 150)
    change = market.central.set_rate(market.day, market.central.rate + size / 100)
    reprice_bonds(market, change)
    market.values -= 0.05 * change
    market.add_bad_news(-0.01 * change, 2)


def commodity_spike(market: "Market", size: float, days: int) -> None:
    """Oil rises by a share of its price."""
    before = market.central.factor("oil")
    market.central.jolt("oil", size)
    market.central.jolt("inflation", 1.5 * size)
    market.log.add(
        market.day,
        "commodity_spike",
        {},
        {
            "oil": Number(round(market.central.factor("oil"), 2), "USD a barrel"),
            "before": Number(round(before, 2), "USD a barrel"),
            "rise": percent(size),
        },
        {"oil": "up"},
        hits=("oil", "inflation", "market"),
    )
    for firm in market.firms:
        firm.level += firm.oil_beta * size
        market.values[firm.number] += firm.oil_beta * size


def cyber_outage(market: "Market", size: float, days: int) -> None:
    """A bank can't pay for days, and the maker has no systems."""
    alive = [bank for bank in market.banks if not bank.failed]
    bank = alive[int(market.rng.integers(0, len(alive)))]
    bank.closed_until = market.day + days
    bank.outflow += size
    market.frozen_until = market.day + days
    market.log.add(
        market.day,
        "cyber_outage",
        {"bank": bank.name},
        {"days": Number(days, "days"), "deposits": money(bank.deposits)},
        {"bank": "down"},
        hits=(f"bank {bank.number}", "freeze", "market"),
    )


def fraud(market: "Market", size: float, days: int) -> None:
    """A firm has overstated what it owns by a share."""
    listed = [firm for firm in market.firms if firm.listed]
    firm = max(listed, key=lambda f: (f.leverage, -f.number))
    lost = round(size * firm.plant)
    firm.plant -= lost
    firm.booked -= lost
    firm.overstated = size
    market.values[firm.number] -= 0.8 * size
    market.bad_news[firm.number] -= 0.25 * size
    market.log.add(
        market.day,
        "fraud",
        {"firm": firm.name},
        {"overstated": money(lost), "share": percent(size)},
        {"firm": "down"},
        hits=(f"firm {firm.number}", "market"),
    )


def pandemic(market: "Market", size: float, days: int) -> None:
    """Demand falls by a share for months."""
    market.slump, market.slump_until = size, market.day + days
    market.central.jolt("growth", -25 * size)
    market.central.jolt("oil", -size)
    market.values -= 0.3 * size
    market.add_bad_news(-0.02, 8)
    market.log.add(
        market.day,
        "demand_shock",
        {},
        {
            "fall": percent(size),
            "growth": Number(round(market.central.factor("growth"), 1), "%"),
        },
        {"growth": "down"},
        hits=("demand", "oil", "market"),
    )


USUAL: dict[str, Usual] = {
    "sovereign_default": Usual(
        sovereign_default, 0.5, 20, "53.5% haircut on Greek bonds, March 2012"
    ),
    "liquidity_freeze": Usual(liquidity_freeze, 1.0, 15, "interbank market, 2008"),
    "rate_shock": Usual(rate_shock, 300, 0, "basis points at once"),
    "commodity_spike": Usual(commodity_spike, 0.8, 0, "oil, 1990 and 2022"),
    "cyber_outage": Usual(cyber_outage, 0.15, 5, "days without payments"),
    "fraud": Usual(fraud, 0.4, 0, "share of assets that are not there"),
    "pandemic": Usual(pandemic, 0.3, 126, "demand, spring of 2020"),
}


def strike(market: "Market", shock: Shock) -> None:
    """Let a stress scenario begin."""
    usual = USUAL[shock.name]
    usual.strike(market, shock.size or usual.size, shock.days or usual.days)


def _all(market: "Market", what: str) -> tuple[str, ...]:
    return tuple(f"{what} {bank.number}" for bank in market.banks)
