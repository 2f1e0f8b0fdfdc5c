"""Texts that are nearly the same, to plant among others."""

import random
import re
from collections.abc import Iterable, Iterator

from phantom.records import Entity

GENES = ("BRCA1", "CFTR", "HTT", "F8", "MSH2", "CCR5", "MTHFR", "WT1")


def rewrite_ends(text: str, rng: random.Random, low: float, high: float) -> str | None:
    """Replace words from the end until the word pairs' Jaccard is in the range."""
    words = text.split()
    original = pairs(words)
    for count in range(1, len(words)):
        changed = [*words[:-count], *(f"re{w.lower()}" for w in words[-count:])]
        shared = pairs(changed)
        value = len(original & shared) / len(original | shared)
        if low <= value <= high:
            return " ".join(changed)
        if value < low:
            return None
    return None


def pairs(words: Iterable[str]) -> set[tuple[str, str]]:
    """Adjacent words, case and punctuation aside."""
    plain_words = [w for word in words for w in re.findall(r"\w+", word.lower())]
    return set(zip(plain_words, plain_words[1:], strict=False))


def clones(
    rng: random.Random, count: int, template: str, label: str
) -> Iterator[tuple[str, Entity]]:
    """Sentences of one template, with their only mention."""
    for k in range(count):
        gene = GENES[k % len(GENES)]
        text = template.format(
            n=rng.randint(20, 99), gene=gene, year=1980 + k, m=rng.randint(2, 9)
        )
        start = text.index(gene)
        yield text, Entity(start=start, end=start + len(gene), label=label, text=gene)
