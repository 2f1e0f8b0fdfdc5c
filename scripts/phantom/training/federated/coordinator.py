"""The coordinator: answers sites, closes rounds, goes on where it stopped."""

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from phantom.privacy.mechanisms import DpSgd
from phantom.training.federated import averaging
from phantom.training.federated.averaging import Noise, Refused, Rows
from phantom.training.federated.beginning import begin
from phantom.training.federated.labels import unite
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
from phantom.training.federated.secure.rules import check_labels
from phantom.training.federated.store import Agreed, RoundRecord, Start, Store


class Coordinator:
    """Rounds of a federation; `answer` is called by many threads.

    store (Store): Where all is kept; what is there already goes on.
    tell (Callable): Is told what happens, in words.
    mechanism (Optional[DpSgd]): Noise that was paid for.
    authority (Optional[Path]): Certificate that sites' are signed by, for masked sums.
    RAISES: ValueError if the store is of a federation with other settings.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        patience: Patience,
        tell: Callable[[str], None],
        mechanism: DpSgd | None = None,
        authority: Path | None = None,
    ) -> None:
        self.store, self.settings, self.patience = store, settings, patience
        self.tell, self.authority, self.voids = tell, authority, 0
        clip = settings.clip or 1.0
        self.noise = Noise(clip, mechanism.noise) if mechanism else None
        self.changed = threading.Condition()
        self.declared: dict[str, Labels] = {}
        self.agreed = store.read_agreed()
        if self.agreed and self.agreed.settings != settings:
            raise ValueError(
                f"{store.folder}: begun with other settings "
                f"({self.agreed.settings}); take those, or another folder"
            )
        self.layout: tuple[str, str] | None = None
        self.weights: Arrays = {}
        self.rows: Rows = {}
        self.packed = b""
        self.absent: set[str] = set()
        self.gone: set[str] = set()
        found = store.read_weights()
        self.last = found[2] if found else None
        self._begin = partial(begin, store, patience, settings, authority)
        self.round = self._begin(found[0] if found else 0)

    @property
    def done(self) -> bool:
        """Whether the last round was made."""
        return self.round.number >= self.settings.rounds

    def answer(self, site: str, kind: str, body: bytes) -> bytes:
        """Answer a message of a site, whose name the transport has made sure of."""
        requests = {"join": self._join, "ready": self._ready}
        requests |= {"update": self._work, "part": self._work}
        with self.changed:
            try:
                if site not in self.patience.sites or kind not in requests:
                    raise Refused(f"{site}: no site, or {kind!r} no request, of ours")
                if self.layout is None and kind != "join":
                    return pack(Answer(what="wait", why="for the coordinator"))
                return requests[kind](site, body)
            except ValueError as error:
                self.round.refuse(site, str(error), received=len(body))
                self.tell(f"{site} refused: {error}")
                return pack(Answer(what="refused", why=str(error)))
            finally:
                self.changed.notify_all()

    def agree(self) -> Labels:
        """Wait until the sites have declared their labels, and unite them.

        RETURNS (Labels): The union, which stays.
        RAISES: ValueError if too few came, or too few mark a label for masked sums.
        """
        least, sites = self.patience.least, {*self.patience.sites}
        ends = time.monotonic() + self.patience.seconds
        with self.changed:
            while self.agreed is None:
                left = ends - time.monotonic()
                if sites <= self.declared.keys() or (
                    left <= 0 and len(self.declared) >= least
                ):
                    self._agree()
                elif left <= 0:
                    came = ", ".join(self.declared) or "none"
                    raise ValueError(f"sites that came in time: {came}; {least} needed")
                else:
                    self.changed.wait(min(left, 1.0))
            return self.agreed.labels

    def open(self, layout: tuple[str, str], start: Arrays, rows: Rows) -> None:
        """Let the sites begin, or go on with the round that was open.

        layout (Tuple[str, str]): Of the model, as `describe` gives it.
        start (Arrays): Weights of the start, where there are none yet.
        rows (Rows): As `output_rows` gives them.
        """
        with self.changed:
            found = self.store.read_weights()
            if found is None:
                self.store.write_weights(0, start, Start())
            self.weights = start if found is None else found[1]
            self.layout, self.rows = layout, rows
            number, there = self.round.number, ", ".join(self.round.there)
            if number or there:
                self.round.note("resumed", why=f"there: {there or 'none'}")
                self.tell(f"goes on with round {number + 1}; there: {there or 'none'}")
            self.round = self._begin(number)
            self.changed.notify_all()

    def rounds(self) -> Iterator[RoundRecord]:
        """Close one round after the other.

        YIELDS (RoundRecord): After each, `weights` are those of its end.
        RAISES: ValueError if too few sites answer, however long is waited.
        """
        while not self.done:
            with self.changed:
                while (left := self.round.left(self._waited())) > 0:
                    self.changed.wait(min(left, 1.0))
                if not self.round.advance(self._waited(), self.tell):
                    self.changed.notify_all()
                    continue
                record = self._close()
                self.changed.notify_all()
            yield record

    def dismiss(self, seconds: float = 60.0) -> None:
        """Wait for a while until the sites have the last weights."""
        ends = time.monotonic() + seconds
        with self.changed:
            while self._waited() - self.gone and time.monotonic() < ends:
                self.changed.wait(1.0)

    def _agree(self) -> None:
        check_labels(map(Labels.names, self.declared.values()), self.settings.secure)
        self.agreed = Agreed(
            settings=self.settings,
            labels=unite(self.declared),
            sites=dict(sorted(self.declared.items())),
        )
        self.store.write_agreed(self.agreed)

    def _waited(self) -> set[str]:
        assert self.agreed is not None
        return self.agreed.sites.keys() - self.absent

    def _join(self, site: str, body: bytes) -> bytes:
        labels = unpack(body, Join)[0].labels
        if self.agreed is None:
            if site not in self.declared:
                self.round.note("join", site, received=len(body))
                self.tell(f"{site} joined: {', '.join(sorted(labels.names()))}")
            self.declared[site] = labels
            return pack(Answer(what="wait", why="for the other sites"))
        new = labels.names() - self.agreed.labels.names()
        if new:
            raise Refused(
                f"{site} has labels that were not agreed upon at the start: "
                f"{', '.join(sorted(new))}; leave them out, or start anew"
            )
        if self.agreed.sites.get(site) != labels:
            sites = {**self.agreed.sites, site: labels}
            self.agreed = self.agreed.model_copy(update={"sites": sites})
            self.store.write_agreed(self.agreed)
        self.round.note("join", site, received=len(body))
        self.absent.discard(site)
        known = self.agreed.labels
        return pack(Answer(what="agreed", labels=known, settings=self.settings))

    def _ready(self, site: str, body: bytes) -> bytes:
        ready, _ = unpack(body, Ready)
        self._check(site, ready.layout, ready.model)
        self.absent.discard(site)
        open_ = self.round
        if not self.done and not open_.take_back(site):
            return pack(Answer(what="wait", why="for the other sites"))
        if self.done:
            self.gone.add(site)
        if not self.packed:
            what = Answer(what="done" if self.done else "train", round=open_.number)
            self.packed = pack(what, self.weights)
        open_.note("fetch", site, sent=len(self.packed), received=len(body))
        return self.packed

    def _work(self, site: str, body: bytes) -> bytes:
        work, arrays = unpack(body, self.round.KIND, self.round.DTYPE)
        last = self.last
        if last and work.round == last.round and site in last.took_part:
            # Its answer was lost on the way.
            return pack(Answer(what="taken"))
        if work.round != self.round.number or self.done:
            why = f"round {work.round + 1} is closed"
            self.round.note("late", site, why=why, received=len(body))
            self.tell(f"{site} came late: {why}")
            return pack(Answer(what="late", why=why))
        self._check(site, work.layout, "")
        return pack(self.round.take(site, work, arrays, body, self.weights))

    def _check(self, site: str, layout: str, model: str) -> None:
        assert self.layout is not None
        if layout != self.layout[0]:
            raise Refused(
                f"{site} has another model: {model or layout}, and the coordinator "
                f"{self.layout[1]}; take the same config, encoder and version of "
                "Phantom"
            )

    def _close(self) -> RoundRecord:
        """Average what is there and keep it; then the next round is open."""
        assert self.agreed is not None
        open_, sites = self.round, self.agreed.sites
        change = open_.average(self.weights, self.rows, sites, self.noise, self.tell)
        self.weights = averaging.add(self.weights, change)
        record = open_.record(sites, private=self.noise is not None)
        self.absent |= set(record.absent)
        self.store.write_weights(open_.number + 1, self.weights, record)
        self.store.write_round(record)
        self.last = record
        self.voids = self.voids + 1 if record.void else 0
        if self.voids > self.patience.extensions:
            raise ValueError(f"{self.voids} rounds without an average: {record.void}")
        self.round = self._begin(open_.number + 1)
        self.packed = b""
        return record
