"""What holds on every day of a market, and what its stress scenarios do."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
from tests.builders.markets import NAMES, one_after_the_other, small_market

pytest.importorskip(
    "phantom.planning.scenarios.market.ledger",
    reason="the extra `simulate` is not installed",
)

from phantom.planning.scenarios.market.banks import Bank  # noqa: E402
from phantom.planning.scenarios.market.households import spread  # noqa: E402
from phantom.planning.scenarios.market.model import Market  # noqa: E402
from phantom.planning.scenarios.market.settings import Shock  # noqa: E402
from phantom.planning.scenarios.market.shocks import USUAL  # noqa: E402

STEPS = 800


@pytest.fixture(scope="module")
def stressed() -> Market:
    """Every stress scenario within three years, checked day by day."""
    market = Market(small_market(STEPS, one_after_the_other(100)), NAMES, seed=3)
    money = market.count_money()
    outstanding = [firm.outstanding for firm in market.firms]
    assert market.find_gaps() == [] and sum(outstanding) > 0
    for _ in range(STEPS):
        market.step()
        # Cash to the cent, books that balance, shares that add up.
        assert market.count_money() == money, market.day
        assert market.find_gaps() == [], market.day
        assert market.closes[-1].min() > 0
        assert market.crowd.shares.min() >= 0
    return market


def test_every_kind_of_event_has_its_numbers(stressed: Market) -> None:
    events = Counter(event.name for event in stressed.log.events)
    assert {"earnings", "dividend_change", "rate_decision", "downgrade"} <= set(events)
    struck = {"commodity_spike", "fraud", "sovereign_default", "liquidity_freeze"}
    assert all(events[name] == 1 for name in struck | {"cyber_outage", "demand_shock"})
    for event in stressed.log.events:
        assert all(cause < event.number for cause in event.causes)
        assert event.numbers or event.texts
        if event.name == "default":
            assert event.numbers["loss"].value > 0
        if event.name == "earnings":
            growth = event.numbers["growth"].value
            assert growth == 0 or event.changes["revenue"] in ("up", "down")


def test_what_waits_in_a_book_is_what_was_taken_for_it(stressed: Market) -> None:
    crowd = stressed.crowd
    asked = np.zeros_like(crowd.offered)
    bid = np.zeros_like(crowd.bidden)
    for firm, book in enumerate(stressed.books):
        for trader, shares, _, is_bid, price in book._orders.values():
            if is_bid:
                bid[trader] += shares * price
            else:
                asked[trader, firm] += shares
    assert (bid == crowd.bidden).all() and (asked == crowd.offered).all()
    assert bid.sum() and asked.sum()


def test_the_same_seed_gives_the_same_days() -> None:
    runs = []
    for seed in (1, 1, 2):
        market = Market(small_market(150, one_after_the_other(20)), NAMES, seed)
        market.run()
        runs.append((market.log.events, np.array(market.closes).tolist()))
    assert runs[0] == runs[1] and runs[0] != runs[2]


def test_a_cent_that_goes_astray_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    market = Market(small_market(), NAMES, seed=0)
    plain = Bank.pay_out
    monkeypatch.setattr(Bank, "pay_out", lambda bank, cents: plain(bank, cents + 1))
    before = market.count_money()
    market.firm_pays(market.firms[0], 100)
    assert market.count_money() == before - 101
    assert len(market.find_gaps()) == 2  # the bank, and the firm whose cash left


@pytest.mark.slow
def test_ratings_fall_before_defaults_more_often_than_after() -> None:
    before = after = defaults = 0
    for seed in range(4):
        market = Market(small_market(1_000, firms=10, traders=20), NAMES, seed)
        market.run()
        falls = [e for e in market.log.events if e.name == "downgrade"]
        for event in market.log.events:
            if event.name == "default":
                days = [
                    fall.day - event.day
                    for fall in falls
                    if fall.who["firm"] == event.who["firm"]
                ]
                before += any(-252 <= day <= 0 for day in days)
                after += any(0 < day <= 252 for day in days)
                defaults += 1
    assert defaults >= 6
    assert before > after


def shocked(name: Any, seed: int = 0, days: int = 40) -> tuple[Market, Market]:
    """The same market with a stress scenario on day 5, and without."""
    struck = Market(small_market(days, (Shock(name=name, day=5),)), NAMES, seed)
    calm = Market(small_market(days), NAMES, seed)
    struck.run()
    calm.run()
    return struck, calm


@pytest.mark.parametrize("name", ["sovereign_default", "rate_shock", "pandemic"])
def test_severe_scenarios_push_prices_down(name: str) -> None:
    struck, calm = shocked(name)
    end = np.log(struck.closes[-1] / calm.closes[-1])
    assert end.mean() < -0.05


def test_a_rate_shock_is_in_basis_points_and_costs_banks() -> None:
    struck, calm = shocked("rate_shock", days=6)
    assert struck.central.rate - calm.central.rate == 3.0
    # A duration of 1.5 years takes 4.5% of all bonds.
    lost = sum(b.equity for b in calm.banks) - sum(b.equity for b in struck.banks)
    bonds = sum(b.bonds for b in calm.banks)
    assert lost == pytest.approx(0.045 * bonds, rel=1e-6)


def test_a_commodity_spike_multiplies_oil() -> None:
    struck, calm = shocked("commodity_spike", days=6)
    ratio = struck.central.factor("oil") / calm.central.factor("oil")
    assert ratio == pytest.approx(1.8)


def test_a_liquidity_freeze_calls_loans_in_and_stops_trade() -> None:
    struck, calm = shocked("liquidity_freeze", days=6)
    assert sum(len(b.lent) for b in calm.banks) > sum(len(b.lent) for b in struck.banks)
    assert struck.frozen and not calm.frozen


def test_fraud_hits_the_most_indebted_firm() -> None:
    struck, calm = shocked("fraud", days=5)
    firm = max(calm.firms, key=lambda firm: firm.leverage)
    share = struck.firms[firm.number].plant / firm.plant
    assert share == pytest.approx(0.6, rel=1e-6)


def test_a_size_of_ones_own_goes_before_the_usual() -> None:
    shock = Shock(name="rate_shock", day=2, size=150)
    market = Market(small_market(3, (shock,)), NAMES, seed=0)
    market.run()
    (event,) = [e for e in market.log.events if e.name == "rate_decision"]
    assert event.numbers["move"] == (150, "basis points")
    assert set(USUAL) == {shock.name for shock in one_after_the_other(1)}


def test_an_amount_is_split_to_the_cent() -> None:
    parts = spread(100, np.array([1, 1, 1], dtype=np.int64))
    assert parts.tolist() == [33, 33, 34]
    assert spread(7, np.array([0, 0], dtype=np.int64)).tolist() == [0, 0]
