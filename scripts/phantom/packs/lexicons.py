"""Seed terms and pairs from the tables of a domain pack."""

import random

from phantom.packs.pack import Pack
from phantom.packs.tables import read_table


def read_names(pack: Pack, label: str, *, baseline: bool = False) -> list[str]:
    """All names of a label's lexicons, in file order.

    baseline (bool): Leave out lexicons that the dictionary baseline may not use.
    """
    return [
        row["name"]
        for lexicon in pack.domain.lexicons.get(label, [])
        if lexicon.baseline or not baseline
        for row in read_table(pack.path / lexicon.file, ["name"], ["name"])
    ]


def check_tables(pack: Pack) -> None:
    """Read all lexicons and pair tables once, before anything is paid for.

    RAISES: ValueError as `read_table`, or if nothing is in one.
    """
    for label in pack.domain.lexicons:
        if not read_names(pack, label):
            raise ValueError(f"{pack.path}: lexicons.{label}: no name in its tables")
    source = SeedSource(pack, random.Random(0))
    for name in pack.domain.pairs:
        source.draw_pair(name)


class SeedSource:
    """Draws terms without repetition until a lexicon is used up.

    pack (Pack): Its lexicons and pair tables are read when first needed.
    rng (random.Random): The only source of chance.
    """

    def __init__(self, pack: Pack, rng: random.Random) -> None:
        self.pack = pack
        self.rng = rng
        self._decks: dict[str, list[str]] = {}
        self._pairs: dict[str, list[dict[str, list[str]]]] = {}

    def has(self, label: str) -> bool:
        """Whether the pack has a lexicon with a weight for this label."""
        entries = self.pack.domain.lexicons.get(label, [])
        return any(lexicon.weight > 0 for lexicon in entries)

    def draw(self, label: str, count: int) -> list[str]:
        """Draw `count` terms of a label, lexicons chosen by weight."""
        entries = self.pack.domain.lexicons[label]
        files = [lexicon.file for lexicon in entries]
        weights = [lexicon.weight for lexicon in entries]
        terms: list[str] = []
        for file in self.rng.choices(files, weights, k=count):
            terms.append(self._next(file))
        return terms

    def draw_pair(self, table: str) -> dict[str, list[str]]:
        """Draw one row of a pair table as seeds by entity label."""
        if table not in self._pairs:
            self._pairs[table] = []
        if not self._pairs[table]:
            self._pairs[table] = self._read_pairs(table)
            self.rng.shuffle(self._pairs[table])
        return self._pairs[table].pop()

    def _next(self, file: str) -> str:
        if not self._decks.get(file):
            rows = read_table(self.pack.path / file, ["name"], ["name"])
            self._decks[file] = [row["name"] for row in rows]
            if not rows:
                raise ValueError(f"{self.pack.path / file}: no name to draw")
            self.rng.shuffle(self._decks[file])
        return self._decks[file].pop()

    def _read_pairs(self, name: str) -> list[dict[str, list[str]]]:
        table = self.pack.domain.pairs[name]
        (head, head_column), (tail, tail_column) = table.head, table.tail
        columns = [head_column, tail_column, *table.where]
        pairs = []
        for row in read_table(self.pack.path / table.file, columns, columns[:2]):
            if all(row[column] in values for column, values in table.where.items()):
                seeds: dict[str, list[str]] = {}
                seeds.setdefault(head, []).append(row[head_column])
                seeds.setdefault(tail, []).append(row[tail_column])
                pairs.append(seeds)
        if not pairs:
            raise ValueError(
                f"{self.pack.path / table.file}: pairs.{name}.where keeps no row"
            )
        return pairs
