"""Depositors: they are paid, they buy, and some leave a bank that they fear for."""

from itertools import pairwise
from typing import Any

import mesa
import numpy as np

from phantom.planning.scenarios.market.banks import Bank

Cents = np.ndarray[Any, np.dtype[np.int64]]


class Households(mesa.Agent):
    """All depositors in arrays.

    deposits (Cents): Of each. bank (Array): Number of its bank. patience (Array):
        The equity ratio of a bank below which it leaves, by and by.
    """

    def __init__(self, model: mesa.Model, count: int, banks: list[Bank]) -> None:
        super().__init__(model)
        rng = model.rng
        self.banks = banks
        self.deposits: Cents = rng.lognormal(17.5, 0.6, count).astype(np.int64)
        self.bank = rng.integers(0, len(banks), count)
        self.patience = rng.uniform(0.0, 0.035, count)
        self.calm = np.ones(len(banks))

    def total(self) -> int:
        """Cents that all of them hold."""
        return int(self.deposits.sum())

    def receive(self, cents: int) -> None:
        """Share out what is paid to households: reserves and deposits of their banks.

        The payer's side is not booked here.
        """
        self._move(spread(cents, self.deposits + 1))

    def spend(self, cents: int) -> int:
        """Pay at most so much out of all deposits. RETURNS (int): What was paid."""
        cents = min(cents, self.total())
        self._move(-spread(cents, self.deposits))
        return cents

    def _move(self, parts: Cents) -> None:
        self.deposits += parts
        sums = np.zeros(len(self.banks), dtype=np.int64)
        np.add.at(sums, self.bank, parts)
        for bank, cents in zip(self.banks, sums.tolist(), strict=True):
            bank.deposits += cents
            bank.pay_out(-cents)

    def flee(self, day: int) -> dict[int, int]:
        """Some take their money to the bank that looks safest.

        RETURNS (Dict[int, int]): Cents that left, by the number of the bank.
        """
        alive = [bank for bank in self.banks if not bank.failed]
        safest = max(alive, key=lambda bank: (bank.ratio, -bank.number))
        left = {}
        for bank in alive:
            fear = self.patience * (1 + 4 * bank.outflow) + 0.02 * bank.outflow
            if bank is safest or day < bank.closed_until or bank.ratio > fear.max():
                bank.outflow *= 0.8
                continue
            goes = (self.bank == bank.number) & (fear > bank.ratio)
            goes &= self.model.rng.random(len(goes)) < 0.25
            cents = int(self.deposits[goes].sum())
            bank.outflow = 0.8 * bank.outflow + cents / max(bank.deposits, 1)
            if cents:
                self.bank[goes] = safest.number
                bank.deposits -= cents
                bank.pay_out(cents)
                safest.deposits += cents
                safest.reserves += cents
                left[bank.number] = cents
        return left


def spread(cents: int, weights: Cents) -> Cents:
    """Split an amount by weights, to the cent; no part is larger than its weight
    unless the amount is larger than all of them."""
    whole = int(weights.sum())
    if not whole:
        return np.zeros_like(weights)
    # In whole numbers: what was owed up to each, less what was owed before.
    ends = [int(end) * cents // whole for end in np.cumsum(weights).tolist()]
    parts = [end - start for start, end in pairwise([0, *ends])]
    return np.array(parts, dtype=np.int64)
