"""Which words go with which label: what is worth testing as a shortcut."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Literal, NamedTuple

from phantom.evaluation.types import Link, Mention, Span
from phantom.passages.words import TOKEN
from phantom.records import Example

# Passages that a word must stand in; candidates of a label; and how far, in standard
# errors, its share of the label must lie above that of all words.
LEAST, MOST, FAR = 6, 5, 2.0
Family = Literal["mentions", "relations"]


class Candidate(NamedTuple):
    """A word that goes with a label; counts of passages, see `Shortcut`."""

    family: Family
    label: str
    word: str
    passages: int
    together: int


class Found(NamedTuple):
    """A passage with what a pipeline finds in it.

    example (Example): With the mentions found as its entities.
    free (Tuple[Tuple[int, int], ...]): Words outside of all mentions, marks among them.
    words (Set[str]): Those in lower case.
    gaps (List[int]): Where free words begin: places to put another.
    decisions (Dict[Tuple[str, str], Set[tuple]]): By family and label, as places in the
        entities: (mention,) or (head, tail).
    near (Dict[int, Set[str]]): Words right before and after each mention.
    """

    example: Example
    free: tuple[Span, ...]
    words: set[str]
    gaps: list[int]
    decisions: "Decisions"
    near: dict[int, set[str]]

    @classmethod
    def of(
        cls, example: Example, mentions: Sequence[Mention], links: Sequence[Link]
    ) -> "Found":
        """From a passage, its mentions in order, and its relations."""
        text = example.text
        spans = [match.span() for match in TOKEN.finditer(text)]
        free = tuple(
            s for s in spans if not any(a < s[1] and s[0] < b for a, b, _ in mentions)
        )
        place = {(a, b): i for i, (a, b, _) in enumerate(mentions)}
        decisions = Decisions()
        for i in range(len(mentions)):
            decisions["mentions", mentions[i][2]].add((i,))
        for link in links:
            pair = (place[link.head], place[link.tail])
            decisions["relations", link.label].add(pair)
        near: dict[int, set[str]] = {}
        for i, (a, b, _) in enumerate(mentions):
            before = [s for s in free if s[1] <= a][-1:]
            after = [s for s in free if s[0] >= b][:1]
            near[i] = {text[slice(*s)].lower() for s in (*before, *after)}
        words = {text[a:b].lower() for a, b in free}
        gaps = [a for a, _ in free if not a or text[a - 1].isspace()]
        return cls(example, free, words, gaps, decisions, near)

    def has_room(self, family: Family) -> bool:
        """Whether a word can be put in that may bring a decision."""
        return bool(self.gaps) and (family == "mentions" or len(self.near) > 1)

    def beside(self, candidate: Candidate) -> list[tuple]:
        """Decisions of its label: in its passage, or of mentions next to it."""
        if candidate.word not in self.words:
            return []
        made = sorted(self.decisions[candidate.family, candidate.label])
        if candidate.family == "relations":
            return made
        return [d for d in made if candidate.word in self.near[d[0]]]


class Decisions(dict[tuple[str, str], set[tuple]]):
    """Decisions by family and label; none where nothing was found."""

    def __missing__(self, key: tuple[str, str]) -> set[tuple]:
        self[key] = set()
        return self[key]


def find_candidates(found: Sequence[Found]) -> tuple[list[Candidate], list[str]]:
    """Words that go with a label more than other words do.

    RETURNS (Tuple[List[Candidate], List[str]]): The candidates, and common words to
        set beside them.
    """
    passages = Counter(word for f in found for word in f.words)
    common = sorted(word for word, n in passages.items() if n >= LEAST)
    labels = sorted({key for f in found for key, made in f.decisions.items() if made})
    candidates: list[Candidate] = []
    for family, label in labels:
        together: Counter[str] = Counter()
        for f in found:
            made = f.decisions[family, label]
            if family == "relations":
                together.update(f.words if made else ())
            else:
                together.update(set().union(*(f.near[d[0]] for d in made)))
        share = together.total() / max(passages.total(), 1)
        scored = []
        for word in common:
            n, k = passages[word], together[word]
            z = (k / n - share) / math.sqrt(max(share * (1 - share), 1e-9) / n)
            if z > FAR:
                scored.append((-z, word, n, k))
        candidates += [
            Candidate(family, label, word, n, k)  # type: ignore[arg-type]
            for _, word, n, k in sorted(scored)[:MOST]
        ]
    words = {(c.family, c.label, c.word) for c in candidates}
    plain = [w for w in common if not any(w == word for *_, word in words)]
    return candidates, plain or common
