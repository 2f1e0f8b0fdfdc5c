"""Payments between accounts; whoever pays, somebody is paid."""

from typing import TYPE_CHECKING

import mesa
import numpy as np

from phantom.planning.scenarios.market.banks import Bank
from phantom.planning.scenarios.market.firms import Firm
from phantom.planning.scenarios.market.households import Households, spread
from phantom.planning.scenarios.market.macro import CentralBank
from phantom.planning.scenarios.market.traders import Traders

if TYPE_CHECKING:
    from phantom.planning.scenarios.market.book import Book

# Of the interest that a bank earns, what it pays its staff.
STAFF = 0.6


class Ledger(mesa.Model):
    """The accounts of a market, and payments between them."""

    banks: list[Bank]
    firms: list[Firm]
    households: Households
    crowd: Traders
    books: "list[Book]"
    central: CentralBank

    def count_money(self) -> int:
        """Cents of traders and of banks' reserves, less what the central bank lent."""
        reserves = sum(bank.reserves for bank in self.banks)
        return int(self.crowd.cash.sum()) + reserves - self.central.lent

    def firm_pays(self, firm: Firm, cents: int) -> None:
        """Take money out of a firm's account and its bank's reserves."""
        firm.deposit -= cents
        bank = self.banks[firm.bank]
        bank.deposits -= cents
        bank.pay_out(cents)

    def firm_gets(self, firm: Firm, cents: int) -> None:
        """Put money into a firm's account and its bank's reserves."""
        self.firm_pays(firm, -cents)

    def pay_households(self, firm: Firm, cents: int) -> None:
        """Pay staff and suppliers."""
        self.firm_pays(firm, cents)
        self.households.receive(cents)

    def pay_interest(self, firm: Firm, cents: int) -> None:
        """Pay every bank that lent, which pays its staff from it."""
        lenders = [bank for bank in self.banks if bank.loans.get(firm.number)]
        owed = np.array([bank.loans[firm.number] for bank in lenders], dtype=np.int64)
        self.firm_pays(firm, cents)
        for bank, part in zip(lenders, spread(cents, owed).tolist(), strict=True):
            bank.pay_out(-part)
            bank.lose(-part)
            staff = round(STAFF * part)
            bank.lose(staff)
            bank.pay_out(staff)
            self.households.receive(staff)

    def lend_to(self, firm: Firm, cents: int) -> None:
        """A loan of the firm's own bank; the money is a deposit there."""
        bank = self.banks[firm.bank]
        bank.loans[firm.number] = bank.loans.get(firm.number, 0) + cents
        bank.deposits += cents
        firm.deposit += cents
        firm.debt += cents

    def forgive(self, firm: Firm, share: float) -> int:
        """Every bank loses a share of what it lent. RETURNS (int): Cents lost."""
        lost = 0
        for bank in self.banks:
            part = round(share * bank.loans.get(firm.number, 0))
            if part:
                bank.write_off(firm.number, part)
                lost += part
        firm.debt -= lost
        firm.booked += lost
        return lost

    def take_over(self, buyer: Firm, target: Firm, ratio: float) -> None:
        """Swap the target's shares into those of the buyer, and join the books.

        ratio (float): Shares of the buyer for one of the target; a rest is lost.
        """
        crowd, book = self.crowd, self.books[target.number]
        for trader in range(crowd.count + 1):
            book.cancel(trader)
        crowd.release(book, target.number)
        issued = np.floor(crowd.shares[:, target.number] * ratio).astype(np.int64)
        crowd.shares[:, buyer.number] += issued
        crowd.shares[:, target.number] = 0
        buyer.outstanding += int(issued.sum())
        target.outstanding = 0
        target.listed = False
        cash = target.deposit
        self.firm_pays(target, cash)
        self.firm_gets(buyer, cash)
        for bank in self.banks:
            owed = bank.loans.pop(target.number, 0)
            if owed:
                bank.loans[buyer.number] = bank.loans.get(buyer.number, 0) + owed
        for name in ("plant", "debt", "booked", "base", "last_revenue"):
            setattr(buyer, name, getattr(buyer, name) + getattr(target, name))
            setattr(target, name, 0)
        buyer.expected += target.expected

    def find_gaps(self) -> list[str]:
        """What does not add up, nothing if all does; see the tests for each rule."""
        found = []
        for bank in self.banks:
            owned = sum(
                firm.deposit for firm in self.firms if firm.bank == bank.number
            ) + int(self.households.deposits[self.households.bank == bank.number].sum())
            if bank.gap or (owned != bank.deposits and not bank.failed):
                found.append(f"{bank.name}: {bank.gap}, {bank.deposits - owned}")
        for firm in self.firms:
            held = int(self.crowd.shares[:, firm.number].sum())
            owed = sum(bank.loans.get(firm.number, 0) for bank in self.banks)
            if firm.gap or owed != firm.debt or held != firm.outstanding:
                found.append(f"{firm.name}: {firm.gap}, {owed - firm.debt}, {held}")
        for bank in self.banks:
            for number, cents in bank.lent.items():
                if self.banks[number].borrowed.get(bank.number) != cents or cents < 0:
                    found.append(f"{bank.name} and {self.banks[number].name}: {cents}")
        return found
