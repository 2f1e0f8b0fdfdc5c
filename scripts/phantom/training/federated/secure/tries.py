"""One try at a masked sum: what the coordinator has of it, stage by stage."""

import shutil
from collections.abc import Iterator

import numpy

from phantom.jsonl import load_record, write_json
from phantom.records import Record
from phantom.training.federated.averaging import Refused
from phantom.training.federated.messages import Arrays, unpack
from phantom.training.federated.secure.identity import Authority
from phantom.training.federated.secure.rules import (
    digest_of,
    signed_keys,
    threshold,
)
from phantom.training.federated.secure.said import (
    MASKED,
    STAGES,
    Keys,
    Part,
    Stage,
    Told,
)
from phantom.training.federated.secure.sums import unmask
from phantom.training.federated.store import Store

DTYPE = "uint64"
# Two seeds of 16 bytes and a tag of 16, and one seed, in hex.
_SEALED, _SHARE = 96, 32


class Closed(Record):
    """Stages that are over; written before any site is told.

    members (Dict[str, Tuple[str, ...]]): Who was in each.
    before (Tuple[Tuple[str, ...], ...]): Of earlier tries in which masked updates may
        have been sent, who took part.
    """

    members: dict[Stage, tuple[str, ...]] = {}
    before: tuple[tuple[str, ...], ...] = ()


class Try:
    """What sites sent by the keys of one try, that of the store among it.

    store (Store): The coordinator's. round (int): Counted from 0.
    number (Optional[int]): Of the try; None for the last one that is there.
    """

    def __init__(self, store: Store, round: int, number: int | None = None) -> None:
        self.store, self.round = store, round
        there = [int(x.name) for x in store.updates_of(round).glob("[0-9]*")]
        self.number = max(there, default=0) if number is None else number
        place = store.updates_of(round, str(self.number))
        self._note = place / "closed.json"
        closed = load_record(self._note, Closed) if self._note.is_file() else Closed()
        self.members, self.earlier = dict(closed.members), closed.before
        self.parts: dict[Stage, dict[str, Part]] = {
            stage: {
                site: unpack(data, Part, DTYPE)[0]
                for site, data in store.updates(round, str(self.number), stage).items()
            }
            for stage in STAGES
        }

    @property
    def stage(self) -> Stage | None:
        """The one that is open; None after the last."""
        return next((x for x in STAGES if x not in self.members), None)

    @property
    def roster(self) -> dict[str, Keys]:
        """Keys of all who take part, when those are closed."""
        keys = self.parts["keys"]
        found = ((site, keys[site].keys) for site in self.members.get("keys", ()))
        return {site: x for site, x in found if x is not None}

    @property
    def threshold(self) -> int:
        """Shares that a seed is put together from."""
        return threshold(len(self.members["keys"]))

    @property
    def survivors(self) -> frozenset[str]:
        """Sites whose vectors are in the sum, when those are closed."""
        return frozenset(self.members.get(MASKED, ()))

    @property
    def dropped(self) -> frozenset[str]:
        """Sites that shared their seeds, and sent no vector."""
        return frozenset(self.members.get("shares", ())) - self.survivors

    def before(self, stage: Stage) -> tuple[str, ...] | None:
        """Who was in the stage before; None if it is the first."""
        place = STAGES.index(stage)
        return self.members[STAGES[place - 1]] if place else None

    def keep(self, site: str, part: Part, data: bytes) -> None:
        """Keep a part of the open stage, which `check` has looked at."""
        place = str(self.number), part.stage
        self.store.keep_update(self.round, site, data, *place)
        self.parts[part.stage][site] = part

    def close(self, stage: Stage) -> None:
        """End a stage with those that are there."""
        self.members[stage] = tuple(sorted(self.parts[stage]))
        write_json(self._note, Closed(members=self.members, before=self.earlier))

    def begin_anew(self) -> "Try":
        """The next try, without anything of this one."""
        new = Try(self.store, self.round, self.number + 1)
        sent = (self.members["keys"],) if "shares" in self.members else ()
        new.earlier = (*self.earlier, *sent)
        write_json(new._note, Closed(before=new.earlier))
        shutil.rmtree(self._note.parent, ignore_errors=True)
        return new

    def check(
        self,
        site: str,
        part: Part,
        arrays: Arrays,
        size: int,
        context: bytes,
        authority: Authority,
    ) -> None:
        """See that a part of the open stage is what it should be.

        size (int): Numbers in a masked vector. context (bytes): See `context_of`.
        RAISES: ValueError if it is not.
        """
        stage, roster = part.stage, self.roster
        if stage == "keys":
            keys = part.keys
            if keys is None or keys.masks != part.key:
                raise Refused(f"{site}: no keys")
            data = signed_keys(context, site, keys)
            authority.check(site, keys.certificate, keys.signature, data)
        elif stage == "shares":
            _be_for(part.sealed, roster.keys() - {site}, _SEALED)
        elif stage == "masked":
            vector = arrays.get(MASKED, numpy.empty(0))
            if vector.shape != (size,):
                raise Refused(
                    f"masked update: shape {vector.shape}, ({size},) expected"
                )
        elif stage == "signed":
            sharing = self.members["shares"]
            data = digest_of(context, roster, sharing, self.survivors)
            authority.check(site, roster[site].certificate, part.signature, data)
        else:
            _be_for(part.own, self.survivors, _SHARE)
            _be_for(part.pairs, self.dropped, _SHARE)

    def told(self, site: str, after: Stage) -> Told:
        """What a stage that is over came to, for one site."""
        if after == "keys":
            return Told(roster=self.roster)
        if after == "shares":
            sent = {x: self.parts["shares"][x].sealed for x in self.members["shares"]}
            return Told(sealed={x: to[site] for x, to in sent.items() if x != site})
        if after == "masked":
            lists = sorted(self.survivors), sorted(self.dropped)
            return Told(survivors=tuple(lists[0]), dropped=tuple(lists[1]))
        signed = self.members["signed"]
        return Told(signatures={x: self.parts["signed"][x].signature for x in signed})

    def sum(self, context: bytes) -> numpy.ndarray:
        """The sum of the survivors' vectors, of uint64. RAISES: Refused."""
        sets = self.survivors, self.dropped, self.roster, self.parts["shown"]
        return unmask(self._vectors(), *sets, context)

    def _vectors(self) -> Iterator[numpy.ndarray]:
        # One after the other: each may be large.
        for site in sorted(self.survivors):
            place = str(self.number), MASKED
            data = self.store.read_update(self.round, site, *place)
            yield unpack(data, Part, DTYPE)[1][MASKED]


def _be_for(texts: dict[str, str], sites: object, size: int) -> None:
    if texts.keys() != sites or any(len(x) != size for x in texts.values()):
        raise Refused("shares are not for the sites that were told, or of another size")
