"""The same passage about another group: words and names exchanged, all else kept."""

import random
import re
from collections.abc import Collection, Iterator
from itertools import combinations
from typing import NamedTuple

from phantom.packs.swaps import SwapRow, SwapTables
from phantom.passages.person_names import People
from phantom.passages.rewrite import Edit, rewrite
from phantom.records import Example

_NUMBER = re.compile(r"\{(\d+)-(\d+)\}")
_LAST_WORD = re.compile(r"(\w+) $")


class Pair(NamedTuple):
    """Two groups of one dimension that change places."""

    dimension: str
    one: str
    other: str


class Swap(NamedTuple):
    """A passage before and after.

    old, new (str): The groups; old is the one whose words come first in the text.
    edits (Tuple[Edit, ...]): From before to after.
    opening (Tuple[int, int]): Characters of a sentence put before the passage, before
        and after; what is found in it says nothing about the passage.
    """

    dimension: str
    old: str
    new: str
    before: Example
    after: Example
    edits: tuple[Edit, ...]
    opening: tuple[int, int] = (0, 0)

    def move(self, start: int, end: int) -> tuple[int, int]:
        """Where a span of the text before lies in the text after."""
        return self._place(start, True), self._place(end, False)

    def _place(self, at: int, is_start: bool) -> int:
        shift = 0
        for edit in self.edits:
            if at < edit.start or (at == edit.start and is_start < 1):
                break
            if at < edit.end or (at == edit.end and not is_start):
                inner = edit.start if is_start else edit.start + len(edit.text)
                return inner + shift
            shift += len(edit.text) - (edit.end - edit.start)
        return at + shift


class Swapper:
    """Exchanges groups in passages.

    tables (SwapTables): Of the pack and its language.
    person_labels (Collection[str]): Labels of mentions of people, whose names follow.
    seed (int): Of the draws; the same passage is always changed in the same way.
    """

    def __init__(
        self, tables: SwapTables, person_labels: Collection[str] = (), seed: int = 0
    ) -> None:
        self.tables, self.seed = tables, seed
        self.people = People(tables.names, tables.surnames, person_labels)
        groups = [(row.dimension, row.old, row.new) for row in tables.rows]
        groups += self.people.pairs()
        said = dict.fromkeys((t.dimension, t.group) for t in tables.templates)
        groups += [(d, a, b) for (d, a), (e, b) in combinations(said, 2) if d == e]
        pairs = (Pair(d, *sorted((a, b))) for d, a, b in groups)
        self.pairs = list(dict.fromkeys(pairs))

    def exchange(self, example: Example, pair: Pair) -> Swap | str:
        """The passage with two groups exchanged.

        RETURNS (Union[Swap, str]): Or why it can't be; "" if it names neither.
        """
        rng = random.Random(f"{self.seed}:{pair}:{example.id}")
        rows = [row for row in self.tables.rows if _joins(row, pair)]
        found = sorted(_find(example.text, rows), key=lambda f: (f[0], -f[1]))
        edits: list[Edit] = []
        first: tuple[int, str] | None = None
        for start, end, row in found:
            if not row.replacement or (edits and start < edits[-1].end):
                continue
            first = first or (start, row.old)
            edits.append(Edit(start, end, _fit(row, example.text[start:end], rng)))
        names = self.people.exchange(example, pair, rng)
        if isinstance(names, str):
            return names if names and (edits or pair.dimension != "sex") else ""
        for edit, group in names:
            first = min(first or (edit.start, group), (edit.start, group))
            edits.append(edit)
        if first is None:
            return ""
        if any(not row.replacement for _, _, row in found):
            return "tied to their group by a word"
        if self._cuts(example, edits):
            return "with words of a group inside a mention"
        edits = self._agree(example, sorted(edits))
        old = first[1]
        new = pair.other if old == pair.one else pair.one
        return Swap(
            pair.dimension, old, new, example, _apply(example, edits), tuple(edits)
        )

    def open_with(self, example: Example, pair: Pair) -> Swap | str:
        """The passage after a sentence about one group, and about the other.

        RETURNS (Union[Swap, str]): Or why not; "" if the pack has no such sentences.
        """
        texts = {
            t.group: t.text
            for t in self.tables.templates
            if t.dimension == pair.dimension
        }
        if not texts.keys() >= {pair.one, pair.other}:
            return ""
        rows = [row for row in self.tables.rows if _joins(row, pair)]
        if any(True for _ in _find(example.text, rows)):
            return "that name a group, or are tied to it, already"
        old, new = texts[pair.one], texts[pair.other]
        before = _apply(example, [Edit(0, 0, f"{old} ")])
        edit = Edit(0, len(old), new)
        return Swap(
            *pair,
            before,
            _apply(before, [edit]),
            (edit,),
            (len(old) + 1, len(new) + 1),
        )

    def _cuts(self, example: Example, edits: list[Edit]) -> bool:
        """Whether an edit touches a mention of anything but a person."""
        return any(
            edit.start < entity.end and entity.start < edit.end
            for entity in example.entities
            if entity.label not in self.people.labels
            for edit in edits
        )

    def _agree(self, example: Example, edits: list[Edit]) -> list[Edit]:
        """With the words before that must follow, such as articles."""
        inside = {
            i for e in example.entities for i in range(e.start, min(e.end, e.start + 1))
        }
        more: list[Edit] = []
        end = 0
        for edit in edits:
            word = _LAST_WORD.search(example.text, end, edit.start)
            end = edit.end
            if not word or word.start() in inside:
                continue
            said = f"{word[1]} {edit.text}"
            for pattern, other in self.tables.agreement:
                if match := pattern.match(said):
                    text = other.capitalize() if match[0][:1].isupper() else other
                    at = word.start()
                    more.append(Edit(at, at + len(match[0]), text))
                    break
        return sorted([*edits, *more])


def _joins(row: SwapRow, pair: Pair) -> bool:
    return row.dimension == pair.dimension and {row.old, row.new} == set(pair[1:])


def _find(text: str, rows: list[SwapRow]) -> Iterator[tuple[int, int, SwapRow]]:
    for row in rows:
        for match in row.pattern.finditer(text):
            yield *match.span(), row


def _fit(row: SwapRow, said: str, rng: random.Random) -> str:
    """One of the replacements, in capitals where the words are."""
    text = rng.choice(row.replacement)
    text = _NUMBER.sub(lambda m: str(rng.randint(int(m[1]), int(m[2]))), text)
    if row.exact or not said[:1].isupper():
        return text
    return text.upper() if len(said) > 1 and said.isupper() else text.capitalize()


def _apply(example: Example, edits: list[Edit]) -> Example:
    return rewrite(example, edits)
