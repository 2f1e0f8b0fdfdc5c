"""A round while it is open: who answered, what was refused, when it closes."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from phantom.corpora.origins import OriginCounts
from phantom.training.federated import averaging
from phantom.training.federated.averaging import Noise, Rows, Sent
from phantom.training.federated.messages import Answer, Arrays, Labels, Update, unpack
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


class Round:
    """What rounds have in common, however their average is made.

    number (int): Counted from 0.
    void (str): Why there is no average, "" if there is one.
    """

    # What a site's work comes as.
    KIND: Any
    DTYPE = "float32"

    def __init__(self, number: int, store: Store, patience: Patience) -> None:
        self.number, self.store, self.patience = number, store, patience
        self.refused: dict[str, str] = {}
        self.opened = time.monotonic()
        self.closes = self.opened + patience.seconds
        self.extended = 0
        self.void = ""

    def extend(
        self, came: Collection[str], waited: Collection[str], more: str = ""
    ) -> str:
        """Wait as long again, since too few answered.

        more (str): What else there is to say of those that came.
        RETURNS (str): Why.
        RAISES: ValueError if that was done often enough.
        """
        missing = sorted({*waited} - {*came, *self.refused})
        why = (
            f"round {self.number + 1}: {len(came)} of at least "
            f"{self.patience.least} sites answered; missing: "
            f"{', '.join(missing) or 'none'}{more and f'; {more}'}"
        )
        if self.extended == self.patience.extensions:
            raise ValueError(f"{why}\nStart the same command to go on with it")
        self.extended += 1
        self.closes = time.monotonic() + self.patience.seconds
        self.note("extended", why=why)
        return why

    def refuse(self, site: str, why: str, received: int = 0) -> None:
        """Note that an answer of a site has no part in the average."""
        self.refused.setdefault(site, why)
        self.note("refused", site, why=why, received=received)

    def note(self, what: str, site: str = "", **more: Any) -> None:
        """Add a line to the events."""
        self.store.note(self.number, what, site, **more)

    def describe(
        self,
        took_part: Collection[str],
        sites: Collection[str],
        norms: Mapping[str, float],
        origins: Mapping[str, OriginCounts],
    ) -> RoundRecord:
        """How it came about. sites (Collection[str]): That joined."""
        events = self.store.events(self.number)
        sent: Counter[str] = Counter()
        received: Counter[str] = Counter()
        for event in events:
            if event.site:
                sent[event.site] += event.sent
                received[event.site] += event.received
        return RoundRecord(
            round=self.number,
            took_part=tuple(sorted(took_part)),
            absent=tuple(sorted({*sites} - {*took_part, *self.refused})),
            refused=self.refused,
            late={x.site: x.why for x in events if x.what == "late"},
            norms={site: round(x, 6) for site, x in norms.items()},
            sent=dict(sent),
            received=dict(received),
            origins=dict(origins),
            seconds=round(time.monotonic() - self.opened, 3),
            void=self.void,
        )


class OpenRound(Round):
    """Updates of one round as sites send them, those of the store among them."""

    KIND: Any = Update

    def __init__(self, number: int, store: Store, patience: Patience) -> None:
        super().__init__(number, store, patience)
        # Norms by site.
        self.updates: dict[str, float] = {}
        self.origins: dict[str, OriginCounts] = {}
        for site, data in store.updates(number).items():
            update, arrays = unpack(data, Update)
            self.updates[site] = averaging.norm(arrays)
            self.origins[site] = update.origins

    @property
    def there(self) -> Collection[str]:
        """Sites whose work is kept."""
        return self.updates

    def take_back(self, site: str) -> bool:
        """A site asks for work. RETURNS: Whether there is some for it."""
        return site not in self.updates and site not in self.refused

    def take(
        self, site: str, update: Update, arrays: Arrays, data: bytes, current: Arrays
    ) -> Answer:
        """Keep an update.

        data (bytes): The message, which `update` and `arrays` are of.
        RAISES: Refused if it does not fit.
        """
        length = averaging.check(arrays, current)
        self.store.keep_update(self.number, site, data)
        self.updates[site], self.origins[site] = length, update.origins
        self.note("taken", site, received=len(data))
        return Answer(what="taken")

    def left(self, waited: Collection[str]) -> float:
        """Seconds until it closes; 0 if all whom it waits for have answered."""
        enough = len(self.updates) >= self.patience.least
        if enough and {*self.updates, *self.refused} >= set(waited):
            return 0.0
        return self.closes - time.monotonic()

    def advance(self, waited: Collection[str], tell: Callable[[str], None]) -> bool:
        """Whether it can be closed, its time being over; else it is extended."""
        if len(self.updates) >= self.patience.least:
            return True
        tell(f"{self.extend(self.updates, waited)}; waiting longer")
        return False

    def average(
        self,
        current: Arrays,
        rows: Rows,
        labels: Mapping[str, Labels],
        noise: Noise | None,
        tell: Callable[[str], None],
    ) -> Arrays:
        """The mean change of weights.

        current (Arrays): Weights before it.
        labels (Mapping[str, Labels]): By site.
        noise (Optional[Noise]): That was paid for.
        """
        if noise is None:
            # With noise no site may decide on others, and clipping bounds each.
            for site, why in self.drop_outliers().items():
                tell(f"{site}: update refused, {why}")
            return averaging.average(self.sent(labels), rows)
        roster = {site: x.names() for site, x in labels.items()}
        return averaging.average_privately(self.sent(labels), roster, rows, noise)

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
        if private:
            return self.describe(self.updates, sites, {}, {})
        origins = {site: self.origins[site] for site in self.updates}
        return self.describe(self.updates, sites, self.updates, origins)
