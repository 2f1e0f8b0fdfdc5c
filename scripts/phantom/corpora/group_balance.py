"""Training text for groups that a pipeline is worse about: theirs, and made theirs."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from phantom.augmenters.base import Passages
from phantom.augmenters.counterfactual import counterfactual
from phantom.packs.pack import Pack
from phantom.packs.swaps import read_swaps
from phantom.passages.groups import GroupFinder
from phantom.passages.swaps import Swap, Swapper
from phantom.records import Example

# Key of `meta` for the setting `balance` of phantom.HybridCorpus.v1.
KEY = "audit"


def balance_groups(
    pack: Pack,
    examples: Sequence[Example],
    worse: Mapping[str, Sequence[str]],
    finder: GroupFinder,
    person_labels: Sequence[str] = (),
    *,
    own: bool = True,
    copies: int = 1,
    opened: int = 0,
    seed: int = 0,
) -> Iterator[Example]:
    """Passages of each group, each with the group as `meta.audit`.

    examples (Sequence[Example]): Training text.
    worse (Mapping[str, Sequence[str]]): Groups by dimension, as an audit names them.
    own (bool): The passages that name the group. False: only passages of other groups
        made theirs, for where the group's own are labelled wrongly.
    copies (int): How many a passage of another group is made into.
    opened (int): Passages that name no group of the dimension, made each group's by a
        sentence before them (`swap_templates.tsv`); for where few name any.
    """
    swapper = Swapper(read_swaps(pack), person_labels)
    swappable = {pair.dimension for pair in swapper.pairs}
    for dimension, groups in worse.items():
        for example in examples if own else ():
            named = _named(finder, example, dimension)
            for group in (x for x in groups if x in named):
                yield _mark(example, dimension, group)
        if dimension not in swappable:
            continue
        passages = Passages(pack, examples, seed)
        for variant in counterfactual(
            passages,
            dimensions=[dimension],
            person_labels=list(person_labels),
            toward={dimension: list(groups)},
            copies=copies,
        ):
            yield _mark(
                variant, dimension, variant.meta["counterfactual"][dimension][1]
            )
        if not opened:
            continue
        free = [x for x in examples if not _named(finder, x, dimension)]
        drawn = random.Random(seed).sample(free, min(opened, len(free)))
        for example in drawn:
            yield from _open(swapper, example, dimension, groups)


def _open(
    swapper: Swapper, example: Example, dimension: str, groups: Sequence[str]
) -> Iterator[Example]:
    """The passage after a sentence about each group that the pack has one of."""
    done: set[str] = set()
    for pair in swapper.pairs:
        if pair.dimension != dimension:
            continue
        swap = swapper.open_with(example, pair)
        if not isinstance(swap, Swap):
            continue
        for side, group in ((swap.before, swap.old), (swap.after, swap.new)):
            if group in groups and group not in done:
                done.add(group)
                made = {
                    "id": f"{example.id}<{group}",
                    "derived_from": (example.id,),
                    "varied": "counterfactual",
                }
                yield _mark(side.model_copy(update=made), dimension, group)


def shares(
    examples: Sequence[Example],
    worse: Mapping[str, Sequence[str]],
    finder: GroupFinder,
) -> dict[str, tuple[int, int, float]]:
    """How rare the groups are in the training text.

    RETURNS (Dict[str, Tuple[int, int, float]]): By "dimension: group": passages that
        name it, passages that name any group of the dimension, and the weight that
        would make it as frequent as the most frequent group there.
    """
    counts: dict[str, Counter[str]] = {dimension: Counter() for dimension in worse}
    totals: Counter[str] = Counter()
    for example in examples:
        for dimension in worse:
            named = _named(finder, example, dimension)
            counts[dimension].update(named)
            totals[dimension] += bool(named)
    rows = {}
    for dimension, groups in worse.items():
        most = max(counts[dimension].values(), default=0)
        for group in groups:
            here = counts[dimension][group]
            weight = most / here if here else float("inf")
            rows[f"{dimension}: {group}"] = (here, totals[dimension], weight)
    return rows


def _named(finder: GroupFinder, example: Example, dimension: str) -> set[str]:
    """Groups of a dimension that a passage names, or was asked to be of."""
    asked = (example.meta.get("attributes") or {}).get(dimension)
    found = set(finder.find(example).get(dimension, ()))
    return found | ({str(asked)} if asked is not None else set())


def _mark(example: Example, dimension: str, group: str) -> Example:
    name = f"{dimension}: {group}"
    meta = {**example.meta, KEY: name}
    if example.varied == "counterfactual":
        return example.model_copy(update={"meta": meta})
    update = {"id": f"{example.id}@{group}", "derived_from": (example.id,)}
    return example.model_copy(update={**update, "meta": meta})
