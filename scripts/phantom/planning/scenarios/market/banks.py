"""Banks with double entries, and how one of them is wound up."""

import mesa

from phantom.planning.scenarios.market.macro import CentralBank


class Bank(mesa.Agent):
    """A balance sheet in cents.

    reserves, bonds (int); loans, lent (Dict[int, int]): Assets, the latter by firm
        and by bank. deposits, owed_central (int); borrowed (Dict[int, int]):
        Liabilities. equity (int): Kept by its own entries, so that `gap` can tell.
    """

    def __init__(
        self, model: mesa.Model, name: str, number: int, central: CentralBank
    ) -> None:
        super().__init__(model)
        self.name = name
        self.number = number
        self.central = central
        self.reserves = self.bonds = self.deposits = self.owed_central = 0
        self.loans: dict[int, int] = {}
        self.lent: dict[int, int] = {}
        self.borrowed: dict[int, int] = {}
        self.equity = 0
        self.failed = False
        self.closed_until = 0
        self.outflow = 0.0

    @property
    def assets(self) -> int:
        """Reserves, bonds, loans to firms and to banks."""
        mine = sum(self.loans.values()) + sum(self.lent.values())
        return self.reserves + self.bonds + mine

    @property
    def gap(self) -> int:
        """Assets less liabilities less equity: 0, or an entry is wrong."""
        owed = self.deposits + sum(self.borrowed.values()) + self.owed_central
        return self.assets - owed - self.equity

    @property
    def ratio(self) -> float:
        """Equity as a share of assets."""
        return self.equity / self.assets if self.assets > 0 else 0.0

    def lose(self, cents: int) -> None:
        """Book a loss (less than 0: a gain) whose asset side is booked elsewhere."""
        self.equity -= cents

    def pay_out(self, cents: int) -> None:
        """Let reserves go; the central bank lends what is missing."""
        self.reserves -= cents
        if self.reserves < 0:
            self.draw_central(-self.reserves)

    def draw_central(self, cents: int) -> None:
        """Borrow reserves from the central bank."""
        self.reserves += cents
        self.owed_central += cents
        self.central.lent += cents

    def repay_central(self) -> None:
        """Give back what is owed, as far as reserves above a tenth allow."""
        spare = max(self.reserves - self.deposits // 10, 0)
        back = min(spare, self.owed_central)
        self.reserves -= back
        self.owed_central -= back
        self.central.lent -= back

    def write_off(self, firm: int, cents: int) -> None:
        """Lose a part of a loan."""
        self.loans[firm] -= cents
        self.lose(cents)


def owe(lender: Bank, borrower: Bank, cents: int) -> None:
    """Add to what a bank owes another; the entries on the other side are not made."""
    lender.lent[borrower.number] = lender.lent.get(borrower.number, 0) + cents
    borrower.borrowed[lender.number] = borrower.borrowed.get(lender.number, 0) + cents


def lend_between(lender: Bank, borrower: Bank, cents: int) -> None:
    """Move reserves from one bank to another as a loan."""
    lender.reserves -= cents
    borrower.reserves += cents
    owe(lender, borrower, cents)


def pay_back(lender: Bank, borrower: Bank, cents: int) -> None:
    """Give back a part of such a loan."""
    owe(lender, borrower, -cents)
    borrower.pay_out(cents)
    lender.reserves += cents
    if not lender.lent[borrower.number]:
        del lender.lent[borrower.number], borrower.borrowed[lender.number]


def resolve(bank: Bank, heir: Bank, banks: list[Bank], loss: float) -> dict[int, int]:
    """Wind a bank up: lenders lose a share, another takes over what is left.

    heir (Bank): Takes assets and deposits; the central bank makes good what lacks.
    loss (float): Share of their loans that the lenders lose.
    RETURNS (Dict[int, int]): Cents lost, by the number of the lender.
    """
    losses = {}
    taken = 0
    for number, cents in bank.borrowed.items():
        lender = banks[number]
        del lender.lent[bank.number]
        lost = cents if lender is heir else round(loss * cents)
        lender.lose(lost)
        losses[number] = lost
        if cents > lost:
            owe(lender, heir, cents - lost)
            taken -= cents - lost
    for number, cents in bank.lent.items():
        del banks[number].borrowed[bank.number]
        if banks[number] is not heir:
            owe(heir, banks[number], cents)
        taken += cents
    for firm, cents in bank.loans.items():
        heir.loans[firm] = heir.loans.get(firm, 0) + cents
        taken += cents
    taken += bank.reserves + bank.bonds - bank.deposits - bank.owed_central
    heir.reserves += bank.reserves
    heir.bonds += bank.bonds
    heir.deposits += bank.deposits
    heir.owed_central += bank.owed_central
    grant = max(-taken, 0)
    heir.reserves += grant
    heir.central.lent += grant
    heir.equity += taken + grant
    bank.reserves = bank.bonds = bank.deposits = bank.owed_central = bank.equity = 0
    bank.loans, bank.lent, bank.borrowed = {}, {}, {}
    bank.failed = True
    return losses
