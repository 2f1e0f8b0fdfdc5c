"""What is read or typed in place of what, and how often: measured tables.

`measurements/confusions.py` measures those in data/; their README says of what.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from phantom.packs.pack import Pack
from phantom.packs.tables import read_table
from phantom.passages.rewrite import Edit

DATA = Path(__file__).parent / "data"
COLUMNS = ("level", "written", "read", "count", "of")
# A blank in a cell, which would be stripped.
BLANK = "␣"


class Confusion(NamedTuple):
    """read (str): What stands in the place; rate (float): In how many of 1."""

    read: str
    rate: float


class Confusions:
    """A table of confusions at one level.

    path (Path): Tab-separated: level, written, read, count, and of how many.
    level (int): Which rows are taken.
    RAISES: ValueError with `path:line` for a row that can't be, or without rows.
    """

    def __init__(self, path: Path, level: int) -> None:
        self.by_written: defaultdict[str, list[Confusion]] = defaultdict(list)
        levels = set()
        for line, row in enumerate(read_table(path, COLUMNS), start=2):
            try:
                own, count, of = (int(row[key]) for key in ("level", "count", "of"))
            except ValueError:
                count = of = own = 0
            written, read = (row[key].replace(BLANK, " ") for key in COLUMNS[1:3])
            if not written or written == read or not 0 < count <= of:
                raise ValueError(
                    f"{path}:{line}: {written!r} to {read!r}, {row['count']} of "
                    f"{row['of']}: give two strings that differ, the first not empty, "
                    "and whole numbers, the first no larger than the second"
                )
            levels.add(own)
            if own == level:
                self.by_written[written].append(Confusion(read, count / of))
        if not self.by_written:
            known = ", ".join(map(str, sorted(levels))) or "none"
            raise ValueError(f"{path}: no rows of level {level}; it has {known}")
        self.longest = max(map(len, self.by_written))

    def find(self, text: str, at: int, end: int) -> Iterator[tuple[int, Confusion]]:
        """What may happen at a place. YIELDS: Where the place ends, and what."""
        for length in range(min(self.longest, end - at), 0, -1):
            for confusion in self.by_written.get(text[at : at + length], ()):
                yield at + length, confusion

    def draw(self, text: str, times: float, rng: random.Random) -> Iterator[Edit]:
        """Errors of a text, each as often as it was measured, times a factor."""
        at = 0
        while at < len(text):
            after = at + 1
            for end, confusion in self.find(text, at, len(text)):
                if rng.random() < confusion.rate * times:
                    yield Edit(at, end, confusion.read)
                    after = end
                    break
            at = after

    def draw_one(
        self, text: str, start: int, end: int, rng: random.Random
    ) -> Edit | None:
        """One error between two places, likely ones more often; None if there is none.

        The table is in lower case; capitals stay where they are.
        """
        folded = text.lower() if len(text.lower()) == len(text) else text
        edits, weights = [], []
        for at in range(start, end):
            for after, confusion in self.find(folded, at, end):
                read = _fit_case(confusion.read, text[at:after])
                edits.append(Edit(at, after, read))
                weights.append(confusion.rate)
        return rng.choices(edits, weights)[0] if edits else None


def find_table(pack: Pack, table: str, own: str) -> Path:
    """The pack's table, or ours where it names none."""
    return pack.path / table if table else DATA / own


def _fit_case(read: str, written: str) -> str:
    if written.isupper() and len(written) > 1:
        return read.upper()
    return read[:1].upper() + read[1:] if written[:1].isupper() else read
