"""The market as a source of facts."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from phantom.packs.tables import read_table
from phantom.planning.scenarios.base import World
from phantom.planning.scenarios.config import CONFIG, load_config
from phantom.planning.scenarios.market.log import Event
from phantom.planning.scenarios.market.settings import (
    MarketSettings,
    PriceSettings,
    Shock,
)
from phantom.records import Amount, Fact, Term
from phantom.registry import phantom_registry

DEFAULTS = MarketSettings()


@phantom_registry.phantom_scenarios("market")
def market(
    world: World,
    *,
    names: str,
    traders: int = DEFAULTS.traders,
    firms: int = DEFAULTS.firms,
    banks: int = DEFAULTS.banks,
    households: int = DEFAULTS.households,
    steps: int = DEFAULTS.steps,
    start: str = DEFAULTS.start,
    prices: PriceSettings = DEFAULTS.prices,
    shocks: tuple[Shock, ...] = (),
    runs: Annotated[int, Field(ge=1)] = 1,
) -> Iterator[Fact]:
    """Events of an agent-based market, each with the numbers behind it.

    names: Table of the pack with the columns role, name and short.
    traders, firms, banks, households: How many there are.
    steps: Trading days. start: The first, ISO 8601.
    prices: How beliefs about prices move, see `calibrate`.
    shocks: Stress scenarios, each with name, day, and size and days if need be.
    runs: How often it is run, each time with another chance.
    """
    settings = MarketSettings(
        traders=traders,
        firms=firms,
        banks=banks,
        households=households,
        steps=steps,
        start=start,
        prices=prices,
        shocks=shocks,
    )
    by_role, short = read_roles(world.find(names))
    model_class = load_market()
    for run in range(runs):
        seed = 1_000 * world.seed + run
        model = model_class(settings, by_role, seed)
        model.run()
        for event in model.log.events:
            yield to_fact(event, seed, start, short)


def read_roles(path: Path) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Names by role, and the short forms of names."""
    by_role: dict[str, list[str]] = {}
    rows = read_table(path, ["role", "name", "short"], ["role", "name"])
    for row in rows:
        by_role.setdefault(row["role"], []).append(row["name"])
    return by_role, {row["name"]: row["short"] for row in rows if row["short"]}


def open_market(world: World) -> Any:
    """The first run of the pack's market, before its first day.

    RETURNS (Market): With the settings of scenarios.yml.
    RAISES: ValueError if the pack has no market.
    """
    path = world.pack.path / CONFIG
    where = f"{path}: scenarios"
    entries = dict(
        phantom_registry.phantom_scenarios.read(
            load_config(world.pack).scenarios, where
        )
    )
    if "market" not in entries:
        raise ValueError(f"{where}: no market among {', '.join(entries)}")
    settings = entries["market"]
    known = {k: v for k, v in settings.items() if k in MarketSettings.model_fields}
    by_role, _ = read_roles(world.find(settings["names"]))
    return load_market()(MarketSettings(**known), by_role, 1_000 * world.seed)


def load_market() -> type:
    """The class of the model, imported where it is asked for.

    RAISES: ValueError if the extra `simulate` is not installed.
    """
    try:
        from phantom.planning.scenarios.market.model import Market
    except ModuleNotFoundError as error:
        raise ValueError(
            f"the scenario `market` needs {error.name}: "
            "pip install 'spacy-phantom[simulate]'"
        ) from None
    return Market


def to_fact(event: Event, seed: int, start: str, short: dict[str, str]) -> Fact:
    """An event with the names of its roles for labels, and a date for its day."""
    day = np.busday_offset(start, event.day, roll="forward")
    return Fact(
        id=f"market-{seed}-{event.number}",
        event=event.name,
        entities={
            role: Term(
                label=role, text=name, forms=[short[name]] if name in short else []
            )
            for role, name in event.who.items()
        },
        numbers={
            key: Amount(value=number.value, unit=number.unit)
            for key, number in event.numbers.items()
        },
        dates={"date": str(day)},
        texts=event.texts,
        # Checked by the model.
        changes=event.changes,  # type: ignore[arg-type]
        causes=tuple(f"market-{seed}-{number}" for number in event.causes),
    )
