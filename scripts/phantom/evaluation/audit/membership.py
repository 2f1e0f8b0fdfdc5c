"""Which groups each document is of: by its text, its spec, or a file."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from phantom.packs.pack import Pack
from phantom.passages.groups import GroupFinder
from phantom.passages.words import TOKEN
from phantom.records import Example

LENGTH = "length"
_BANDS = (
    *((15, "up to 15 words"), (30, "16 to 30 words"), (60, "31 to 60 words")),
    (150, "61 to 150 words"),
)
_LONGEST = "more than 150 words"
# More values than that are no groups but names or numbers.
MOST_VALUES = 40


class Dimension(NamedTuple):
    """The groups of one kind. member (NDArray[bool]): Shape (documents, groups)."""

    name: str
    groups: list[str]
    member: NDArray[np.bool_]


def find_dimensions(
    pack: Pack,
    examples: Sequence[Example],
    units: Sequence[int],
    finder: GroupFinder,
    metadata: Mapping[str, Mapping[str, str]] | None = None,
) -> list[Dimension]:
    """Every dimension in which documents differ.

    A document has the groups that any of its records has. Beside the finder's, these
    are the values of grid attributes in words, what `metadata` says, and the length.

    units (Sequence[int]): The document of each record.
    metadata (Optional[Mapping]): Groups by dimension, by record id.
    """
    found: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    words: Counter[int] = Counter()
    for unit, example in zip(units, examples, strict=True):
        tokens = TOKEN.findall(example.text)
        words[unit] += sum(token.isalnum() for token in tokens)
        for dimension, groups in finder.find(example, tokens).items():
            for group in groups:
                found[dimension][group].add(unit)
        for dimension, value in _asked(pack, example.meta).items():
            found[dimension][value].add(unit)
        for dimension, value in (metadata or {}).get(example.id, {}).items():
            found[dimension][value].add(unit)
    for unit, count in words.items():
        found[LENGTH][_band(count)].add(unit)
    number = max(units, default=-1) + 1
    return [
        _make(name, groups, number)
        for name, groups in found.items()
        if 1 < len(groups) <= MOST_VALUES
    ]


def _make(name: str, groups: Mapping[str, set[int]], number: int) -> Dimension:
    names = list(groups)
    if name == LENGTH:
        order = [band for _, band in _BANDS] + [_LONGEST]
        names.sort(key=order.index)
    else:
        names.sort(key=lambda group: (-len(groups[group]), group))
    member = np.zeros((number, len(names)), dtype=bool)
    for i, group in enumerate(names):
        member[sorted(groups[group]), i] = True
    return Dimension(name, names, member)


def _asked(pack: Pack, meta: Mapping[str, Any]) -> dict[str, str]:
    asked = meta.get("attributes")
    given = asked if isinstance(asked, dict) else {}
    return {
        name: value
        for name, value in given.items()
        if name in pack.attributes and isinstance(value, str)
    }


def _band(count: int) -> str:
    return next((name for most, name in _BANDS if count <= most), _LONGEST)
