"""Cells of items that go wrong more often than others: weaknesses, the worst first."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix

from phantom.evaluation.diagnosis.records import (
    Family,
    Item,
    Mistake,
    Weakness,
)
from phantom.evaluation.diagnosis.worth import weigh, weigh_lack

# So many errors are the least that a weakness is worth.
LEAST = 3
# Of the difference between two shares; by chance, some of hundreds of cells pass 2.
Z = 3.0
# Likewise of what a cell has beyond a narrower one, which is named if it is less.
Z_LEFT = 2.0
# Likewise of what is scarce in training text, for which there is a reason; what is next
# to absent needs no more.
Z_LACK = 1.0
ABSENT = 0.9
# So many items the gold data must lead one to expect before their lack is noted.
EXPECTED = 5.0
# From here on the lack is the likely cause, and its cell comes before looks.
LACKING = 0.5
# Of facets that training text can't have by their nature, or has by construction.
_NO_LACK = {"surface"}
Key = tuple[Family, str, str, str]


class _Cells(NamedTuple):
    """keys: of each; members: cells by items; training, lack: of each cell."""

    keys: list[Key]
    members: csr_matrix
    training: np.ndarray
    lack: np.ndarray


def find_weaknesses(
    items: Sequence[Item],
    training: Iterable[Item],
    mistakes: Sequence[Mistake],
    most: int = 20,
) -> list[Weakness]:
    """Weaknesses, no two on the same errors.

    A cell is a label, the value of a facet, or that value with a label. First those
    that training text lacks take their errors, then the others: a kind of name that
    was never shown is unseen, too, but that it was never shown is why. They are taken
    and ranked by their worth: what they cost, and what more text can mend. A cell gives
    way to one inside it that accounts for it.

    items (Sequence[Item]): Of the gold data.
    training (Iterable[Item]): Of the training text; none where it is not at hand.
    most (int): So many.
    """
    totals: Counter[str] = Counter()
    counts: Counter[Key] = Counter()
    for item in training:
        totals[item.family] += 1
        counts.update(_keys(item))
    cells = _make_cells(items, counts, totals)
    active = np.ones(len(items))
    found: list[Weakness] = []
    for among in (cells.lack >= LACKING, np.ones(len(cells.keys), dtype=bool)):
        found += _take(items, cells, among, active, totals, mistakes, most)
    return sorted(found, key=lambda weakness: -weakness.worth)[:most]


def _take(
    items: Sequence[Item],
    cells: _Cells,
    among: np.ndarray,
    active: np.ndarray,
    totals: Counter[str],
    mistakes: Sequence[Mistake],
    most: int,
) -> Iterator[Weakness]:
    """The weaknesses among some cells, each on errors that those before leave.

    among (ndarray): Which cells, bool.
    active (ndarray): 1 for items that no weakness has yet; changed.
    """
    wrong = np.array([bool(item.mistakes) for item in items], dtype=float)
    names = list(dict.fromkeys(item.family for item in items))
    family = np.array([names.index(item.family) for item in items])
    of_cell = np.array([names.index(key[0]) for key in cells.keys], dtype=int)
    for _ in range(most if among.any() else 0):
        n, e = cells.members @ active, cells.members @ (active * wrong)
        of = np.bincount(family, active, len(names))[of_cell]
        errors = np.bincount(family, active * wrong, len(names))[of_cell]
        elsewhere = np.divide(
            errors - e, of - n, out=np.zeros_like(e), where=of - n > 0
        )
        scores = np.where(among, _score(n, e, of, elsewhere, cells.lack), 0.0)
        best = int(scores.argmax())
        if scores[best] <= 0:
            break
        if cells.lack[best] < LACKING:
            best = _narrow(best, n, e, of, elsewhere, scores, cells.members, active)
        excess = count_excess(n, e, of, elsewhere)
        here = cells.members[best].indices
        here = here[active[here] > 0]
        mine = [m for i in here for m in items[i].mistakes]
        name, facet, value, label = cells.keys[best]
        yield Weakness(
            family=name,
            facet=facet,
            value=value,
            label=label,
            errors=int(e[best]),
            of=int(n[best]),
            elsewhere=round(float(elsewhere[best]), 4),
            excess=round(float(excess[best]), 1),
            training=int(cells.training[best]),
            training_of=0 if name == "pairs" and label else totals[name],
            lack=round(float(cells.lack[best]), 3),
            types=dict(Counter(mistakes[m].type for m in mine).most_common()),
            mistakes=tuple(mine),
        )
        active[here] = 0


def _keys(item: Item) -> Iterator[Key]:
    """The cells that an item is in."""
    if item.label:
        yield item.family, "label", item.label, item.label
    for facet, value in item.facets.items():
        yield item.family, facet, value, ""
    if item.label:
        for facet, value in item.facets.items():
            yield item.family, facet, value, item.label


def _make_cells(
    items: Sequence[Item], counts: Counter[Key], totals: Counter[str]
) -> _Cells:
    members: dict[Key, list[int]] = defaultdict(list)
    families: Counter[str] = Counter()
    for i, item in enumerate(items):
        families[item.family] += 1
        for key in _keys(item):
            members[key].append(i)
    # What training can't tell at all, such as sections that it was not asked for.
    told = {(family, facet) for family, facet, _, _ in counts}
    # Of cells with the same items the first is named, the one that says least.
    keys = [key for key, places in members.items() if len(places) >= LEAST]
    keys.sort(key=lambda key: (key[1] != "label", bool(key[3])))
    lack = np.zeros(len(keys))
    for i, key in enumerate(keys):
        expected = len(members[key]) / families[key[0]] * totals[key[0]]
        # A pair's label is one that was predicted; training text has none.
        tells = key[:2] in told and not (key[0] == "pairs" and key[3])
        if tells and key[1] not in _NO_LACK and expected >= EXPECTED:
            lack[i] = max(0.0, 1 - counts[key] / expected)
    places = [members[key] for key in keys]
    bounds = np.cumsum([0, *map(len, places)])
    flat = np.array([i for row in places for i in row], dtype=int)
    matrix = csr_matrix(
        (np.ones(len(flat)), flat, bounds), shape=(len(keys), len(items))
    )
    return _Cells(keys, matrix, np.array([counts[key] for key in keys]), lack)


def _score(
    n: np.ndarray,
    e: np.ndarray,
    of: np.ndarray,
    elsewhere: np.ndarray,
    lack: np.ndarray,
) -> np.ndarray:
    """What each cell is worth, as `Weakness.worth` has it; 0 for those not to name.

    n, e (ndarray): Its items and errors; of (ndarray): items of its family.
    """
    excess = count_excess(n, e, of, elsewhere)
    # What is but scarce in training text and goes no more wrong than the rest is none.
    worse = (_deviation(n, e, of - n, elsewhere) > Z_LACK) | (of == n)
    worse |= lack >= ABSENT
    certain = excess + np.where(worse, weigh_lack(lack) * e, 0.0)
    return np.where(certain >= LEAST, weigh(e, excess, lack), 0.0)


def count_excess(
    n: np.ndarray, e: np.ndarray, of: np.ndarray, elsewhere: np.ndarray
) -> np.ndarray:
    """Errors beyond the share elsewhere; 0 where that may be chance."""
    unusual = (_deviation(n, e, of - n, elsewhere) > Z) & (of > n)
    return np.where(unusual, e - n * elsewhere, 0.0)


def _deviation(
    n: np.ndarray, e: np.ndarray, rest: np.ndarray, elsewhere: np.ndarray
) -> np.ndarray:
    """By how many standard errors a share of wrong ones is above that of the rest.

    n, e (ndarray): Items and wrong ones; rest (ndarray): items elsewhere.
    """
    n, rest = np.maximum(n, 1e-9), np.maximum(rest, 1e-9)
    pooled = np.clip((e + elsewhere * rest) / (n + rest), 0.0, 1.0)
    variance = pooled * (1 - pooled) * (1 / n + 1 / rest)
    return np.asarray((e / n - elsewhere) / np.sqrt(np.maximum(variance, 1e-12)))


def _narrow(
    best: int,
    n: np.ndarray,
    e: np.ndarray,
    of: np.ndarray,
    elsewhere: np.ndarray,
    scores: np.ndarray,
    members: csr_matrix,
    active: np.ndarray,
) -> int:
    """The cell inside of one that accounts for it: less it, the cell is as the rest.

    Abbreviations, for one, of all names of one word.
    """
    while True:
        here = np.zeros(len(active))
        here[members[best].indices] = active[members[best].indices]
        share = np.divide(e, n, out=np.zeros_like(e), where=n > 0)
        inside = (members @ here == n) & (n < n[best]) & (share > share[best])
        left = _deviation(n[best] - n, e[best] - e, of - n[best], elsewhere[best])
        fitting = np.where(inside & (left < Z_LEFT), scores, 0.0)
        if not fitting.any():
            return best
        best = int(fitting.argmax())
