"""How many are enough, and what a sum is bound to."""

import json
from collections import Counter
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


def check_labels(marked: Iterable[Collection[str]], least: int) -> None:
    """See that no output in a sum is that of a few sites alone; see `find_few`.

    RAISES: ValueError if one would be.
    """
    if why := find_few(marked, least):
        raise ValueError(why)


def find_few(marked: Iterable[Collection[str]], least: int) -> str:
    """Why a sum would lay open outputs of a few sites; "" if it would not.

    Sites send zeros for labels that they do not mark, so the sum of such an output is
    that of the sites that do.

    marked (Iterable[Collection[str]]): Of each site, the labels that it marks.
    least (int): Sites that must mark a label, if any does.
    """
    counts = Counter(label for labels in marked for label in set(labels))
    few = {label: count for label, count in sorted(counts.items()) if count < least}
    if not few:
        return ""
    told = ", ".join(f"{label} ({count})" for label, count in few.items())
    return (
        f"labels that fewer than {least} sites of a masked sum mark: {told}; the sum "
        "of their outputs would be that of these alone. Leave them out of the corpora, "
        "or have more sites mark them"
    )


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
    keys = {site: _said_of(x) for site, x in roster.items()}
    return _digest("sum", context.hex(), keys, sorted(sharing), sorted(survivors))


def signed_keys(context: bytes, site: str, keys: Keys) -> bytes:
    """What a site signs of its keys."""
    return _digest("keys", context.hex(), site, *_said_of(keys))


def _said_of(keys: Keys) -> list[object]:
    return [keys.masks, keys.seals, keys.labels, keys.made]


def _digest(*parts: object) -> bytes:
    return sha256(json.dumps(["phantom", *parts], sort_keys=True).encode()).digest()
