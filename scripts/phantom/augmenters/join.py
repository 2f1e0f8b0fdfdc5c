"""Longer training text: two passages that have nothing to do with each other."""

import random
from collections.abc import Iterator, Sequence

from phantom.records import Example, Relation


def join_examples(
    examples: Sequence[Example], share: float, seed: int
) -> Iterator[Example]:
    """Yield passages that are two others, one after the other.

    Recorded passages have one or two sentences, the text of users has many. What is
    joined here states no relation across the seam, which a relation extractor has to
    see to learn it.

    examples (Sequence[Example]): Training examples alone.
    share (float): Joined passages per example given.
    seed (int): The same seed joins the same passages.
    YIELDS (Example): With `meta["joined_from"]`.
    """
    rng = random.Random(seed)
    if len(examples) < 2:
        return
    for number in range(round(share * len(examples))):
        first, second = rng.sample(range(len(examples)), 2)
        a, b = examples[first], examples[second]
        # A name that both know might bear relations that neither states alone.
        if not _names(a) & _names(b):
            yield _join(a, b, f"{a.id}&{b.id}#{number}")


def _names(example: Example) -> set[str]:
    return {entity.text.casefold() for entity in example.entities}


def _join(a: Example, b: Example, name: str) -> Example:
    seam = " " if a.text[-1] in ".!?" else ". "
    offset = len(a.text) + len(seam)
    shift = len(a.entities)
    moved = [entity.moved(offset) for entity in b.entities]
    relations = [
        Relation(head=r.head + shift, tail=r.tail + shift, label=r.label)
        for r in b.relations
    ]
    # Two passages in one are worth no more than the worse of them.
    lowest = min(float(x.meta.get("weight", 1.0)) for x in (a, b))
    weight = {"weight": lowest} if lowest < 1 else {}
    return Example(
        id=name,
        text=a.text + seam + b.text,
        entities=(*a.entities, *moved),
        relations=(*a.relations, *relations),
        meta={"joined_from": [a.id, b.id], **weight},
    )
