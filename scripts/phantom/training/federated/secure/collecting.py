"""A round whose updates come masked: who is waited for, and what comes of the sum."""

import time
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import numpy

from phantom.corpora.origins import OriginCounts
from phantom.training.federated import averaging
from phantom.training.federated.averaging import Noise, Refused, Rows
from phantom.training.federated.messages import (
    Answer,
    Arrays,
    Labels,
    Settings,
    pack,
)
from phantom.training.federated.open_round import Patience, Round
from phantom.training.federated.secure import fixed
from phantom.training.federated.secure.identity import Authority
from phantom.training.federated.secure.rules import (
    LEAST,
    context_of,
    federation_of,
    find_few,
    may_follow,
)
from phantom.training.federated.secure.said import MASKED, STAGES, Part, Stage
from phantom.training.federated.secure.tries import DTYPE, Try
from phantom.training.federated.store import RoundRecord, Store

# The stages after training have this share of a round's time each.
_SHARE = 4


class SecureRound(Round):
    """One masked sum, in as many tries as it takes.

    A try whose sum cannot be made any more gives way to another with new keys, as long
    as no site has shown shares; after that there is none, and the round is void.

    labels (Collection[str]): All that were agreed upon.
    authority (Path): Certificate by which sites' keys are checked.
    """

    KIND: Any = Part
    DTYPE = DTYPE

    def __init__(
        self,
        number: int,
        store: Store,
        patience: Patience,
        settings: Settings,
        labels: Collection[str],
        authority: Path,
    ) -> None:
        super().__init__(number, store, patience)
        self.settings, self.labels = settings, sorted(labels)
        self.authority = Authority(authority)
        self.least = max(LEAST, settings.secure, patience.least)
        self.origins: OriginCounts | None = None
        self.now = Try(store, number)
        # Started again since they gave their keys; not heard of, and not waited for.
        self.gone: set[str] = set()
        self.silent: set[str] = set()
        # The same for all parts, as layout and weights are.
        self._known = b""

    @property
    def there(self) -> Collection[str]:
        """Sites whose work is kept."""
        return self.now.parts[MASKED]

    def take_back(self, site: str) -> bool:
        """A site asks for work. RETURNS: Whether there is some for it.

        One that asks while it takes part has been started again, without its keys.
        """
        self._miss(site)
        return site not in self.refused

    def take(
        self, site: str, part: Part, arrays: Arrays, data: bytes, current: Arrays
    ) -> Answer:
        """Keep a site's part of a stage, or tell it what a stage came to.

        current (Arrays): The weights, whose shapes say how long a vector is.
        RAISES: ValueError if it is not what it should be.
        """
        if part.sits_out:
            raise Refused(part.sits_out)
        if site in self.refused:
            return Answer(what="refused", why=self.refused[site])
        now, known = self.now, self.now.parts["keys"].get(site)
        same = known is not None and known.key == part.key
        if part.stage == "keys" and not part.asks:
            if now.stage != "keys" and not same:
                self._miss(site)
                return Answer(what="wait")
        elif not same:
            return Answer(what="again" if now.stage == "keys" else "wait")
        self.silent.discard(site)
        if part.asks:
            return self._answer(site, part.stage)
        before = now.before(part.stage) if now.stage == part.stage else None
        if now.stage != part.stage:
            return Answer(what="kept" if part.stage in now.members else "wait")
        if before is None or site in before:
            size = fixed.length(current, self.labels)
            context = self._context(part.layout, current)
            now.check(site, part, arrays, size, context, self.authority)
            now.keep(site, part, data)
            self.note(part.stage, site, received=len(data))
        return Answer(what="kept")

    def left(self, waited: Collection[str]) -> float:
        """Seconds until the stage is over; 0 if all have come, or too few can come."""
        stage = self.now.stage
        if stage is None or self.void:
            return 0.0
        came, expected = self.now.parts[stage].keys(), self._expected(stage, waited)
        enough = self._be_enough(stage, came)
        if enough and (stage == "shown" or expected <= came):
            return 0.0
        if stage != "keys" and not self._be_enough(stage, came | expected):
            return 0.0
        return self.closes - time.monotonic()

    def advance(self, waited: Collection[str], tell: Callable[[str], None]) -> bool:
        """Close the open stage. RETURNS: Whether the round can be closed."""
        stage = self.now.stage
        if stage is None:
            return True
        came = self.now.parts[stage].keys()
        missing = self._expected(stage, waited) - came
        if self._be_enough(stage, came):
            self.silent |= missing
            self.now.close(stage)
            self.closes = time.monotonic() + self.patience.seconds / _SHARE
            return self.now.stage is None
        why = self._why_not(stage, came)
        if stage == "keys":
            tell(f"{self.extend(came, waited, why)}; waiting longer")
            return False
        if stage == "shown":
            self.void = f"{why}: too few to take the masks off"
            return True
        self.silent |= missing
        self._begin_anew(why, tell)
        return False

    def average(
        self,
        current: Arrays,
        rows: Rows,
        labels: Mapping[str, Labels],
        noise: Noise | None,
        tell: Callable[[str], None],
    ) -> Arrays:
        """The mean change of weights, from the sum; see `OpenRound.average`."""
        try:
            if self.void:
                raise Refused(self.void)
            sites = len(self.now.survivors)
            layout = next(iter(self.now.parts["keys"].values())).layout
            total = self.now.sum(self._context(layout, current))
            found = fixed.read_sum(total, current, self.labels, sites, self.settings)
        except Refused as error:
            self.void = str(error)
            self.note("void", why=self.void)
            tell(f"round {self.number + 1} has no average: {self.void}")
            return {name: numpy.zeros_like(array) for name, array in current.items()}
        self.origins = found.origins
        if noise is None:
            return fixed.mean(found, rows)
        roster = {site: x.names() for site, x in labels.items()}
        return averaging.noisy_mean(found.arrays, roster, rows, noise)

    def record(self, sites: Collection[str], private: bool) -> RoundRecord:
        """How it came about; see `OpenRound.record`."""
        took_part = () if self.void else self.now.survivors
        known = {} if self.origins is None else {"together": self.origins}
        return self.describe(took_part, sites, {}, {} if private else known)

    def _begin_anew(self, why: str, tell: Callable[[str], None]) -> None:
        tries = self.now.number + 1
        if tries > self.patience.extensions:
            raise ValueError(
                f"round {self.number + 1}: {why}, in {tries} tries\n"
                "Start the same command to go on with it"
            )
        self.note("again", why=why)
        tell(f"round {self.number + 1}: {why}; its sum is begun anew")
        self.now = self.now.begin_anew()
        self.gone.clear()
        self.closes = time.monotonic() + self.patience.seconds

    def _context(self, layout: str, current: Arrays) -> bytes:
        if not self._known:
            federation = federation_of(self.settings, layout)
            self._known = context_of(federation, self.number, current)
        return self._known

    def _miss(self, site: str) -> None:
        """A site has no keys of this try any more, but is there."""
        self.silent.discard(site)
        if self.now.stage == "keys":
            self.now.parts["keys"].pop(site, None)
        elif self.now.stage != STAGES[-1]:
            # After that it may still have the shares that it is to show.
            self.gone.add(site)

    def _answer(self, site: str, stage: Stage) -> Answer:
        if stage == STAGES[-1] or site not in self.now.members.get(stage, ()):
            return Answer(what="wait")
        answer = Answer(what="next", told=self.now.told(site, stage))
        self.note("told", site, sent=len(pack(answer)))
        return answer

    def _expected(self, stage: Stage, waited: Collection[str]) -> set[str]:
        before = self.now.before(stage)
        return {*(waited if before is None else before)} - {
            *self.refused,
            *self.silent,
            *self.gone,
        }

    def _be_enough(self, stage: Stage, sites: Collection[str]) -> bool:
        return not self._why_not(stage, sites)

    def _why_not(self, stage: Stage, sites: Collection[str]) -> str:
        """Why some are too few for a stage; "" if they are not."""
        needed = self._needed(stage)
        if len(sites) < needed:
            return f"{len(sites)} sites in stage {stage!r}, {needed} needed"
        if stage == "keys" and not may_follow(sites, self.now.earlier):
            return "too few of those that sent masked updates before"
        if stage in ("keys", "shares", "masked"):
            keys = (self.now.parts["keys"][site].keys for site in sites)
            return find_few((x.labels for x in keys if x), self.settings.secure)
        return ""

    def _needed(self, stage: Stage) -> int:
        if stage == "keys":
            return self.least
        shares = self.now.threshold
        return shares if stage in ("signed", "shown") else max(self.least, shares)
