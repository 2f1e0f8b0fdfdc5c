"""The abbreviations that training passages define, by what they abbreviate."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from phantom.passages.abbreviations import (
    NONE,
    Definition,
    ShortForms,
    find_definitions,
)
from phantom.records import Example

Pair = tuple[Definition, int, int]


class Inventory:
    """Which short form stands for which long one, label by label.

    examples (Iterable[Example]): Those of training alone.
    forms (ShortForms): Of the language.
    """

    def __init__(self, examples: Iterable[Example], forms: ShortForms = NONE) -> None:
        self._shorts: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        self._longs: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        for example in examples:
            for _, first, second in find_pairs(example, forms):
                long, short = example.entities[first], example.entities[second]
                self._shorts[long.label, long.text.casefold()][short.text] += 1
                # The capital at the start of a sentence may not be the name's own.
                begins = not long.start or example.text[long.start - 2] in ".!?"
                self._longs[short.label, short.text][long.text] += not begins

    def short_of(self, label: str, long: str) -> str | None:
        """The short form that was defined most often; None if there is none."""
        known = self._shorts.get((label, long.casefold()))
        return min(known, key=lambda x: (-known[x], x)) if known else None

    def long_of(self, label: str, short: str) -> str | None:
        """The long form; None if there is none, or more than one."""
        known = self._longs.get((label, short), Counter())
        if len({long.casefold() for long in known}) != 1:
            return None
        return min(known, key=lambda x: (-known[x], x))


def find_pairs(example: Example, forms: ShortForms = NONE) -> Iterator[Pair]:
    """Definitions both of whose forms are mentions of one label.

    YIELDS (Tuple[Definition, int, int]): With the places of long and short mention.
    """
    places = {(e.start, e.end): i for i, e in enumerate(example.entities)}
    for definition in find_definitions(example.text, forms):
        long, short = places.get(definition.long), places.get(definition.short)
        if long is None or short is None:
            continue
        if example.entities[long].label == example.entities[short].label:
            yield definition, long, short
