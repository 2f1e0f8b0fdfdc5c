"""Small markets, and names for who is in them."""

from phantom.planning.scenarios.market.settings import MarketSettings, Shock

NAMES = {
    "firm": [f"Firm {i}" for i in range(20)],
    "bank": [f"Bank {i}" for i in range(10)],
    "fund": [f"Fund {i}" for i in range(5)],
    "agency": ["Agency"],
    "central_bank": ["Central Bank"],
    "exchange": ["Exchange"],
    "country": ["Country"],
}
ALL_SHOCKS = (
    "commodity_spike",
    "rate_shock",
    "fraud",
    "sovereign_default",
    "liquidity_freeze",
    "cyber_outage",
    "pandemic",
)


def small_market(
    steps: int = 300, shocks: tuple[Shock, ...] = (), **more: int
) -> MarketSettings:
    """Eighty traders, six firms, four banks."""
    sizes = {"traders": 80, "firms": 6, "banks": 4, "households": 60, **more}
    return MarketSettings(steps=steps, shocks=shocks, **sizes)  # type: ignore[arg-type]


def one_after_the_other(every: int) -> tuple[Shock, ...]:
    """All stress scenarios, so many days apart."""
    return tuple(
        Shock(name=name, day=every * i)  # type: ignore[arg-type]
        for i, name in enumerate(ALL_SHOCKS, start=1)
    )
