"""The mass of traders in arrays: what they believe, what they hold, what they owe."""

from typing import Any

import mesa
import numpy as np

from phantom.planning.scenarios.market.book import Book, Trade
from phantom.planning.scenarios.market.prices import Array
from phantom.planning.scenarios.market.settings import PriceSettings

# Days that an order waits; how far beliefs of one day differ, in its volatility.
LIFE = 4
APART = 0.6
# Share of what they hold that funds buy on credit, from fund to fund: at most half, as
# Regulation T of the Federal Reserve has it. What must be theirs at any time: a quarter
# by FINRA Rule 4210, mostly more by their brokers' rules, and more still where money is
# scarce (margins rise in crises, Brunnermeier & Pedersen 2009).
OWED = (0.1, 0.5)
MAINTENANCE, SCARCE = 0.35, 0.6


class Traders(mesa.Agent):
    """All traders and, in the last row, the market maker.

    cash (Array): Cents; below 0 is a loan of the broker. shares (Array): By trader and
        firm. value_weight, trend_weight, news_weight (Array): How far each follows
        fundamentals, the trend and the news. credit (Array): Cents it may owe.
    funds (Array): Who is a fund: larger, and on credit.
    """

    def __init__(
        self, model: mesa.Model, count: int, prices: list[int], settings: PriceSettings
    ) -> None:
        super().__init__(model)
        rng = model.rng
        self.count = count
        self.settings = settings
        firms = len(prices)
        kind = rng.permutation(count) % 3
        self.value_weight = np.where(kind == 0, 2.2, 0.4)
        self.trend_weight = np.where(kind == 1, 2.2, 0.4)
        self.news_weight = np.where(kind == 2, 1.2, 0.9)
        self.funds = np.arange(count) < max(count // 50, 1)
        size = np.where(self.funds, 4.0, rng.lognormal(0, 0.5, count))
        lots = rng.poisson(20, (count, firms)) * 1_000
        held = np.round(lots * size[:, None]).astype(np.int64)
        worth = held @ np.array(prices, dtype=np.int64)
        stock = 20_000 * max(count // 20, 1)
        maker = np.full((1, firms), stock, dtype=np.int64)
        self.shares = np.vstack([held, maker])
        # Funds have bought on credit, the others hold half as much cash as shares.
        self.owed = np.zeros(count)
        self.owed[self.funds] = np.linspace(*OWED, int(self.funds.sum()))
        self.credit = (worth * self.owed).astype(np.int64)
        cash = np.where(self.funds, -self.credit, worth // 2)
        self.cash = np.append(cash, stock * sum(prices))
        self.size = size
        # What orders that wait may still take.
        self.bidden = np.zeros(count + 1, dtype=np.int64)
        self.offered = np.zeros((count + 1, firms), dtype=np.int64)

    @property
    def maker(self) -> int:
        """The market maker's row."""
        return self.count

    def trade(
        self,
        books: list[Book],
        open_: list[int],
        lean: Array,
        news: Array,
        active: float,
        day: int,
    ) -> None:
        """Have some of them send an order each, in random order.

        open_ (List[int]): Firms whose shares are traded.
        lean, news (Array): (2, firms) towards value and trend, and (2, firms) the
            day's news and its volatility; log units.
        """
        rng = self.model.rng
        count = int(rng.binomial(self.count, active))
        who = rng.choice(self.count, count, replace=False)
        firms = np.array(open_)[rng.integers(0, len(open_), count)]
        own = APART * news[1][firms] * rng.standard_normal(count)
        belief = (
            self.value_weight[who] * lean[0][firms]
            + self.trend_weight[who] * lean[1][firms]
            + self.news_weight[who] * news[0][firms]
            + own
        )
        start = np.array([book.price for book in books])[firms]
        targets = np.maximum(np.rint(start * np.exp(belief)), 1).astype(np.int64)
        sizes = np.maximum(rng.poisson(3_000, count) * self.size[who], 1).astype(
            np.int64
        )
        for trader, firm, target, size in zip(
            who.tolist(), firms.tolist(), targets.tolist(), sizes.tolist(), strict=True
        ):
            book = books[firm]
            self.send(book, firm, trader, target > book.quote(), size, target, day)

    def send(
        self,
        book: Book,
        firm: int,
        trader: int,
        buys: bool,
        size: int,
        limit: int,
        day: int,
        life: int = LIFE,
    ) -> list[Trade]:
        """Send one order, no larger than the trader can pay or deliver."""
        if buys:
            free = int(self.cash[trader] - self.bidden[trader])
            if trader < self.count:
                free += int(self.credit[trader])
            size = min(size, free // limit)
        else:
            size = min(
                size, int(self.shares[trader, firm] - self.offered[trader, firm])
            )
        if size < 1:
            return []
        trades = book.submit(trader, buys, size, limit, day + life)
        rest = size
        for buyer, seller, count, price in trades:
            cents = count * price
            self.cash[buyer] -= cents
            self.cash[seller] += cents
            self.shares[buyer, firm] += count
            self.shares[seller, firm] -= count
            rest -= count
            if buys:
                self.offered[seller, firm] -= count
            else:
                self.bidden[buyer] -= cents
        if rest:
            if buys:
                self.bidden[trader] += rest * limit
            else:
                self.offered[trader, firm] += rest
        self.release(book, firm)
        return trades

    def release(self, book: Book, firm: int) -> None:
        """Give back what orders that were withdrawn had taken."""
        for trader, count, is_bid, price in book.released:
            if is_bid:
                self.bidden[trader] -= count * price
            else:
                self.offered[trader, firm] -= count
        book.released.clear()

    def called(self, prices: Any, own: float) -> Any:
        """Set what funds may owe today, and tell who owes too much.

        own (float): Share of what is held that must not be owed.
        """
        worth = self.shares[: self.count] @ prices
        self.credit = (worth * self.owed).astype(np.int64)
        cash = self.cash[: self.count]
        short = cash + worth < own * worth
        return np.flatnonzero((cash < 0) & (worth > 0) & short)
