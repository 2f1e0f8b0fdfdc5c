"""Longer training text: two passages that have nothing to do with each other."""

import random
from collections.abc import Collection, Iterator, Sequence
from typing import Annotated, get_args

from pydantic import Field

from phantom.augmenters.base import Passages
from phantom.passages.rewrite import Edit, follow, rewrite
from phantom.records import Example, Origin
from phantom.records.examples import REALISM
from phantom.registry import phantom_registry


@phantom_registry.phantom_augmenters("join")
def join(
    passages: Passages, *, share: Annotated[float, Field(ge=0)]
) -> Iterator[Example]:
    """Passages joined of two, those of the augmenters before among them.

    share (float): Joined passages per example that there is.
    """
    yield from join_examples(passages.found, share, passages.seed)


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
    YIELDS (Example): Its id names both, and so does `derived_from`.
    """
    rng = random.Random(seed)
    if len(examples) < 2:
        return
    for number in range(round(share * len(examples))):
        first, second = rng.sample(range(len(examples)), 2)
        a, b = examples[first], examples[second]
        joined = join_two(a, b, f"{a.id}&{b.id}#{number}")
        if joined is not None:
            yield joined


def _names(example: Example) -> set[str]:
    return {entity.text.casefold() for entity in example.entities}


def join_two(
    a: Example, b: Example, name: str, shared: Collection[str] = ()
) -> Example | None:
    """One passage after the other.

    name (str): Id of the new one; it is derived from both.
    shared (Collection[str]): Names in lower case that may be in both.
    RETURNS (Optional[Example]): None if another name is in both: it might bear
        relations that neither states alone.
    """
    if (_names(a) & _names(b)).difference(shared):
        return None
    seam = " " if a.text[-1] in ".!?" else ". "
    moved = rewrite(b, [Edit(0, 0, a.text + seam)])
    further = len(a.entities)
    places = {i: [i + further] for i in range(len(b.entities))}
    models = {a.model, b.model}
    realism = [x.meta[REALISM] for x in (a, b) if REALISM in x.meta]
    return Example(
        id=name,
        text=moved.text,
        entities=(*a.entities, *moved.entities),
        relations=(*a.relations, *follow(b.relations, places)),
        origin=max(a.origin, b.origin, key=get_args(Origin).index),
        sources=tuple(dict.fromkeys(a.sources + b.sources)),
        # Two passages in one are worth no more than the worse of them, nor more real.
        weight=min(a.weight, b.weight),
        derived_from=(a.id, b.id),
        model=models.pop() if len(models) == 1 else None,
        meta={REALISM: min(realism)} if len(realism) == 2 else {},
    )
