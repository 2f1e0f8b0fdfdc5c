"""What happens in a market, with the numbers behind it and what led to it."""

from dataclasses import dataclass, field
from typing import NamedTuple

# Events longer ago than so many days lead to nothing any more.
MEMORY = 90


class Number(NamedTuple):
    """value (float): In `unit`, as a person would round it."""

    value: float
    unit: str


@dataclass(frozen=True)
class Event:
    """One thing that happened.

    number (int): In the order of events, from 0. day (int): Step.
    who (Dict[str, str]): Names by role, such as {"firm": "Acme"}.
    causes (Tuple[int, ...]): Numbers of the events that led to it.
    """

    number: int
    day: int
    name: str
    who: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, Number] = field(default_factory=dict)
    changes: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    causes: tuple[int, ...] = ()


class EventLog:
    """Events in order; remembers the last one of everything that can be hit."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._last: dict[str, Event] = {}

    def add(
        self,
        day: int,
        name: str,
        who: dict[str, str] | None = None,
        numbers: dict[str, Number] | None = None,
        changes: dict[str, str] | None = None,
        texts: dict[str, str] | None = None,
        after: tuple[str, ...] = (),
        hits: tuple[str, ...] = (),
    ) -> Event:
        """Write an event down.

        after (Tuple[str, ...]): What led to it, if hit of late, such as "oil".
        hits (Tuple[str, ...]): What it hits in turn, such as "firm 3".
        """
        causes: dict[int, None] = {}
        for key in after:
            event = self._last.get(key)
            if event and day - event.day <= MEMORY:
                causes[event.number] = None
        event = Event(
            number=len(self.events),
            day=day,
            name=name,
            who=who or {},
            numbers=numbers or {},
            changes=changes or {},
            texts=texts or {},
            causes=tuple(causes),
        )
        self.events.append(event)
        self._last |= dict.fromkeys(hits, event)
        return event

    def last(self, key: str) -> Event | None:
        """The last event that hit something."""
        return self._last.get(key)


def direction(before: float, after: float) -> str:
    """Which way a number went."""
    return "unchanged" if after == before else "up" if after > before else "down"


def money(cents: float) -> Number:
    """An amount with three digits that count."""
    dollars = float(f"{cents / 100:.3g}")
    if abs(dollars) >= 1e9:
        return Number(float(f"{dollars / 1e9:.3g}"), "USD billion")
    if abs(dollars) >= 1e6:
        return Number(float(f"{dollars / 1e6:.3g}"), "USD million")
    return Number(dollars, "USD")


def percent(share: float) -> Number:
    """A share as a percentage with one decimal."""
    return Number(round(100 * share, 1), "%")
