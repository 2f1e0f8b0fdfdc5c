"""What banks do: interest, runs, recalls, failures that spread."""

from typing import TYPE_CHECKING

import numpy as np

from phantom.planning.scenarios.market.banks import (
    Bank,
    lend_between,
    pay_back,
    resolve,
)
from phantom.planning.scenarios.market.log import money, percent

if TYPE_CHECKING:
    from phantom.planning.scenarios.market.model import Market

RUN = 0.06
LOSS = 0.5
# Years that bonds run: what a point of the policy rate takes from their price.
DURATION = 1.5


def bank_day(market: "Market") -> None:
    """Let depositors leave, then wind up who is insolvent."""
    left = market.households.flee(market.day)
    for number, cents in left.items():
        bank = market.banks[number]
        market.fled[number] = market.fled.get(number, 0) + cents
        if bank.reserves < bank.deposits // 20:
            recall(market, bank, bank.deposits // 10 - bank.reserves)
        share = market.fled[number] / max(bank.deposits + market.fled[number], 1)
        if share > RUN and market.day - market.ran.get(number, -200) > 120:
            market.ran[number] = market.day
            market.log.add(
                market.day,
                "bank_run",
                {"bank": bank.name},
                {"deposits": money(market.fled[number]), "share": percent(share)},
                {"deposits": "down"},
                after=(f"bank {number}", "freeze", "bonds"),
                hits=(f"bank {number}", "market"),
            )
    if market.day % 10 == 0:
        market.fled.clear()
    for bank in market.banks:
        if not bank.failed:
            bank.repay_central()
            if bank.equity < 0 and sum(not b.failed for b in market.banks) > 1:
                fail(market, bank)


def recall(market: "Market", bank: Bank, cents: int) -> None:
    """Call in loans to other banks, as far as they have reserves."""
    for number in list(bank.lent):
        other = market.banks[number]
        part = min(bank.lent[number], max(other.reserves, 0), cents)
        if part > 0:
            pay_back(bank, other, part)
            cents -= part


def fail(market: "Market", bank: Bank) -> None:
    """Wind up a bank whose equity is gone; its lenders lose with it."""
    market.keep_network(bank)
    equity, deposits = bank.equity, bank.deposits
    alive = [b for b in market.banks if not b.failed and b is not bank]
    heir = max(alive, key=lambda b: (b.equity, -b.number))
    losses = resolve(bank, heir, market.banks, LOSS)
    market.households.bank[market.households.bank == bank.number] = heir.number
    for firm in market.firms:
        if firm.bank == bank.number:
            firm.bank = heir.number
    market.log.add(
        market.day,
        "bank_failure",
        {"bank": bank.name, "heir": heir.name},
        {
            "hole": money(-equity),
            "deposits": money(deposits),
            "loss": money(sum(losses.values())),
        },
        {"bank": "down"},
        after=(f"bank {bank.number}", "bonds", "freeze"),
        hits=("market", *(f"bank {number}" for number in losses)),
    )
    market.bad_news -= 0.02


def bank_month(market: "Market") -> None:
    """Interest between banks, and to the central bank."""
    rate = market.central.rate / 1200
    for bank in market.banks:
        for number, cents in list(bank.borrowed.items()):
            due = round(cents * rate)
            bank.pay_out(due)
            bank.lose(due)
            market.banks[number].pay_out(-due)
            market.banks[number].lose(-due)
    if not market.frozen:
        _lend_again(market)


def _lend_again(market: "Market") -> None:
    """Lines between banks that were called in are drawn anew, by and by."""
    for lender, borrower in market.lines:
        giver, taker = market.banks[lender], market.banks[borrower]
        spare = giver.reserves - giver.deposits * 3 // 20
        if borrower not in giver.lent and spare > 0:
            if not (giver.failed or taker.failed) and taker.ratio > 0.03:
                lend_between(giver, taker, spare // 4)


def reprice_bonds(market: "Market", points: float) -> None:
    """Bonds lose where rates rise."""
    for bank in market.banks:
        lost = round(bank.bonds * float(np.clip(DURATION * points / 100, -0.2, 0.9)))
        bank.bonds -= lost
        bank.lose(lost)
