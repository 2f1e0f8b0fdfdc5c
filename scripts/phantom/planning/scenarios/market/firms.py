"""Firms: revenue, costs, debt, dividends, and the rating that follows from them."""

from typing import Any

import mesa
import numpy as np

from phantom.planning.scenarios.market.log import direction

RATINGS = ("AAA", "AA", "A", "BBB", "BB", "B", "CCC", "D")
# Yearly interest over the policy rate, in points, by rating.
SPREADS = (0.4, 0.6, 0.9, 1.6, 3.0, 5.0, 9.0, 12.0)
QUARTER = 63


class Firm(mesa.Agent):
    """One listed firm; amounts in cents.

    deposit (int): At its bank. plant, debt (int): Book values. outstanding (int):
        Shares. payout (int): Dividend per share and quarter. rating (int): Place in
        RATINGS. value (float): Log of what a share is worth by its business.
    """

    def __init__(self, model: mesa.Model, name: str, number: int, bank: int) -> None:
        super().__init__(model)
        rng = model.rng
        self.name = name
        self.number = number
        self.bank = bank
        self.price0 = int(rng.integers(1_500, 12_000))
        self.outstanding = 0
        self.base = int(rng.lognormal(23.0, 0.6))
        self.margin = float(rng.uniform(0.09, 0.22))
        self.growth_beta = float(rng.uniform(0.2, 1.4))
        self.oil_beta = float(rng.uniform(-0.35, 0.25))
        self.fx_beta = float(rng.uniform(-0.4, 0.4))
        self.plant = 6 * self.base
        self.debt = round(self.plant * float(rng.uniform(0.15, 0.62)))
        self.deposit = self.base // 2
        self.payout = 0
        self.level = 0.0
        self.value = float(np.log(self.price0))
        self.last_revenue = self.base
        self.last_income = 0
        self.expected = float(self.base)
        self.guidance = 0.0
        self.overstated = 0.0
        # Equity by its own entries, so that `gap` can tell whether they are right.
        self.booked = self.plant + self.deposit - self.debt
        self.rating = self.wanted_rating()
        self.defaulted = 0
        self.listed = True

    @property
    def gap(self) -> int:
        """What it owns less what it owes less equity: 0, or an entry is wrong."""
        return self.plant + self.deposit - self.debt - self.booked

    @property
    def leverage(self) -> float:
        """Debt as a share of what it owns."""
        return self.debt / max(self.plant + self.deposit, 1)

    def interest(self, policy_rate: float, quarters: float = 1.0) -> int:
        """Cents of interest on its debt."""
        rate = policy_rate + SPREADS[self.rating]
        return round(self.debt * rate / 100 * quarters / 4)

    def move(self, change: dict[str, float]) -> None:
        """Let its business follow the macro factors for a month."""
        self.level += self.growth_beta * change["growth"] / 100
        self.level += self.oil_beta * change["oil"] + self.fx_beta * change["fx"]
        self.level += float(self.model.rng.normal(0, 0.03))
        # Bad and good times pass.
        self.level *= 0.97

    def operate(self, growth: float) -> tuple[int, int]:
        """Revenue and costs of a quarter, before interest."""
        rng = self.model.rng
        revenue = round(self.base * np.exp(self.level + rng.normal(0, 0.03)))
        margin = self.margin + 0.35 * self.level + float(rng.normal(0, 0.015))
        self.base = round(self.base * (1 + growth / 400))
        return revenue, round(revenue * (1 - np.clip(margin, -0.6, 0.5)))

    def wanted_rating(self, interest: int = 1) -> int:
        """The rating that debt, earnings and cash stand for."""
        cover = (self.last_income + interest) / max(interest, 1)
        score = 7.5 * self.leverage - (1.6 if cover > 8 else 0.8 if cover > 3 else 0)
        score += 1.2 * (cover < 1.2) + 1.0 * (cover < 0)
        score += 1.6 * (self.deposit < self.base // 10) + 3.0 * self.overstated
        return int(np.clip(round(score + 0.8), 0, 6))

    def report(self, revenue: int, income: int) -> dict[str, Any]:
        """Publish a quarter. RETURNS (Dict): Surprise and changes against the last."""
        surprise = float(np.log(max(revenue, 1) / max(self.expected, 1)))
        told = {
            "surprise": surprise,
            "revenue": direction(self.last_revenue, revenue),
            "growth": revenue / max(self.last_revenue, 1) - 1,
            "income_before": self.last_income,
        }
        self.last_revenue, self.last_income = revenue, income
        self.expected = revenue * 0.7 + 0.3 * self.base
        return told
