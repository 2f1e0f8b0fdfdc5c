"""Who writes the new specs of a plan: a share of them, by the pack's weights."""

import random
from collections import Counter
from collections.abc import Sequence

from phantom.packs.pack import Pack
from phantom.packs.personas import WRITER, Personas, read_personas
from phantom.records import Attribute, Spec


class Writers:
    """Deals personas to new specs, so that each comes close to its quota.

    It has chance of its own: all else of a plan is drawn as without personas.

    share (float): Of new specs, those that have a writer.
    """

    def __init__(self, personas: Personas, share: float, seed: int = 0) -> None:
        if not 0 < share <= 1:
            raise ValueError(f"personas: a share of {share}; give one up to 1")
        self.personas, self.share = personas, share
        self.weights = personas.weights()
        self.dealt: Counter[Attribute] = Counter()
        self.rng = random.Random(f"personas {seed}")

    def take_up(self, specs: Sequence[Spec]) -> None:
        """Count the writers of specs that stay in the plan."""
        self.dealt.update(
            spec.attributes[WRITER] for spec in specs if WRITER in spec.attributes
        )

    def deal(self, kind: str) -> dict[str, Attribute]:
        """The attribute of a new spec of a kind; empty where it has no writer."""
        if kind in self.personas.except_kinds or self.rng.random() >= self.share:
            return {}
        whole = sum(self.weights.values())
        total = self.dealt.total() + 1
        lacking = [
            # Every writer stays possible, so that their order is no pattern.
            max(total * weight / whole - self.dealt[name], 0.05 * weight / whole)
            for name, weight in self.weights.items()
        ]
        name = self.rng.choices(list(self.weights), lacking)[0]
        self.dealt[name] += 1
        return {WRITER: name}


def find_writers(pack: Pack, share: float, seed: int) -> Writers | None:
    """The pack's personas for a share of new specs; None for a share of 0."""
    return Writers(read_personas(pack), share, seed) if share else None
