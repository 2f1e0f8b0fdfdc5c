"""What firms do: report, guide, pay, borrow, default, merge; and their ratings."""

from typing import TYPE_CHECKING

import numpy as np

from phantom.planning.scenarios.market.firms import QUARTER, RATINGS, Firm
from phantom.planning.scenarios.market.households import spread
from phantom.planning.scenarios.market.log import direction, money, percent

if TYPE_CHECKING:
    from phantom.planning.scenarios.market.model import Market

FORGIVEN = 0.25
PREMIUM = 1.25
FEWEST = 4


def close_quarter(market: "Market", firm: Firm) -> None:
    """Book a quarter and publish it."""
    growth = market.central.factor("growth")
    wanted, costs = firm.operate(growth)
    revenue = market.households.spend(round(wanted * market.demand(firm)))
    market.firm_gets(firm, revenue)
    costs = round(costs * (0.35 + 0.65 * revenue / max(wanted, 1)))
    market.pay_households(firm, costs)
    interest = firm.interest(market.central.rate)
    market.pay_interest(firm, interest)
    worn = firm.plant // 80
    firm.plant -= worn
    income = revenue - costs - interest - worn
    firm.booked += income
    told = firm.report(revenue, income)
    firm.guidance = 0.0
    key = f"firm {firm.number}"
    market.values[firm.number] += float(np.clip(1.2 * told["surprise"], -0.25, 0.25))
    market.log.add(
        market.day,
        "earnings",
        {"firm": firm.name},
        {
            "revenue": money(revenue),
            "income": money(income),
            "growth": percent(abs(told["growth"])),
            "debt": money(firm.debt),
        },
        {
            "revenue": told["revenue"],
            "income": direction(told["income_before"], income),
        },
        after=(key, "oil", "demand"),
        hits=(key,) if told["surprise"] < -0.06 else (),
    )
    pay_dividend(market, firm, income)
    if firm.deposit > firm.base * 6 // 10:
        excess = firm.deposit - firm.base * 6 // 10
        market.pay_households(firm, excess)
        firm.plant += excess
    find_money(market, firm)
    # Debt falls due, and for the weakest nobody lends anew.
    weakest = firm.rating == RATINGS.index("CCC") and income < 0
    if weakest and market.day > firm.defaulted + 4 * QUARTER:
        if market.frozen or market.rng.random() < 0.25:
            default(market, firm)


def pay_dividend(market: "Market", firm: Firm, income: int) -> None:
    """Pay holders half of a profit, in whole cents per share."""
    before = firm.payout
    usual = max(income, 0) // 2 // max(firm.outstanding, 1)
    if firm.deposit < firm.base // 8:
        usual = 0
    # Boards smooth dividends and cut only where they must.
    if usual < before * 7 // 10 or usual > before * 13 // 10:
        firm.payout = usual
    if before and firm.payout != before:
        market.log.add(
            market.day,
            "dividend_change",
            {"firm": firm.name},
            {"dividend": money(firm.payout), "before": money(before)},
            {"dividend": direction(before, firm.payout)},
            after=(f"firm {firm.number}",),
        )
    held = market.crowd.shares[:, firm.number]
    paid = held * firm.payout
    total = int(paid.sum())
    market.firm_pays(firm, total)
    firm.booked -= total
    market.crowd.cash += paid
    # As much is spent by those who have cash, so that money goes round.
    spent = spread(total, np.maximum(market.crowd.cash, 0))
    market.crowd.cash -= spent
    market.households.receive(int(spent.sum()))


def guide(market: "Market", firm: Firm) -> None:
    """Between reports, cut the guidance where business falls short of it."""
    likely = firm.base * float(np.exp(firm.level)) * market.demand(firm)
    if likely > 0.94 * firm.expected:
        return
    before, firm.expected = firm.expected, likely
    firm.guidance = likely / before - 1
    market.values[firm.number] += max(1.2 * firm.guidance, -0.3)
    market.log.add(
        market.day,
        "guidance_cut",
        {"firm": firm.name},
        {
            "revenue": money(likely),
            "before": money(before),
            "cut": percent(1 - likely / before),
        },
        {"revenue": "down"},
        after=(f"firm {firm.number}", "oil", "demand", "rates"),
        hits=(f"firm {firm.number}",),
    )


def review_rating(market: "Market", firm: Firm) -> None:
    """Rating agencies look at every firm once a month."""
    wanted = firm.wanted_rating(firm.interest(market.central.rate))
    wanted = min(wanted + (firm.guidance < -0.1), 6)
    worse = wanted > firm.rating
    if wanted == firm.rating or (not worse and market.rng.random() > 0.15):
        return
    before = firm.rating
    firm.rating += min(wanted - before, 2) if worse else -1
    market.values[firm.number] -= 0.03 * (firm.rating - before)
    market.log.add(
        market.day,
        "downgrade" if worse else "upgrade",
        {"firm": firm.name, "agency": market.agency()},
        {"debt": money(firm.debt), "leverage": percent(firm.leverage)},
        {"firm": "down" if worse else "up"},
        {"rating": RATINGS[firm.rating], "rating_before": RATINGS[before]},
        after=(f"firm {firm.number}", "rates"),
        hits=(f"firm {firm.number}",) if worse else (),
    )


def find_money(market: "Market", firm: Firm) -> None:
    """Borrow what is missing; who gets no loan defaults."""
    if firm.deposit >= 0:
        return
    bank = market.banks[firm.bank]
    need = firm.base // 6 - firm.deposit
    lends = not market.frozen and bank.ratio > 0.02
    if lends and firm.rating <= 5 and firm.leverage < 0.85:
        market.lend_to(firm, need)
    else:
        default(market, firm)


def default(market: "Market", firm: Firm) -> None:
    """Miss a payment: banks lend what is overdrawn, and forgive a part of all debt."""
    owed = firm.debt
    market.lend_to(firm, max(-firm.deposit, 0))
    lost = market.forgive(firm, FORGIVEN)
    firm.rating = RATINGS.index("CCC")
    firm.defaulted, firm.payout = market.day, 0
    market.values[firm.number] -= 1.2
    market.bad_news[firm.number] -= 0.1
    market.log.add(
        market.day,
        "default",
        {"firm": firm.name, "bank": market.banks[firm.bank].name},
        {"debt": money(owed), "loss": money(lost)},
        {"firm": "down"},
        {"rating": RATINGS[firm.rating]},
        after=(f"firm {firm.number}", "freeze", "rates"),
        hits=(
            *(f"firm {firm.number}", "market"),
            *(f"bank {bank.number}" for bank in market.banks if bank.loans),
        ),
    )


def merge(market: "Market") -> None:
    """Once in a while a sound firm takes over a smaller one for shares of its own."""
    listed = [firm for firm in market.firms if firm.listed]
    if len(listed) <= FEWEST or market.rng.random() > 0.02:
        return
    worth = {f.number: f.outstanding * market.books[f.number].price for f in listed}
    order = sorted(listed, key=lambda firm: (worth[firm.number], firm.number))
    buyer, target = order[-1], order[int(market.rng.integers(0, len(order) // 2))]
    if buyer.rating > 4 or market.day - target.defaulted < QUARTER:
        return
    price = market.books[target.number].price
    ratio = PREMIUM * price / market.books[buyer.number].price
    market.take_over(buyer, target, ratio)
    market.log.add(
        market.day,
        "acquisition",
        {"buyer": buyer.name, "firm": target.name},
        {
            "worth": money(PREMIUM * worth[target.number]),
            "premium": percent(PREMIUM - 1),
        },
        {"firm": "up"},
        after=(f"firm {target.number}",),
        hits=(f"firm {buyer.number}",),
    )
