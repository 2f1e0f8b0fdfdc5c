"""The same passage about another group of people, with the same labels."""

import random
from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from phantom.augmenters.base import Passages, Share
from phantom.packs.swaps import read_swaps
from phantom.passages.swaps import Swap, Swapper
from phantom.records import Example
from phantom.registry import phantom_registry


@phantom_registry.phantom_augmenters("counterfactual")
def counterfactual(
    passages: Passages,
    *,
    dimensions: Annotated[list[str], Field(min_length=1)],
    person_labels: list[str] | None = None,
    toward: dict[str, list[str]] | None = None,
    share: Share = 1.0,
    copies: Annotated[int, Field(ge=1)] = 1,
) -> Iterator[Example]:
    """Variants in which sex, age, region or the origin of names are exchanged.

    Words come from the tables of swaps of the language and the pack; a passage that is
    tied to its group by a word of these tables has no variant.

    dimensions (List[str]): Such as "sex" and "name origin".
    person_labels (Optional[List[str]]): Labels of mentions of people, whose names are
        exchanged.
    toward (Optional[Dict[str, List[str]]]): Groups that variants are made of, by
        dimension; all where none are named.
    share (Share): Probability that a passage gets variants.
    copies (int): Variants of one passage in a dimension, each of another group.
    """
    tables = read_swaps(passages.pack)
    swapper = Swapper(tables, person_labels or (), passages.seed)
    known = list(dict.fromkeys(pair.dimension for pair in swapper.pairs))
    for name in [*dimensions, *(toward or ())]:
        if name not in known:
            raise ValueError(
                f"{passages.pack.path / 'domain.yml'}: augment.counterfactual: no "
                f"swaps by {name!r}; use one of: {', '.join(known)}"
            )
    for example in passages.written:
        rng = random.Random(f"{passages.seed}:counterfactual:{example.id}")
        if rng.random() >= share:
            continue
        for dimension in dimensions:
            wanted = (toward or {}).get(dimension)
            pairs = [pair for pair in swapper.pairs if pair.dimension == dimension]
            made = 0
            for pair in rng.sample(pairs, len(pairs)):
                swap = swapper.exchange(example, pair)
                if not isinstance(swap, Swap) or (wanted and swap.new not in wanted):
                    continue
                made += 1
                yield _name(swap, f"{example.id}^{dimension.split()[0]}{made}")
                if made == copies:
                    break


def _name(swap: Swap, name: str) -> Example:
    note = {swap.dimension: [swap.old, swap.new]}
    return swap.after.model_copy(
        update={
            "id": name,
            "derived_from": (swap.before.id,),
            "varied": "counterfactual",
            "meta": {**swap.after.meta, "counterfactual": note},
        }
    )
