"""Draws from one source of training text, and tells what was drawn when."""

import json
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any, Optional

from spacy.training import Example
from spacy.util import logger, registry

EASY = 0.2
ROWS = 100


@registry.misc("phantom.SourcePool.v1")
class SourcePool:
    """The examples of one source: each once, in random order, before any comes again.

    name (str): Of the source, for messages and the order.
    examples (List[Example]): What it holds.
    seed (int): Of the order.
    balance (Optional[str]): Dotted key of `user_data["example"]`; its values take
        turns.
    rank (Optional[str]): Dotted key of a number there, or "length".
    hardest_first (bool): From the highest number down.
    RAISES: ValueError if it is empty, or no example has what a key names.
    """

    def __init__(
        self,
        name: str,
        examples: list[Example],
        *,
        seed: int = 0,
        balance: Optional[str] = None,
        rank: Optional[str] = None,
        hardest_first: bool = False,
    ) -> None:
        if not examples:
            raise ValueError(f"source {name!r} has no examples; take it out")
        for key in (balance, rank):
            if key and not has_key(examples, key):
                raise ValueError(
                    f"source {name!r}: no example has {key!r} in user_data['example']; "
                    "name another key, or none"
                )
        self.random = Random(f"{seed}:{name}")
        self.ranked = rank is not None
        self.members: dict[str, list[tuple[float, Example]]] = {}
        for place, example in _place(examples, rank, hardest_first):
            group = json.dumps(read_key(example, balance) if balance else None)
            self.members.setdefault(group, []).append((place, example))
        self.admitted = dict.fromkeys(self.members, 0)
        self.queues: dict[str, list[Example]] = {group: [] for group in self.members}
        self.turns: list[str] = []

    def draw(self, done: float = 1.0) -> Example:
        """The next example. done (float): Progress of the schedule, 0 to 1."""
        bound = EASY + (1 - EASY) * done if self.ranked else 1.0
        while True:
            if not self.turns:
                self.turns = self.random.sample(list(self.members), len(self.members))
            group = self.turns.pop()
            queue = self.queues[group]
            members, first = self.members[group], self.admitted[group]
            last = first
            while last < len(members) and members[last][0] < bound:
                last += 1
            self.admitted[group] = last
            if queue:
                for _, example in members[first:last]:
                    queue.insert(self.random.randrange(len(queue) + 1), example)
            else:
                queue += [example for _, example in members[:last]]
                self.random.shuffle(queue)
            if queue:
                return queue.pop()


@registry.misc("phantom.DrawTally.v1")
class DrawTally:
    """Counts what is drawn by source, and writes it down a hundred times a schedule.

    log (Optional[Union[str, Path]]): JSON lines, begun anew; each with `words` drawn
        so far and, of those since the line before, examples by source under `drawn`.
    words (int): Length of the schedule.
    names (List[str]): The sources.
    """

    def __init__(self, log: Optional[str | Path], words: int, names: list[str]) -> None:
        self.path = Path(log) if log else None
        self.every = words / ROWS
        self.words = 0
        self.rows = 0
        self.drawn = dict.fromkeys(names, 0)
        self.total: Counter[str] = Counter()
        if self.path:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text("", encoding="utf-8")

    def add(self, name: str, example: Example) -> None:
        """Count an example of a source."""
        self.words += len(example.reference)
        self.drawn[name] += 1
        if self.words < self.every * (self.rows + 1):
            return
        self.rows = int(self.words / self.every)
        self.total.update(self.drawn)
        if self.path:
            line = json.dumps({"words": self.words, "drawn": self.drawn})
            with self.path.open("a", encoding="utf-8", newline="\n") as file:
                file.write(line + "\n")
        if self.rows % 10 == 0:
            parts = ", ".join(f"{n:,} {name}" for name, n in self.total.items())
            logger.info("drawn in %s words: %s", f"{self.words:,}", parts)
        self.drawn = dict.fromkeys(self.drawn, 0)


@registry.misc("phantom.HasKey.v1")
def has_key(examples: list[Example], key: Optional[str]) -> bool:
    """Whether an example has a value by a dotted key of `user_data["example"]`."""
    return bool(key) and any(read_key(x, str(key)) is not None for x in examples)


def read_key(example: Example, key: str) -> Any:
    """A value of `user_data["example"]` by dotted key, None if it isn't there."""
    if key == "length":
        return len(example.reference)
    value: Any = example.reference.user_data.get("example")
    for part in key.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _place(
    examples: list[Example], rank: Optional[str], hardest_first: bool
) -> list[tuple[float, Example]]:
    """Examples in their order, each with its place from 0 to 1; without a number, 0."""
    if rank is None:
        return [(0.0, example) for example in examples]
    scores = [read_key(example, rank) for example in examples]
    for score in scores:
        if score is not None and not isinstance(score, (int, float)):
            raise ValueError(f"rank {rank!r}: {score!r} is no number")
    known = sorted(
        (i for i, score in enumerate(scores) if score is not None),
        key=lambda i: -scores[i] if hardest_first else scores[i],
    )
    places = {i: n / len(known) for n, i in enumerate(known)}
    found = [(places.get(i, 0.0), example) for i, example in enumerate(examples)]
    return sorted(found, key=lambda pair: pair[0])
