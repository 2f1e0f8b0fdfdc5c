"""Matching by price, then by time."""

import random

from phantom.planning.scenarios.market.book import Book, Depth


def test_the_best_price_trades_first_then_the_oldest_order() -> None:
    book = Book(100)
    book.submit(1, False, 10, 102, 9)
    book.submit(2, False, 10, 101, 9)
    book.submit(3, False, 10, 101, 9)
    # 25 bought at up to 102: all of 2, then 3 (later at the same price), then 1.
    assert book.submit(4, True, 25, 102, 9) == [
        (4, 2, 10, 101),
        (4, 3, 10, 101),
        (4, 1, 5, 102),
    ]
    assert book.depth() == Depth([], [(102, 5)])
    # Who sells below the bid gets the bid's price; the rest waits.
    book.submit(5, True, 4, 99, 9)
    assert book.submit(6, False, 6, 95, 9) == [(5, 6, 4, 99)]
    assert book.depth() == Depth([], [(95, 2), (102, 5)])
    assert book.low == 99


def test_an_order_does_not_pay_more_than_its_limit() -> None:
    book = Book(100)
    book.submit(1, False, 10, 103, 9)
    assert book.submit(2, True, 10, 102, 9) == []
    assert book.best() == (102, 103)
    assert book.quote() == 102  # the middle, in whole cents


def test_orders_that_go_are_reported_for_their_money() -> None:
    book = Book(100)
    book.submit(1, True, 10, 99, 5)
    book.submit(2, False, 10, 101, 3)
    book.submit(2, False, 7, 104, 9)
    book.expire(3)
    assert book.released == [(2, 10, False, 101)]
    book.released.clear()
    book.cancel(2)
    # Nobody trades with oneself: the order that waits goes.
    assert book.submit(1, False, 4, 98, 9) == []
    assert book.released == [(2, 7, False, 104), (1, 10, True, 99)]
    assert book.depth() == Depth([], [(98, 4)])


def test_one_side_alone_moves_the_price_only_past_it() -> None:
    book = Book(100)
    book.submit(1, True, 1, 98, 9)
    assert book.quote() == 100
    book.submit(1, True, 1, 105, 9)
    assert book.quote() == 105


def test_against_a_list_of_orders() -> None:
    """Random orders; the reference sorts plain lists anew for each."""
    rng = random.Random(7)
    book = Book(100)
    waiting: list[list[int]] = []
    for number in range(600):
        buys, limit = rng.random() < 0.5, rng.randint(90, 110)
        shares = left = rng.randint(1, 20)
        expected = []
        others = [o for o in waiting if bool(o[2]) != buys and o[1]]
        sign = 1 if buys else -1
        for order in sorted(others, key=lambda o: (sign * o[3], o[4])):
            if not left or sign * order[3] > sign * limit:
                break
            filled = min(left, order[1])
            order[1] -= filled
            left -= filled
            pair = (number, order[0]) if buys else (order[0], number)
            expected.append((*pair, filled, order[3]))
        if left:
            waiting.append([number, left, buys, limit, number])
        assert book.submit(number, buys, shares, limit, 10**6) == expected
