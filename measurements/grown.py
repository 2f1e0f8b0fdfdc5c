"""Corpora of any size, grown from the recording by safe perturbation."""

import random
import re
from collections.abc import Iterator

from phantom.records import Entity, Example

WORD = re.compile(r"\b[a-z]{4,}\b|\d+")


def grow(recorded: list[Example], count: int, seed: int = 0) -> Iterator[Example]:
    """New examples from recorded ones: other words, numbers and mentions.

    Half of the plain words and numbers are drawn anew, and every mention becomes
    another one of its label, so that most results are no near-duplicates; every
    twentieth keeps all its words but one, so that some are.
    """
    rng = random.Random(seed)
    vocabulary = sorted({w for x in recorded for w in WORD.findall(x.text)})
    surfaces: dict[str, list[str]] = {}
    for x in recorded:
        for entity in x.entities:
            surfaces.setdefault(entity.label, []).append(entity.text)

    def other(match: re.Match[str]) -> str:
        if rng.random() < 0.5:
            return match.group()
        if match.group()[0].isdigit():
            return str(rng.randint(2, 9999))
        return rng.choice(vocabulary)

    for i in range(count):
        source = recorded[i % len(recorded)]
        if i % 20 == 0:
            yield source.model_copy(
                update={"id": f"g{i}", "text": source.text + f" No. {rng.random()}"}
            )
            continue
        parts: list[str] = []
        entities: list[Entity] = []
        end = length = 0
        for entity in source.entities:
            gap = WORD.sub(other, source.text[end : entity.start])
            name = rng.choice(surfaces[entity.label])
            start = length + len(gap)
            length = start + len(name)
            parts += [gap, name]
            entities.append(
                Entity(start=start, end=length, label=entity.label, text=name)
            )
            end = entity.end
        parts.append(WORD.sub(other, source.text[end:]))
        yield Example(
            id=f"g{i}",
            text="".join(parts),
            entities=tuple(entities),
            relations=source.relations,
            meta=source.meta,
        )


def grow_words(recorded: list[Example], count: int) -> Iterator[list[str]]:
    """Token lists like those of `grow`, made fast enough for millions."""
    rng = random.Random(0)
    sources = [x.text.split() for x in recorded]
    vocabulary = sorted({word for words in sources for word in words})
    for i in range(count):
        words = list(sources[i % len(sources)])
        changes = 1 if i % 20 == 0 else len(words) // 2
        places = rng.sample(range(len(words)), changes)
        for place, word in zip(places, rng.choices(vocabulary, k=changes), strict=True):
            words[place] = word
        yield words
