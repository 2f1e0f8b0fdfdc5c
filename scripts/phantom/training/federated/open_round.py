"""A round while it is open: who answered, what was refused, when it closes."""

import time
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from phantom.corpora.origins import OriginCounts
from phantom.training.federated import averaging
from phantom.training.federated.averaging import Sent
from phantom.training.federated.messages import Arrays, Labels, Update, unpack
from phantom.training.federated.store import RoundRecord, Store


@dataclass(frozen=True)
class Patience:
    """How long is waited for whom.

    sites (Tuple[str, ...]): Who may take part.
    least (int): So many must have a part in each average.
    seconds (float): After them, a round closes without those that did not answer.
    extensions (int): So often a round with fewer than `least` is given as long again.
    outlier (float): An update so many times as long as the others' median is refused.
    """

    sites: tuple[str, ...]
    least: int = 2
    seconds: float = 600.0
    extensions: int = 3
    outlier: float = 5.0


class OpenRound:
    """Updates of one round, those of the store among them.

    number (int): Counted from 0.
    """

    def __init__(self, number: int, store: Store, patience: Patience) -> None:
        self.number, self.store, self.patience = number, store, patience
        self.refused: dict[str, str] = {}
        self.opened = time.monotonic()
        self.closes = self.opened + patience.seconds
        self.extended = 0
        # Norms by site.
        self.updates: dict[str, float] = {}
        self.origins: dict[str, OriginCounts] = {}
        for site, data in store.updates(number).items():
            update, arrays = unpack(data, Update)
            self.updates[site] = averaging.norm(arrays)
            self.origins[site] = update.origins

    def take(self, site: str, data: bytes, current: Arrays) -> None:
        """Keep an update. RAISES: Refused if it does not fit."""
        update, arrays = unpack(data, Update)
        length = averaging.check(arrays, current)
        self.store.keep_update(self.number, site, data)
        self.updates[site], self.origins[site] = length, update.origins
        self.note("taken", site, received=len(data))

    def left(self, waited: Collection[str]) -> float:
        """Seconds until it closes; 0 if all whom it waits for have answered."""
        enough = len(self.updates) >= self.patience.least
        if enough and {*self.updates, *self.refused} >= set(waited):
            return 0.0
        return self.closes - time.monotonic()

    def extend(self, waited: Collection[str]) -> str:
        """Wait as long again, since too few answered.

        RETURNS (str): Why.
        RAISES: ValueError if that was done often enough.
        """
        missing = sorted({*waited} - {*self.updates, *self.refused})
        why = (
            f"round {self.number + 1}: {len(self.updates)} of at least "
            f"{self.patience.least} sites answered; missing: "
            f"{', '.join(missing) or 'none'}"
        )
        if self.extended == self.patience.extensions:
            raise ValueError(f"{why}\nStart the same command to go on with it")
        self.extended += 1
        self.closes = time.monotonic() + self.patience.seconds
        self.note("extended", why=why)
        return why

    def drop_outliers(self) -> dict[str, str]:
        """Refuse updates far longer than the others, if enough remain.

        RETURNS (Dict[str, str]): Why, by site.
        """
        found = averaging.find_outliers(self.updates, self.patience.outlier)
        if len(self.updates) - len(found) < self.patience.least:
            return {}
        for site, why in found.items():
            self.refuse(site, why)
            del self.updates[site]
        return found

    def refuse(self, site: str, why: str, received: int = 0) -> None:
        """Note that an answer of a site has no part in the average."""
        self.refused.setdefault(site, why)
        self.note("refused", site, why=why, received=received)

    def sent(self, labels: Mapping[str, Labels]) -> dict[str, Sent]:
        """What is averaged. labels (Mapping[str, Labels]): By site."""
        found = {}
        for site, data in self.store.updates(self.number).items():
            if site in self.updates:
                update, arrays = unpack(data, Update)
                weight = max(1, update.origins.examples)
                found[site] = Sent(arrays, weight, labels[site].names())
        return found

    def record(self, sites: Collection[str], private: bool) -> RoundRecord:
        """How it came about.

        sites (Collection[str]): That joined.
        private (bool): Leave out norms and counts, which no noise protects.
        """
        events = self.store.events(self.number)
        sent: Counter[str] = Counter()
        received: Counter[str] = Counter()
        for event in events:
            if event.site:
                sent[event.site] += event.sent
                received[event.site] += event.received
        norms = {} if private else {x: round(y, 6) for x, y in self.updates.items()}
        return RoundRecord(
            round=self.number,
            took_part=tuple(sorted(self.updates)),
            absent=tuple(sorted({*sites} - {*self.updates, *self.refused})),
            refused=self.refused,
            late={x.site: x.why for x in events if x.what == "late"},
            norms=norms,
            sent=dict(sent),
            received=dict(received),
            origins={} if private else {x: self.origins[x] for x in self.updates},
            seconds=round(time.monotonic() - self.opened, 3),
        )

    def note(self, what: str, site: str = "", **more: Any) -> None:
        """Add a line to the events."""
        self.store.note(self.number, what, site, **more)
