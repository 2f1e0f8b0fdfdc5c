"""Macro factors that move together, and the central bank that answers them."""

import mesa
import numpy as np

from phantom.planning.scenarios.market.log import EventLog, Number, direction

MONTH = 21
MEETING = 42
FACTORS = ("inflation", "growth", "oil", "fx")
# Where they return to, how much of a distance stays after a month, monthly shocks.
HOME = np.array([2.0, 2.0, np.log(70.0), np.log(1.10)])
STAYS = np.array([0.92, 0.88, 0.97, 0.98])
SHOCKS = np.array([0.15, 0.30, 0.05, 0.015])
# Growth and oil rise together, oil feeds inflation, a strong euro goes with growth.
CORRELATION = np.array(
    [
        [1.0, 0.2, 0.4, -0.1],
        [0.2, 1.0, 0.3, 0.2],
        [0.4, 0.3, 1.0, 0.1],
        [-0.1, 0.2, 0.1, 1.0],
    ]
)
NEUTRAL = 2.5


class CentralBank(mesa.Agent):
    """Sets the policy rate by the Taylor rule, in quarter points; lends to banks.

    rate (float): Percent. lent (int): Cents of reserves that it put into the market
        and has not got back.
    """

    def __init__(self, model: mesa.Model, name: str, log: EventLog) -> None:
        super().__init__(model)
        self.name = name
        self.log = log
        self.rate = NEUTRAL
        self.lent = 0
        self.state = HOME.copy()
        self.change = np.zeros(len(FACTORS))
        self._root = np.linalg.cholesky(CORRELATION)

    def factor(self, name: str) -> float:
        """Inflation and growth in percent, oil in dollars, euro in dollars."""
        value = float(self.state[FACTORS.index(name)])
        return float(np.exp(value)) if name in ("oil", "fx") else value

    def jolt(self, name: str, by: float) -> None:
        """Move a factor at once: by points, or by a share of oil and fx."""
        place = FACTORS.index(name)
        self.state[place] += np.log1p(by) if name in ("oil", "fx") else by

    def step_month(self) -> None:
        """Draw the factors of a month; `change` is how they moved."""
        before = self.state.copy()
        shocks = self._root @ self.model.rng.standard_normal(len(FACTORS))
        self.state = HOME + STAYS * (self.state - HOME) + SHOCKS * shocks
        self.change = self.state - before

    def decide(self, day: int) -> float:
        """Hold a meeting. RETURNS (float): The change of the rate in points."""
        inflation, growth = self.factor("inflation"), self.factor("growth")
        wanted = NEUTRAL + 1.5 * (inflation - 2) + 0.5 * (growth - 2)
        # At most half a point a meeting.
        change = np.clip(round(4 * (wanted - self.rate)) / 4, -0.5, 0.5)
        return self.set_rate(day, max(self.rate + float(change), 0.0))

    def set_rate(self, day: int, rate: float) -> float:
        """Set the policy rate. RETURNS (float): Its change in points."""
        change, self.rate = rate - self.rate, rate
        self.log.add(
            day,
            "rate_decision",
            {"central_bank": self.name},
            {
                "rate": Number(rate, "%"),
                "move": Number(abs(round(100 * change)), "basis points"),
                "inflation": Number(round(self.factor("inflation"), 1), "%"),
            },
            {"rate": direction(0, change)},
            after=("inflation",),
            hits=("rates",) if change else (),
        )
        return change
