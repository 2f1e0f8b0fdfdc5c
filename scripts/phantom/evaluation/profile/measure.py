"""Noisy shares of what units of private text hold."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

from pydantic import Field

from phantom.evaluation.profile.families import (
    NO,
    OTHER,
    STYLES,
    Name,
    Reader,
    pair_key,
    tally,
)
from phantom.privacy.counts import WHOLE, add_noise, clip, margin
from phantom.records import Example, Record

KIND, STYLE, NAMES, PAIRS = "kind", "style", "names", "pairs"
# So many names at most are counted in pairs.
PAIRED = 15
# A share is a quota where noise moves it by no more than this part of itself.
CLOSE = 0.1
Unit = Sequence[Example]


class Cell(Record):
    """A share of what the average unit holds.

    low, high (float): Where it lies but for a chance of 5% (noise alone).
    quota (bool): Whether noise moves it by no more than a tenth of itself.
    """

    value: str
    share: float
    low: float
    high: float
    quota: bool = False
    label: str = ""


class Profile(Record):
    """The content of profile.json.

    epsilon (float): Of all families together, for each unit.
    units (int): About how many there are, with noise.
    families (Dict[str, List[Cell]]): Cells by what was counted; of names and pairs
        just those that stand out of the noise.
    """

    domain: str
    unit: str
    epsilon: float
    units: int = Field(ge=0)
    families: dict[str, list[Cell]] = {}


def measure(
    reader: Reader, units: Sequence[Unit], epsilon: float, unit: str, with_names: bool
) -> Profile:
    """Count, clip each unit to one whole, add noise.

    epsilon (float): Shared out evenly over what is counted.
    with_names (bool): Whether names of the lexicons are counted, and their pairs.
    """
    keyed: dict[str, tuple[Sequence[str], Callable[[Unit], Mapping[str, float]]]] = {
        KIND: ([*reader.groups, OTHER], lambda unit: tally([*map(reader.kind, unit)]))
    }
    for name, grid in reader.grids.items():
        keys = [*map(str, grid.values()), OTHER]
        keyed[name] = (keys, _attribute(reader, name))
    keyed[STYLE] = ([*STYLES, NO], lambda unit: _styles(reader, unit))
    share = epsilon / (len(keyed) + 2 * with_names)
    noisy = {
        name: dict(zip(keys, _count(units, keys, weigh, share), strict=True))
        for name, (keys, weigh) in keyed.items()
    }
    # Each unit adds up to one whole in each family.
    sums = [sum(counts.values()) for counts in noisy.values()]
    total = max(1.0, sum(sums) / len(sums) / WHOLE)
    scale = len(STYLES)
    families = {
        name: _cells(counts, total * WHOLE, margin(share) / total)
        for name, counts in noisy.items()
    }
    families[STYLE] = [
        cell.model_copy(update={k: scale * getattr(cell, k) for k in _FIGURES})
        for cell in families[STYLE]
        if cell.value != NO
    ]
    if with_names:
        families |= _names(reader, units, share, total)
    return Profile(
        domain=reader.pack.name,
        unit=unit,
        epsilon=epsilon,
        units=round(total),
        families=families,
    )


_FIGURES = ("share", "low", "high")


def _names(
    reader: Reader, units: Sequence[Unit], epsilon: float, total: float
) -> dict[str, list[Cell]]:
    names = {name: (label, name) for name, label in reader.labels.items()}
    found = _stand_out(
        units,
        list(names),
        lambda unit: tally([n for x in unit for _, n in reader.mentions(x)]),
        epsilon,
        total,
    )
    top: list[Name] = [names[cell.value] for cell in found[:PAIRED]]
    # Pairs of names that came out of the noise: keys that cost nothing further.
    keys = [pair_key(a, b) for a, b in combinations(sorted(top), 2)]
    pairs = _stand_out(
        units,
        keys,
        lambda unit: tally([p for x in unit for p in reader.pairs(x, top)]),
        epsilon,
        total,
    )
    labelled = [
        cell.model_copy(update={"label": names[cell.value][0]}) for cell in found
    ]
    return {NAMES: labelled, PAIRS: pairs}


def _attribute(reader: Reader, name: str) -> Callable[[Unit], Mapping[str, float]]:
    return lambda unit: tally([reader.attribute(name, example) for example in unit])


def _styles(reader: Reader, unit: Unit) -> Mapping[str, float]:
    """Each feature has an equal part of the unit's whole; NO takes the rest."""
    counts: Counter[str] = Counter()
    for example in unit:
        for name, has in reader.styles(example):
            counts[name if has else NO] += 1
    return tally(list(counts.elements()))


def _count(
    units: Sequence[Unit],
    keys: Sequence[str],
    weigh: Callable[[Unit], Mapping[str, float]],
    epsilon: float,
) -> list[int]:
    counts = dict.fromkeys(keys, 0)
    for unit in units:
        for key, part in clip(weigh(unit)).items():
            counts[key] += part
    return add_noise(list(counts.values()), epsilon)


def _stand_out(
    units: Sequence[Unit],
    keys: Sequence[str],
    weigh: Callable[[Unit], Mapping[str, float]],
    epsilon: float,
    total: float,
) -> list[Cell]:
    """The cells that noise on so many does not reach, the largest first."""
    if not keys:
        return []
    noisy = dict(zip(keys, _count(units, keys, weigh, epsilon), strict=True))
    least = WHOLE * margin(epsilon, len(keys))
    kept = {key: count for key, count in noisy.items() if count > least}
    cells = _cells(kept, total * WHOLE, margin(epsilon) / total)
    return sorted(cells, key=lambda cell: -cell.share)


def _cells(counts: Mapping[str, int], whole: float, margin: float) -> list[Cell]:
    return [
        Cell(
            value=key,
            share=max(0.0, count / whole),
            low=max(0.0, count / whole - margin),
            high=max(0.0, count / whole) + margin,
            quota=key not in (OTHER, NO) and count / whole * CLOSE >= margin,
        )
        for key, count in counts.items()
    ]
