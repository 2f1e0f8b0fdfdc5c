"""A day on the exchange: news, quotes, orders, margin calls, crashes."""

from typing import TYPE_CHECKING

import numpy as np

from phantom.planning.scenarios.market.log import Number, direction, money, percent
from phantom.planning.scenarios.market.prices import (
    DRIFT,
    TREND,
    draw_news,
    next_variance,
)
from phantom.planning.scenarios.market.traders import MAINTENANCE, SCARCE

if TYPE_CHECKING:
    from phantom.planning.scenarios.market.model import Market

# Prices move more than beliefs do, by what a thin book adds (measured: the standard
# deviation of returns is that of the kernel with this).
MAGNIFIES = 1.15
# Shares move together less than their news do, since each has a book of its own; orders
# that wait, and stress that lasts, carry prices on as momentum would (measured, too).
DILUTES, CARRIES = 1.65, 0.08
# A fall within a day that counts as a crash, and how much of it must come back.
CRASH, BACK = -0.1, 0.4
# Half the maker's spread, in a day's volatility; how far it leans against its stock.
HALF, SKEW = 0.25, 0.5


def trade_day(market: "Market") -> None:
    """Trade every listed share, then book returns and call margins."""
    settings = market.settings.prices
    listed = [firm.number for firm in market.firms if firm.listed]
    before = np.array([book.price for book in market.books])
    sigma = np.sqrt(market.variance) / MAGNIFIES
    common = draw_news(settings, market.rng, ())
    single = draw_news(settings, market.rng, len(market.books))
    shared = min(settings.together * DILUTES, 1.0)
    news = sigma * (shared**0.5 * common + (1 - shared) ** 0.5 * single)
    news += market.bad_news
    market.values += settings.noise * DRIFT * market.rng.standard_normal(len(news))
    value, trend = market.values - np.log(before), market.trend
    leans = np.array([settings.pull * value, (settings.momentum - CARRIES) * trend])
    market.keep_depth()
    if not market.frozen:
        _quote(market, listed, sigma)
    active = market.settings.active * (0.4 if market.frozen else 1.0)
    market.crowd.trade(
        market.books, listed, leans, np.array([news, sigma]), active, market.day
    )
    _call_margins(market, before)
    for number in listed:
        book = market.books[number]
        market.see_crash(number, int(before[number]), book)
        book.quote()
        book.expire(market.day)
        market.crowd.release(book, number)
        book.low = book.price
    after = np.array([book.price for book in market.books])
    returns = np.log(after / before)
    market.variance = next_variance(market.variance, returns, settings)
    market.trend += TREND * (returns - market.trend)
    market.closes.append(after)


def _quote(market: "Market", listed: list[int], sigma: np.ndarray) -> None:
    """Have the maker stand on both sides, leaning against what it holds."""
    crowd = market.crowd
    for number in listed:
        book = market.books[number]
        book.cancel(crowd.maker)
        crowd.release(book, number)
        held, usual = int(crowd.shares[crowd.maker, number]), market.usual_stock
        tilt = SKEW * sigma[number] * float(np.clip(held / usual - 1, -1, 1))
        for buys, side in ((True, -1), (False, 1)):
            away = np.exp(side * HALF * sigma[number] - tilt)
            limit = max(round(book.price * away), 1)
            size = usual // 100
            crowd.send(book, number, crowd.maker, buys, size, limit, market.day, 1)


def _call_margins(market: "Market", before: np.ndarray) -> None:
    """Brokers sell for traders who owe too much; funds are named."""
    crowd = market.crowd
    prices = np.array([book.price for book in market.books])
    own = SCARCE if market.day < market.scarce_until else MAINTENANCE
    for trader in crowd.called(prices, own).tolist():
        held = crowd.shares[trader] * prices
        number = int(held.argmax())
        book = market.books[number]
        owed = -int(crowd.cash[trader])
        size = min(int(crowd.shares[trader, number]), market.usual_stock // 1_000)
        limit = max(round(book.price * 0.98), 1)
        for other in market.books:
            other.cancel(trader)
        for place, other in enumerate(market.books):
            crowd.release(other, place)
        crowd.send(book, number, trader, False, size, limit, market.day, 1)
        last = market.called.get(trader, -100)
        if crowd.funds[trader] and market.day - last > 120:
            market.called[trader] = market.day
            fall = book.price / int(before[number]) - 1
            market.log.add(
                market.day,
                "margin_call",
                {
                    "fund": market.fund_name(trader),
                    "firm": market.firms[number].name,
                },
                {
                    "loan": money(owed),
                    "holdings": money(int(held.sum())),
                    "sold": money(size * book.price),
                },
                {"firm": direction(0, fall)},
                after=(f"firm {number}", "market", "freeze"),
                hits=(f"firm {number}", "market"),
            )


def describe_crash(before: int, low: int, close: int) -> dict[str, Number] | None:
    """Numbers of a flash crash, None if the day had none."""
    if low / before - 1 > CRASH or close < low + BACK * (before - low):
        return None
    return {
        "fall": percent(1 - low / before),
        "low": money(low),
        "close": money(close),
    }
