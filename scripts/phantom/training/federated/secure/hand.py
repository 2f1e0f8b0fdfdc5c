"""How a site hands its update in, masked, through kills of either end."""

import time
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy

from phantom.jsonl import load_record, write_json
from phantom.records import Record
from phantom.training.federated.averaging import Refused
from phantom.training.federated.messages import Answer, Arrays, Settings
from phantom.training.federated.secure.identity import Identity, fingerprint
from phantom.training.federated.secure.member import Member
from phantom.training.federated.secure.rules import (
    context_of,
    federation_of,
    may_follow,
)
from phantom.training.federated.secure.said import MASKED, Keys, Part, Stage, Told

POLL = 0.2


class Asks(Protocol):
    """A way to the coordinator, such as `Link`."""

    def ask(
        self, kind: str, record: Record, arrays: Arrays | None = None
    ) -> tuple[Answer, Arrays]:
        """Send a message until it is answered."""


class Done(Record):
    """What a site has done in the last round that it had a part in.

    federation (str): See `federation_of`, in hex.
    made (int): How often it made keys.
    rosters (Tuple[Dict[str, int], ...]): By try in which it sent a masked update, who
        took part, and by which of their keys.
    shown (Optional[Part]): The shares that it showed, so that it shows no others.
    """

    federation: str
    round: int
    made: int = 0
    rosters: tuple[dict[str, int], ...] = ()
    shown: Part | None = None


class Hand:
    """Hands in one update after the other; shows shares once in a round.

    folder (Path): Gets "sum.json", before keys, a masked update or shares are sent.
    settings (Settings): That were agreed upon. layout (str): Digest of the model.
    least (int): Fewest sites in a sum that this site has a part in.
    labels (Collection[str]): That this site marks.
    tell (Callable): Is told whose certificates there are, for people to compare.
    """

    def __init__(
        self,
        link: Asks,
        identity: Identity,
        folder: Path,
        settings: Settings,
        layout: str,
        least: int,
        labels: Collection[str],
        tell: Callable[[str], None],
    ) -> None:
        self.link, self.identity, self.path = link, identity, folder / "sum.json"
        self.settings, self.layout, self.tell = settings, layout, tell
        self.least, self.labels = max(least, settings.secure), labels
        self.federation = federation_of(settings, layout)
        self.known: dict[str, str] = {}

    def hand_in(
        self, number: int, start: Arrays, make: Callable[[], numpy.ndarray]
    ) -> Answer:
        """Take part in a round's sum, in as many tries as it takes.

        start (Arrays): Weights that the round begins with.
        make (Callable): Trains, and gives the vector, see `encode`.
        RETURNS (Answer): "taken", "late" or "refused".
        RAISES: ValueError if the coordinator asks for what would lay an update open, or
            if the folder is that of another federation.
        """
        done = self._read_done()
        if done and (done.round > number or (done.round == number and done.shown)):
            answer = Answer(what="again")
            if done.round == number and done.shown:
                answer = self._send(done.shown)
            if answer.what == "again":
                raise ValueError(
                    f"round {number + 1}: this site has shown shares for a sum, and "
                    "the coordinator asks for another sum of the same updates, from "
                    "which single ones could be told\nBegin the federation with "
                    f"another seed and folder; {self.path} says what was shown"
                )
            return answer
        context = context_of(self.federation, number, start)
        try:
            vector = make()
        except Refused as error:
            self.tell(f"round {number + 1} without this site: {error}")
            out = self._part(number, "keys", sits_out=str(error))
            return self.link.ask("part", out)[0]
        while True:
            answer = self._try(self._begin(number, context, vector), number)
            if answer.what != "again":
                return answer

    def _begin(self, number: int, context: bytes, vector: numpy.ndarray) -> Member:
        """New keys, which are counted before they are told."""
        done = self._read_done()
        made = 1 + (done.made if done else 0)
        rosters = done.rosters if done and done.round == number else ()
        federation = self.federation.hex()
        kept = Done(federation=federation, round=number, made=made, rosters=rosters)
        write_json(self.path, kept)
        how = context, vector, self.least, self.labels, made
        return Member(self.identity, *how)

    def _try(self, member: Member, number: int) -> Answer:
        """One try, from keys to shares; "again" if another is made."""
        keys = member.keys()

        def send(
            stage: Stage, arrays: Arrays | None = None, **more: Any
        ) -> tuple[Answer, Told]:
            part = self._part(number, stage, key=keys.masks, **more)
            answer = self._send(part, arrays)
            return answer, answer.told or Told()

        answer, told = send("keys", keys=keys)
        if answer.what != "next":
            return answer
        sealed = member.share(told.roster)
        self._tell_of(told.roster)
        done = self._follow(number, told.roster)
        answer, told = send("shares", sealed=sealed)
        if answer.what != "next":
            return answer
        masked = member.mask(told.sealed)
        write_json(self.path, done)
        answer, told = send("masked", {MASKED: masked})
        if answer.what != "next":
            return answer
        signature = member.sign(told.survivors, told.dropped)
        answer, told = send("signed", signature=signature)
        if answer.what != "next":
            return answer
        own, pairs = member.show(told.signatures)
        part = self._part(number, "shown", key=keys.masks, own=own, pairs=pairs)
        write_json(self.path, done.model_copy(update={"shown": part}))
        return self._send(part)

    def _read_done(self) -> Done | None:
        if not self.path.is_file():
            return None
        done = load_record(self.path, Done)
        if done.federation != self.federation.hex():
            raise ValueError(
                f"{self.path}: this site had a part in a federation of other settings "
                "or another model, and sums of both could be taken from each other. If "
                "the coordinator is to begin another, give it another output folder"
            )
        return done

    def _follow(self, number: int, roster: Mapping[str, Keys]) -> Done:
        """See that a try may follow those before. RAISES: ValueError if not.

        Those count that have made new keys since, and so show no shares of the try
        before; keys that the coordinator hands out once more say nothing.
        """
        done = self._read_done()
        assert done is not None
        made = {site: keys.made for site, keys in sorted(roster.items())}
        if not all(
            may_follow([x for x in made if made[x] > before.get(x, -1)], [before])
            for before in done.rosters
        ):
            raise ValueError(
                f"round {number + 1}: the coordinator asks for another sum of the same "
                f"updates, of {len(roster)} sites that have too few of those before; "
                "the difference of two sums could tell single updates"
            )
        return done.model_copy(update={"rosters": (*done.rosters, made)})

    def _part(self, number: int, stage: Stage, **more: Any) -> Part:
        return Part(round=number, layout=self.layout, stage=stage, **more)

    def _send(self, part: Part, arrays: Arrays | None = None) -> Answer:
        """Send a part until it is kept, and ask until its stage is over."""
        asking = Part(**{x: getattr(part, x) for x in _HEAD}, asks=True)
        while (told := self.link.ask("part", part, arrays)[0]).what == "wait":
            time.sleep(POLL)
        while told.what in ("kept", "wait"):
            time.sleep(POLL)
            told = self.link.ask("part", asking)[0]
        return told

    def _tell_of(self, roster: dict[str, Keys]) -> None:
        """Tell the fingerprints of certificates that were not seen before."""
        seen = {site: fingerprint(x.certificate) for site, x in sorted(roster.items())}
        new = {site: x for site, x in seen.items() if self.known.get(site) != x}
        if new:
            self.tell(
                "certificates, to compare with those sites: "
                + ", ".join(f"{site} {x}" for site, x in new.items())
            )
        self.known |= seen


_HEAD = ("round", "layout", "stage", "key")
