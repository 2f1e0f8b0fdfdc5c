"""Names of people in a passage, exchanged for those of another origin or sex."""

import random
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Protocol

from phantom.passages.rewrite import Edit
from phantom.records import Entity, Example

_WORD = re.compile(r"\w[\w'\u2019-]*")
# Initials and what begins a mention without being a name.
_NO_NAME = re.compile(r"\w\.?|(?:\w+\.)", re.UNICODE)
ORIGIN, SEX = "name origin", "sex"


class Exchanged(Protocol):
    """Two groups of one dimension."""

    @property
    def dimension(self) -> str: ...
    @property
    def one(self) -> str: ...
    @property
    def other(self) -> str: ...


class People:
    """Given and family names by origin and sex.

    names (Iterable[Mapping[str, str]]): Rows of name, origin, sex.
    surnames (Iterable[Mapping[str, str]]): Rows of name, origin.
    labels (Collection[str]): Of mentions of people.
    """

    def __init__(
        self,
        names: Iterable[Mapping[str, str]],
        surnames: Iterable[Mapping[str, str]],
        labels: Collection[str],
    ) -> None:
        self.labels = frozenset(labels)
        self._given: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._known: dict[str, tuple[str, str]] = {}
        for row in names:
            self._given[row["origin"], row["sex"]].append(row["name"])
            self._known.setdefault(row["name"].lower(), (row["origin"], row["sex"]))
        self._family: dict[str, list[str]] = defaultdict(list)
        for row in surnames:
            self._family[row["origin"]].append(row["name"])

    def pairs(self) -> list[tuple[str, str, str]]:
        """Pairs of origins that names can be exchanged between; none without labels."""
        if not self.labels:
            return []
        origins = list(dict.fromkeys(origin for origin, _ in self._given))
        return [(ORIGIN, a, b) for i, a in enumerate(origins) for b in origins[i + 1 :]]

    def exchange(
        self, example: Example, pair: Exchanged, rng: random.Random
    ) -> list[tuple[Edit, str]] | str:
        """Edits with the group that each word had.

        RETURNS (Union[List[Tuple[Edit, str]], str]): Or why it can't be done.
        """
        if pair.dimension not in (ORIGIN, SEX):
            return []
        people = [e for e in example.entities if e.label in self.labels]
        new: dict[str, tuple[str, str]] = {}
        taken = set(_WORD.findall(example.text))
        for entity in people:
            words = _WORD.findall(entity.text)
            known = self._known.get(words[0].lower()) if words else None
            if known is None:
                full = len(words) > 1 and not _NO_NAME.fullmatch(words[0])
                if full and pair.dimension == SEX:
                    return "with a name of unknown sex"
                continue
            drawn = self._draw(words, known, pair, new, taken, rng)
            new.update(drawn)
        return self._edit(example, people, new)

    def _draw(
        self,
        words: list[str],
        known: tuple[str, str],
        pair: Exchanged,
        new: Mapping[str, tuple[str, str]],
        taken: set[str],
        rng: random.Random,
    ) -> Iterator[tuple[str, tuple[str, str]]]:
        """New names for the words of a mention, each with the group of the old."""
        origin, sex = known
        old = origin if pair.dimension == ORIGIN else sex
        if old not in (pair.one, pair.other):
            return
        other = pair.other if old == pair.one else pair.one
        key = (other, sex) if pair.dimension == ORIGIN else (origin, other)
        if words[0] not in new:
            yield words[0], (self._pick(self._given[key], taken, rng), old)
        if pair.dimension == ORIGIN and len(words) > 1 and words[-1] not in new:
            yield words[-1], (self._pick(self._family[other], taken, rng), old)

    def _pick(self, names: list[str], taken: set[str], rng: random.Random) -> str:
        """A name that the text does not have; "" if there is none."""
        free = [name for name in names if name not in taken]
        if not free:
            return ""
        name = rng.choice(free)
        taken.add(name)
        return name

    def _edit(
        self,
        example: Example,
        people: list[Entity],
        new: Mapping[str, tuple[str, str]],
    ) -> list[tuple[Edit, str]] | str:
        if any(not name for name, _ in new.values()):
            return "with more names than the tables have"
        inside = [(e.start, e.end) for e in people]
        edits = []
        for match in _WORD.finditer(example.text):
            word = re.sub(r"['\u2019]s$", "", match[0])
            if word not in new:
                continue
            start, end = match.start(), match.start() + len(word)
            if not any(a <= start and end <= b for a, b in inside):
                return "with a name outside of its mention"
            edits.append((Edit(start, end, new[word][0]), new[word][1]))
        return edits
