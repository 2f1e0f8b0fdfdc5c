"""Parameters of the market, of its prices and of the shocks that hit it."""

from typing import Literal

from pydantic import Field

from phantom.records import Record


class PriceSettings(Record):
    """How beliefs about a share move; calibrate fits these to a series of returns.

    noise (float): Standard deviation of a day's news, where nothing has happened.
    alarm (float): How much yesterday's squared return adds to today's variance.
    fear (float): How much more it adds where it was a fall.
    memory (float): How much of yesterday's variance stays.
    tail (float): Degrees of freedom of the news; the fewer, the fatter the tails.
    momentum (float): Weight of the trend in beliefs; below 0 they go against it.
    pull (float): Weight of the distance to the fundamental value.
    together (float): Correlation of the returns of two shares.
    """

    noise: float = Field(default=0.014, gt=0)
    alarm: float = Field(default=0.05, ge=0, lt=1)
    fear: float = Field(default=0.08, ge=0, lt=1)
    memory: float = Field(default=0.86, ge=0, lt=1)
    tail: float = Field(default=6.0, gt=2)
    momentum: float = Field(default=0.1, gt=-1, lt=1)
    pull: float = Field(default=0.02, ge=0, lt=1)
    together: float = Field(default=0.2, ge=0, le=0.6)

    @property
    def persistence(self) -> float:
        """How much of a day's variance is there the day after."""
        return self.alarm + self.fear / 2 + self.memory


ShockName = Literal[
    "sovereign_default",
    "liquidity_freeze",
    "rate_shock",
    "commodity_spike",
    "cyber_outage",
    "fraud",
    "pandemic",
]


class Shock(Record):
    """A stress scenario: what happens, when and how hard.

    name (str): See docs/scenarios.md. day (int): Step at which it begins.
    size (float): In its own unit; 0 takes the size that the scenario has.
    days (int): How long it lasts; 0 takes its own.
    """

    name: ShockName
    day: int = Field(ge=1)
    size: float = Field(default=0.0, ge=0)
    days: int = Field(default=0, ge=0)


class MarketSettings(Record):
    """Who is there, for how long, and what hits them.

    traders, firms, banks, households (int): How many; one trader in fifty is a fund.
    steps (int): Trading days. start (str): The first, ISO 8601.
    active (float): Share of traders who send an order on a day.
    prices (PriceSettings): Of every share. shocks (Tuple[Shock, ...]): In any order.
    """

    traders: int = Field(default=1_000, ge=20)
    firms: int = Field(default=12, ge=2)
    banks: int = Field(default=6, ge=2)
    households: int = Field(default=400, ge=1)
    steps: int = Field(default=2_500, ge=1)
    start: str = "2015-01-05"
    active: float = Field(default=0.12, gt=0, le=1)
    prices: PriceSettings = PriceSettings()
    shocks: tuple[Shock, ...] = ()
