"""Specs that facts decide: how many, of which events, each fact told once."""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from phantom.records import Attribute, Facts


@dataclass(frozen=True)
class Wish:
    """What one spec is to tell.

    kind (str): Kind of example.
    attributes (Mapping[str, Sequence]): Values to choose from, where the event
        decides them.
    facts (Facts): What the text must say.
    weight (float): Of its event, relative to those of the others.
    """

    kind: str
    attributes: Mapping[str, Sequence[Attribute]]
    facts: Facts
    weight: float = 1.0


@dataclass(frozen=True)
class Wishes:
    """What a plan draws from, and how much of it.

    pool (Sequence[Wish]): One per fact.
    share (float): Of new specs that are grounded in facts.
    rare (float): Of those, the share that tells a rare event.
    where (str): The file of the facts, for errors.
    """

    pool: Sequence[Wish]
    share: float
    rare: float
    where: str

    def draw(self, new: int, told: Collection[str], rng: random.Random) -> list[Wish]:
        """The wishes of a plan, balanced over events by their weights.

        new (int): Specs that the plan lacks.
        told (Collection[str]): Facts that other specs tell, see digest.
        RAISES: ValueError if there are too few facts.
        """
        count = round(self.share * new)
        rare = round(self.rare * count)
        free = [wish for wish in self.pool if digest(wish.facts) not in told]
        chosen = [
            *self._deal([w for w in free if w.facts.rare], rare, "rare", rng),
            *self._deal(
                [w for w in free if not w.facts.rare], count - rare, "other", rng
            ),
        ]
        rng.shuffle(chosen)
        return chosen

    def _deal(
        self, pool: list[Wish], count: int, which: str, rng: random.Random
    ) -> list[Wish]:
        decks: dict[str, list[Wish]] = {}
        for wish in pool:
            if wish.weight:
                decks.setdefault(wish.facts.event, []).append(wish)
        there = sum(map(len, decks.values()))
        if count > there:
            raise ValueError(
                f"{self.where}: the plan asks for {count:,} facts of {which} events, "
                f"and {there:,} are there that no spec tells yet; simulate longer, "
                "with another seed, or ask for a smaller share"
            )
        for deck in decks.values():
            rng.shuffle(deck)
        dealt = dict.fromkeys(decks, 0)
        chosen = []
        for _ in range(count):
            room = {name: deck for name, deck in decks.items() if deck}
            name = min(room, key=lambda n: (dealt[n] + 1) / room[n][-1].weight)
            dealt[name] += 1
            chosen.append(room[name].pop())
        return chosen


def digest(facts: Facts) -> str:
    """Equal for equal facts."""
    return facts.model_dump_json(exclude_defaults=True)
