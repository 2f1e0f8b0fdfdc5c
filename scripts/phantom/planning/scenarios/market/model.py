"""The market as a whole: who is there, and what a day holds."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import networkx as nx
import numpy as np

from phantom.planning.scenarios.market import business
from phantom.planning.scenarios.market.banking import (
    bank_day,
    bank_month,
    reprice_bonds,
)
from phantom.planning.scenarios.market.banks import Bank, lend_between
from phantom.planning.scenarios.market.book import Book, Depth
from phantom.planning.scenarios.market.firms import QUARTER, Firm
from phantom.planning.scenarios.market.floor import describe_crash, trade_day
from phantom.planning.scenarios.market.households import Households, spread
from phantom.planning.scenarios.market.ledger import Ledger
from phantom.planning.scenarios.market.log import EventLog
from phantom.planning.scenarios.market.macro import FACTORS, MEETING, MONTH, CentralBank
from phantom.planning.scenarios.market.settings import MarketSettings
from phantom.planning.scenarios.market.shocks import strike
from phantom.planning.scenarios.market.traders import Traders

Names = Mapping[str, Sequence[str]]


class Snapshot(NamedTuple):
    """A share's book on the evening before a day and on that of the day."""

    day: int
    firm: int
    fall: float
    before: Depth
    after: Depth


class Market(Ledger):
    """Traders, firms, banks, households and a central bank, day by day.

    settings (MarketSettings): Sizes, prices, shocks.
    names (Names): Of firm, bank, fund, agency, central_bank, exchange and country.
    seed (int): The same seed gives the same days.
    closes (List[Array]): Prices in cents at the end of each day, by firm.
    """

    crowd_class: type[Traders] = Traders

    def __init__(self, settings: MarketSettings, names: Names, seed: int) -> None:
        super().__init__(seed=seed)
        self.settings = settings
        self.names = names
        self.day = 0
        self.log = EventLog()
        self.exchange, self.country = names["exchange"][0], names["country"][0]
        self.central = CentralBank(self, names["central_bank"][0], self.log)
        self._found_banks()
        self.firms = [
            Firm(self, name, i, i % settings.banks)
            for i, name in enumerate(self.pick("firm", settings.firms))
        ]
        self.households = Households(self, settings.households, self.banks)
        prices = [firm.price0 for firm in self.firms]
        self.crowd = self.crowd_class(self, settings.traders, prices, settings.prices)
        self.books = [Book(price) for price in prices]
        for firm in self.firms:
            firm.outstanding = int(self.crowd.shares[:, firm.number].sum())
        self._open_accounts()
        self.usual_stock = int(self.crowd.shares[self.crowd.maker].max())
        self.values = np.log(np.array(prices, dtype=float))
        self.variance = np.full(len(prices), settings.prices.noise**2)
        self.trend = np.zeros(len(prices))
        self.bad_news = np.zeros(len(prices))
        self._bad_days: list[float] = []
        self.frozen_until = self.scarce_until = self.slump_until = 0
        self.slump = 0.0
        self.called: dict[int, int] = {}
        self.fled: dict[int, int] = {}
        self.ran: dict[int, int] = {}
        self.closes: list[Any] = []
        self.worst: Snapshot | None = None
        self.networks: list[tuple[int, nx.DiGraph]] = []
        self._depths: dict[int, Depth] = {}

    @property
    def frozen(self) -> bool:
        """Whether nobody makes a market or lends."""
        return self.day < self.frozen_until

    def step(self) -> None:
        """One trading day."""
        self.day += 1
        for shock in self.settings.shocks:
            if shock.day == self.day:
                strike(self, shock)
        self.bad_news += self._bad_days.pop(0) if self._bad_days else 0.0
        if self.day % MONTH == 0:
            self._month()
        if self.day % MEETING == 0:
            change = self.central.decide(self.day)
            reprice_bonds(self, change)
            self.values -= 0.03 * change
        for firm in self.firms:
            if firm.listed:
                self._firm_day(firm)
        trade_day(self)
        self.bad_news[:] = 0.0
        bank_day(self)

    def run(self) -> None:
        """All days of the settings."""
        for _ in range(self.settings.steps):
            self.step()

    def _firm_day(self, firm: Firm) -> None:
        # Firms report on different days.
        phase = (self.day + 7 * firm.number) % QUARTER
        if phase == 0:
            business.close_quarter(self, firm)
        elif phase == QUARTER // 2:
            business.guide(self, firm)
        elif phase % MONTH == 10:
            business.review_rating(self, firm)

    def _month(self) -> None:
        before = self.central.state.copy()
        self.central.step_month()
        change = dict(zip(FACTORS, self.central.state - before, strict=True))
        for firm in self.firms:
            if firm.listed:
                level = firm.level
                firm.move(change)
                self.values[firm.number] += firm.level - level
        bank_month(self)
        business.merge(self)

    def demand(self, firm: Firm) -> float:
        """Share of the usual demand that a firm meets."""
        hit = self.slump if self.day < self.slump_until else 0.0
        return 1 - hit * min(firm.growth_beta, 1.0)

    def add_bad_news(self, daily: float, days: int) -> None:
        """Add to the news of all shares for so many days, from today."""
        kept = self._bad_days + [0.0] * (days - len(self._bad_days))
        self._bad_days = [x + daily * (i < days) for i, x in enumerate(kept)]

    def agency(self) -> str:
        """A rating agency."""
        return str(self.random.choice(list(self.names["agency"])))

    def fund_name(self, trader: int) -> str:
        """The name of a trader that is a fund."""
        return self.names["fund"][trader % len(self.names["fund"])]

    def pick(self, role: str, count: int) -> list[str]:
        """Names of a role, in random order. RAISES: ValueError if there are too few."""
        known = list(self.names[role])
        if len(known) < count:
            raise ValueError(f"{count} names of {role} wanted, {len(known)} are there")
        return self.random.sample(known, count)

    def keep_depth(self) -> None:
        """Remember the books of restless shares, for the picture of a crash."""
        usual = self.settings.prices.noise**2
        restless = np.flatnonzero((self.variance > 2 * usual) | (self.bad_news < 0))
        self._depths = {int(i): self.books[i].depth() for i in restless}

    def see_crash(self, number: int, before: int, book: Book) -> None:
        """Log a flash crash, and keep the book of the deepest fall."""
        fall = book.low / before - 1
        there = self._depths.get(number, Depth([], []))
        deep = min(map(len, there)) > 2
        if deep and fall < (self.worst.fall if self.worst else 0.0):
            self.worst = Snapshot(self.day, number, fall, there, book.depth())
        numbers = describe_crash(before, book.low, book.quote())
        if numbers:
            self.log.add(
                self.day,
                "flash_crash",
                {"firm": self.firms[number].name, "exchange": self.exchange},
                numbers,
                {"firm": "down"},
                after=(f"firm {number}", "market", "freeze"),
                hits=(f"firm {number}", "market"),
            )

    def keep_network(self, bank: Bank | None = None) -> None:
        """Remember who owes whom, as nodes by name with equity and edges in cents."""
        graph = nx.DiGraph()
        for other in self.banks:
            graph.add_node(other.name, equity=other.equity, failed=other.failed)
        for lender in self.banks:
            for number, cents in lender.lent.items():
                graph.add_edge(lender.name, self.banks[number].name, cents=cents)
        self.networks.append((self.day, graph))

    def _found_banks(self) -> None:
        count = self.settings.banks
        names = self.pick("bank", count)
        self.banks = [Bank(self, name, i, self.central) for i, name in enumerate(names)]

    def _open_accounts(self) -> None:
        """Fill balance sheets: loans and deposits first, bonds to make them whole."""
        own, count = self.households, len(self.banks)
        parts = {}
        for firm in self.firms:
            # Its own bank lends four times as much as each of the others.
            weights = np.ones(count, dtype=np.int64)
            weights[firm.bank] = 4
            parts[firm.number] = spread(firm.debt, weights).tolist()
        for bank in self.banks:
            mine = [firm for firm in self.firms if firm.bank == bank.number]
            bank.loans = {f.number: parts[f.number][bank.number] for f in self.firms}
            lent = sum(bank.loans.values())
            there = own.bank == bank.number
            held = max(int(own.deposits[there].sum()), 1)
            own.deposits[there] = own.deposits[there] * (13 * lent // 10) // held
            bank.deposits = int(own.deposits[there].sum())
            bank.deposits += sum(firm.deposit for firm in mine)
            bank.equity = round(float(self.rng.uniform(0.07, 0.11)) * bank.deposits)
            bank.reserves = bank.deposits // 5
            bank.bonds = bank.deposits + bank.equity - bank.reserves - lent
        graph = nx.gnp_random_graph(
            len(self.banks), 0.45, seed=self.random, directed=True
        )
        self.lines = list(graph.edges)
        for lender, borrower in self.lines:
            cents = self.banks[lender].reserves // (4 * (1 + graph.out_degree(lender)))
            lend_between(self.banks[lender], self.banks[borrower], cents)
        self.money = self.count_money()
        self.networks = []
