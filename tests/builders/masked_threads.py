"""Rounds of masked sums in one process: a coordinator, and sites in threads."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy
from tests.builders.masking import NAMES

from phantom.corpora.origins import OriginCounts
from phantom.privacy.mechanisms import DpSgd
from phantom.records import Record
from phantom.training.federated.averaging import Sent, average
from phantom.training.federated.coordinator import Coordinator
from phantom.training.federated.messages import (
    Answer,
    Arrays,
    Join,
    Labels,
    Ready,
    Settings,
    pack,
    unpack,
)
from phantom.training.federated.open_round import Patience
from phantom.training.federated.secure.fixed import encode
from phantom.training.federated.secure.hand import Hand
from phantom.training.federated.secure.identity import Identity
from phantom.training.federated.secure.said import Part
from phantom.training.federated.store import RoundRecord, Store

LABELS = Labels(entities=("A", "B"))
ROWS = {"out": (0, ["", "A", "B"])}
ORDER = LABELS.entities
START = {"w": numpy.zeros(5, dtype="f"), "out": numpy.zeros(3, dtype="f")}


class Killed(Exception):
    """A site's process ends here."""


class Threads:
    """A coordinator, and sites that speak to it from threads."""

    def __init__(
        self,
        folder: Path,
        known: dict[str, Identity],
        names: tuple[str, ...] = NAMES,
        seconds: float = 20.0,
        few: tuple[str, ...] | None = None,
        **settings: object,
    ) -> None:
        self.folder, self.known, self.names = folder, known, names
        self.seconds, self.settings = seconds, Settings(rounds=3, secure=3, **settings)  # type: ignore[arg-type]
        # Three sites must all mark a label.
        self.few = (names[:1] if len(names) > 3 else ()) if few is None else few
        self.mechanism: DpSgd | None = None
        self.told: list[str] = []
        self.made = dict.fromkeys(names, 0)
        self.outcomes: dict[str, str] = {}
        self.threads: list[threading.Thread] = []
        self.one = threading.RLock()
        # From site and message to whether the site dies before it, or after.
        self.dies: Callable[[str, Part], str] = lambda site, part: ""
        self.begin()

    def begin(self) -> None:
        """Start the coordinator, or again."""
        self.it = Coordinator(
            Store(self.folder / "fed"),
            self.settings,
            Patience(self.names, 3, self.seconds, extensions=2),
            self.told.append,
            self.mechanism,
            self.known[self.names[0]].authority.path,
        )
        if self.it.agreed is None:
            for site in self.names:
                body = pack(Join(labels=self.labels(site)))
                self.it.answer(site, "join", body)
        self.it.agree()
        self.it.open(("l", "a model"), START, ROWS)

    def kill(self) -> None:
        """The coordinator, with all that it has in memory, and start it again."""
        with self.it.changed:
            self.it.round.left = lambda waited: 1.0  # type: ignore[method-assign]
        self.begin()

    def labels(self, site: str) -> Labels:
        """All mark A; not all mark B, by default the first does not."""
        return Labels(entities=("A",)) if site in self.few else LABELS

    def ask(
        self, site: str, record: Record, arrays: Arrays | None
    ) -> tuple[Answer, Arrays]:
        """One message of a site."""
        kind = type(record).__name__.lower()
        with self.one:
            dies = self.dies(site, record) if isinstance(record, Part) else ""
            if dies == "before":
                raise Killed
            answer = self.it.answer(site, kind, pack(record, arrays))
        if dies == "after":
            raise Killed
        return unpack(answer, Answer)

    def change(self, site: str, number: int) -> Arrays:
        """What a site's training comes to."""
        rng = numpy.random.default_rng([self.names.index(site), number])
        return {x: rng.normal(0, 0.1, y.shape).astype("f") for x, y in START.items()}

    def examples(self, site: str) -> int:
        return 10 + self.names.index(site)

    def expected(self, sites: tuple[str, ...], number: int = 0) -> Arrays:
        """The plain average of some."""
        return average(
            {
                x: Sent(
                    self.change(x, number), self.examples(x), self.labels(x).names()
                )
                for x in sites
            },
            ROWS,
        )

    def site(self, name: str, number: int = 0, value: float = 0.0) -> None:
        """Start one, or again, for one round."""

        def make() -> numpy.ndarray:
            self.made[name] += 1
            change, own = self.change(name, number), self.labels(name).names()
            if value:
                change["w"][0] = value
            counts = OriginCounts(examples=self.examples(name))
            return encode(change, own, ORDER, ROWS, counts, self.settings)

        def work() -> None:
            try:
                ready = Ready(layout="l")
                told, start = self.ask(name, ready, None)
                assert told.what == "train", told
                self.outcomes[name] = hand.hand_in(number, start, make).what
            except Killed:
                self.outcomes[name] = "killed"
            except ValueError as error:
                self.outcomes[name] = str(error)

        link = Way(lambda record, arrays: self.ask(name, record, arrays))
        folder = self.folder / name
        how = self.known[name], folder, self.settings, "l", 0
        hand = Hand(link, *how, self.labels(name).names(), self.told.append)
        self.threads.append(threading.Thread(target=work, daemon=True))
        self.threads[-1].start()

    def round(self) -> RoundRecord:
        """Until it is closed, and sites have heard of it."""
        record = next(self.it.rounds())
        self.join()
        return record

    def join(self) -> None:
        for thread in self.threads:
            thread.join(20)
            assert not thread.is_alive()
        self.threads.clear()

    def events(self, number: int = 0) -> Iterator[tuple[str, str]]:
        for event in self.it.store.events(number):
            yield event.what, event.site


class Way:
    """A link without a network."""

    def __init__(
        self, say: Callable[[Record, Arrays | None], tuple[Answer, Arrays]]
    ) -> None:
        self.say = say

    def ask(
        self, kind: str, record: Record, arrays: Arrays | None = None
    ) -> tuple[Answer, Arrays]:
        return self.say(record, arrays)


def near(found: Arrays, wanted: Arrays) -> bool:
    return all(numpy.abs(found[x] - wanted[x]).max() < 1e-7 for x in wanted)


def dies(name: str, stage: str, when: str, asks: bool = False) -> Callable:
    def when_to(site: str, part: Part) -> str:
        return when if (site, part.stage, part.asks) == (name, stage, asks) else ""

    return when_to
