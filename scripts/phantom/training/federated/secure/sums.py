"""The coordinator takes masks off the sum: those alone that the sites have shown."""

from collections.abc import Iterable, Mapping

import numpy

from phantom.training.federated.averaging import Refused
from phantom.training.federated.secure import masks, shares
from phantom.training.federated.secure.rules import threshold
from phantom.training.federated.secure.said import Keys, Part


def unmask(
    masked: Iterable[numpy.ndarray],
    survivors: frozenset[str],
    dropped: frozenset[str],
    roster: Mapping[str, Keys],
    shown: Mapping[str, Part],
    context: bytes,
) -> numpy.ndarray:
    """The sum of the survivors' vectors.

    masked (Iterable[ndarray]): Theirs, of uint64, with masks on.
    dropped (FrozenSet[str]): Sites that shared their seeds and sent no vector; their
        halves of masks in pairs come off the sum.
    shown (Mapping[str, Part]): Shares, by the sites that showed them.
    RAISES: Refused if shares are too few, or do not give the key of a site.
    """
    vectors = iter(masked)
    total = next(vectors).copy()
    for vector in vectors:
        total += vector
    needed = threshold(len(roster))

    def seed_of(site: str, kind: str) -> bytes:
        parts = {by: getattr(part, kind)[site] for by, part in shown.items()}
        held = {by: bytes.fromhex(part) for by, part in parts.items()}
        try:
            return shares.combine(held, needed, roster)
        except ValueError as error:
            raise Refused(f"shares of {site}: {error}") from None

    for site in sorted(survivors):
        masks.add_own(total, seed_of(site, "own"), context, -1)
    for site in sorted(dropped):
        key = masks.private_key(seed_of(site, "pairs"), context)
        if masks.public_hex(key) != roster[site].masks:
            raise Refused(
                f"shares of {site} do not give its key; a site showed another"
            )
        for other in sorted(survivors):
            # What the other has added of the pair.
            pair = (key, site, other, roster[other].masks, context)
            masks.add_pair(total, *pair, sign=1)
    return total
