"""How many are enough, and what a sum is bound to."""

import json
from collections.abc import Collection, Iterable, Mapping
from hashlib import sha256

import numpy

from phantom.training.federated.messages import Arrays, Settings
from phantom.training.federated.secure.said import Keys

# In a sum of two, each site can take its own update off and has the other's.
LEAST = 3


MOST = 2**8


def check_least(secure: int, sites: int) -> None:
    """See that masked sums can be made.

    secure (int): Fewest sites in one; 0 for none. sites (int): That may take part.
    RAISES: ValueError if not.
    """
    if secure and not LEAST <= secure <= sites <= MOST:
        raise ValueError(
            f"masked sums of at least {secure} of {sites} sites: in a sum of two each "
            f"site could tell the other's update; take {LEAST} or more, and no more "
            f"than there are sites, which are {MOST} at the most"
        )


def threshold(sites: int) -> int:
    """Shares that a seed is put together from: more than two thirds.

    As each site shows one of a site's two seeds, a coordinator that asks some for the
    one and some for the other has both of them only if more than a third help it.
    """
    return 2 * sites // 3 + 1


def may_follow(roster: Collection[str], before: Iterable[Collection[str]]) -> bool:
    """Whether a try may follow others of the same round.

    It needs more than two thirds of each roster before, in which masked updates were
    sent: so many cannot be left once so many have shown their shares, and no site's
    update gets into two sums, whose difference would say more than either.
    """
    return all(len({*x} & {*roster}) >= threshold(len(x)) for x in before)


def federation_of(settings: Settings, layout: str) -> bytes:
    """Digest of a federation: its settings, and its model by `describe`."""
    return _digest("federation", settings.model_dump_json(), layout)


def context_of(federation: bytes, number: int, start: Arrays) -> bytes:
    """Digest of a round, which all keys and signatures bear.

    start (Arrays): Weights that it begins with. With others than the rest of the sites
        have, one could be made to stand out in the sum (Pasquini et al. 2022,
        arXiv:2111.07380).
    """
    weights = sha256()
    for name in sorted(start):
        weights.update(name.encode())
        weights.update(numpy.ascontiguousarray(start[name], "<f4").tobytes())
    return _digest("round", federation.hex(), number, weights.hexdigest())


def digest_of(
    context: bytes,
    roster: Mapping[str, Keys],
    sharing: Collection[str],
    survivors: Collection[str],
) -> bytes:
    """Digest of who takes part by which keys, who shared seeds, and who is in the sum.

    Sites sign it and look for the others' signatures on the same, so that they cannot
    be told different things.
    """
    keys = {site: [x.masks, x.seals] for site, x in roster.items()}
    return _digest("sum", context.hex(), keys, sorted(sharing), sorted(survivors))


def signed_keys(context: bytes, site: str, masks: str, seals: str) -> bytes:
    """What a site signs of its keys."""
    return _digest("keys", context.hex(), site, masks, seals)


def _digest(*parts: object) -> bytes:
    return sha256(json.dumps(["phantom", *parts], sort_keys=True).encode()).digest()
