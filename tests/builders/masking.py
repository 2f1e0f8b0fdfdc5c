"""Sites of masked sums in one process, with the kits that FLARE makes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy
import pytest

pytest.importorskip("nvflare")
pytest.importorskip("Crypto")

from phantom.training.federated.kits import make_kits  # noqa: E402
from phantom.training.federated.secure.identity import Identity  # noqa: E402
from phantom.training.federated.secure.member import Member  # noqa: E402
from phantom.training.federated.secure.rules import threshold  # noqa: E402
from phantom.training.federated.secure.said import Keys, Part  # noqa: E402
from phantom.training.federated.secure.sums import unmask  # noqa: E402

HOST = "localhost"
NAMES = tuple(f"s{i}" for i in range(6))
CONTEXT = b"a round of a federation, 32 bytes"


def identities(folder: Path, names: Collection[str] = NAMES) -> dict[str, Identity]:
    """By site, from kits of one authority."""
    make_kits(folder, HOST, list(names))
    return {name: Identity(folder / name, name, HOST) for name in names}


@dataclass
class Gone:
    """Sites that fall silent before a stage."""

    keys: Collection[str] = ()
    shares: Collection[str] = ()
    masked: Collection[str] = ()
    signed: Collection[str] = ()
    shown: Collection[str] = ()


class Circle:
    """A sum from stage to stage, with a coordinator that does as it should."""

    def __init__(
        self,
        known: Mapping[str, Identity],
        vectors: Mapping[str, numpy.ndarray],
        least: int = 3,
        labels: Mapping[str, Collection[str]] | None = None,
    ) -> None:
        self.vectors = vectors
        self.members = {
            name: Member(
                known[name], CONTEXT, vector, least, (labels or {}).get(name, ())
            )
            for name, vector in vectors.items()
        }
        self.roster: dict[str, Keys] = {}
        self.sealed: dict[str, dict[str, str]] = {}
        self.masked: dict[str, numpy.ndarray] = {}
        self.signed: dict[str, str] = {}
        self.shown: dict[str, Part] = {}

    def share(self, gone: Gone) -> None:
        """Keys and shares."""
        there = {x: m for x, m in self.members.items() if x not in gone.keys}
        self.roster = {name: member.keys() for name, member in there.items()}
        for name in self._left(self.roster, gone.shares):
            self.sealed[name] = self.members[name].share(self.roster)

    def mask(self, gone: Gone) -> None:
        """Masked vectors."""
        for name in self._left(self.sealed, gone.masked):
            sent = {x: to[name] for x, to in self.sealed.items() if x != name}
            self.masked[name] = self.members[name].mask(sent)

    def finish(self, gone: Gone) -> numpy.ndarray:
        """Signatures, shares, and the sum."""
        survivors, dropped = self._sets()
        for name in self._left(self.masked, gone.signed):
            self.signed[name] = self.members[name].sign(survivors, dropped)
        for name in self._left(self.signed, gone.shown):
            own, pairs = self.members[name].show(self.signed)
            self.shown[name] = Part(
                round=0, layout="", stage="shown", own=own, pairs=pairs
            )
        return self.unmask()

    def unmask(self) -> numpy.ndarray:
        """The sum by the shares that were shown."""
        survivors, dropped = self._sets()
        return unmask(
            (self.masked[name] for name in sorted(self.masked)),
            *(survivors, dropped, self.roster, self.shown, CONTEXT),
        )

    def run(self, gone: Gone) -> numpy.ndarray:
        """All of it."""
        self.share(gone)
        self.mask(gone)
        return self.finish(gone)

    def expected(self) -> numpy.ndarray:
        """The plain sum of those whose masked vectors came, modulo 2^64."""
        total = numpy.zeros_like(next(iter(self.vectors.values())))
        for name in self.masked:
            total += self.vectors[name]
        return total

    @property
    def needed(self) -> int:
        """Shares that a seed takes."""
        return threshold(len(self.roster))

    def _sets(self) -> tuple[frozenset[str], frozenset[str]]:
        survivors = frozenset(self.masked)
        return survivors, frozenset(self.sealed) - survivors

    def _left(self, names: Collection[str], gone: Collection[str]) -> list[str]:
        return [name for name in sorted(names) if name not in gone]


def random_vectors(
    names: Collection[str] = NAMES, size: int = 1000
) -> dict[str, numpy.ndarray]:
    """By site, numbers over all of uint64."""
    rng = numpy.random.default_rng(0)
    return {x: rng.integers(0, 2**64, size, dtype="uint64") for x in names}
