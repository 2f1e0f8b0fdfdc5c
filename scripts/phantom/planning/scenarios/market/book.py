"""A limit order book: price and time priority, prices in cents, lazy cancellation."""

from heapq import heappop, heappush
from typing import NamedTuple

# Trades of one order: (who bought, who sold, shares, price in cents).
Trade = tuple[int, int, int, int]


class Depth(NamedTuple):
    """Shares that wait at each price in cents, best price first."""

    bids: list[tuple[int, int]]
    asks: list[tuple[int, int]]


class Book:
    """Orders of one share that wait for a counterparty.

    price (int): In cents; the middle of the best bid and ask, or the last such.
    released (List): Trader, shares, whether a bid, and price of orders withdrawn;
        whoever reads it clears it.
    """

    def __init__(self, price: int) -> None:
        self.price = price
        self.low = price
        self.released: list[tuple[int, int, bool, int]] = []
        self._number = 0
        # Of each order that waits: [trader, shares left, expires, is a bid, price].
        self._orders: dict[int, list[int]] = {}
        self._bids: list[tuple[int, int]] = []
        self._asks: list[tuple[int, int]] = []

    def submit(
        self, trader: int, buys: bool, shares: int, limit: int, expires: int
    ) -> list[Trade]:
        """Match an order with those that wait; the rest of it waits.

        limit (int): In cents, 1 or more. expires (int): Step in which it is gone.
        """
        trades: list[Trade] = []
        heap = self._asks if buys else self._bids
        while shares and heap:
            price, number = heap[0]
            order = self._orders.get(number)
            if order is None or not order[1]:
                heappop(heap)
                self._orders.pop(number, None)
                continue
            price = abs(price)
            if price > limit if buys else price < limit:
                break
            other = order[0]
            if other == trader:
                # Nobody trades with oneself: the older order is withdrawn.
                self._withdraw(order)
                continue
            filled = shares if shares < order[1] else order[1]
            order[1] -= filled
            shares -= filled
            pair = (trader, other) if buys else (other, trader)
            trades.append((*pair, filled, price))
            if price < self.low:
                self.low = price
        if shares:
            self._number += 1
            self._orders[self._number] = [trader, shares, expires, buys, limit]
            entry = (-limit, self._number) if buys else (limit, self._number)
            heappush(self._bids if buys else self._asks, entry)
        return trades

    def cancel(self, trader: int) -> None:
        """Withdraw every order of a trader."""
        for order in self._orders.values():
            if order[0] == trader:
                self._withdraw(order)

    def expire(self, step: int) -> None:
        """Withdraw the orders whose time is over, and forget those that are gone."""
        orders = self._orders
        gone = [n for n, o in orders.items() if o[2] <= step or not o[1]]
        for number in gone:
            self._withdraw(orders.pop(number))

    def best(self) -> tuple[int, int]:
        """Best bid and ask in cents, 0 where nobody waits."""
        return self._top(self._bids), self._top(self._asks)

    def quote(self) -> int:
        """The price now: the middle of the best bid and ask, if both are there."""
        bid, ask = self.best()
        if bid and ask:
            self.price = (bid + ask) // 2
        elif bid > self.price or 0 < ask < self.price:
            self.price = bid or ask
        return self.price

    def depth(self) -> Depth:
        """What waits at each price."""
        levels: tuple[dict[int, int], dict[int, int]] = ({}, {})
        for _, shares, _, is_bid, price in self._orders.values():
            if shares:
                side = levels[0 if is_bid else 1]
                side[price] = side.get(price, 0) + shares
        bids, asks = (sorted(side.items()) for side in levels)
        return Depth(bids[::-1], asks)

    def _withdraw(self, order: list[int]) -> None:
        if order[1]:
            self.released.append((order[0], order[1], bool(order[3]), order[4]))
            order[1] = 0

    def _top(self, heap: list[tuple[int, int]]) -> int:
        while heap:
            order = self._orders.get(heap[0][1])
            if order and order[1]:
                return abs(heap[0][0])
            heappop(heap)
            # A spent order is forgotten when its time is over.
        return 0
