"""What a pipeline finds in a passage and in its swapped twin."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np

from phantom.augmenters.name_swap import NameSwapper
from phantom.evaluation.audit.records import ALL, Audit, Flip, Flipped, Task
from phantom.evaluation.metrics import Bootstrap, share_interval
from phantom.evaluation.types import Prediction, Request
from phantom.packs.lexicons import read_names
from phantom.packs.pack import Pack
from phantom.packs.swaps import read_swaps
from phantom.passages.rewrite import Edit, rewrite
from phantom.passages.swaps import Swap, Swapper
from phantom.records import Example

Find = Callable[[Sequence[Request]], Sequence[Prediction]]
Key = tuple[tuple[int, int] | tuple[tuple[int, int], tuple[int, int]], str]
OTHER = "another"
LEAST = 10
SHOWN = 40


class Found(NamedTuple):
    """What was found in one of two twins or in both, by task: span or pair, label."""

    swap: Swap
    before: dict[Task, set[Key]]
    after: dict[Task, set[Key]]


def swap_and_measure(
    audit: Audit,
    pack: Pack,
    examples: Sequence[Example],
    person_labels: Sequence[str],
    find: Find,
    most: int = 400,
    seed: int = 0,
) -> Audit:
    """The audit with what changes when passages are about somebody else.

    person_labels (Sequence[str]): Labels of mentions of people.
    find (Callable): From requests to predictions.
    most (int): See `find_swaps`.
    """
    tables = read_swaps(pack)
    namers = {
        dimension: NameSwapper(examples, {label: read_names(pack, label)}, 1.0)
        for dimension, label in tables.labels.items()
    }
    swapper = Swapper(tables, person_labels, seed)
    left_out: Counter[str] = Counter()
    swaps = list(find_swaps(examples, swapper, namers, left_out, most, seed=seed))
    flips, flipped = measure_flips(swaps, find)
    update = {"flips": flips, "flipped": flipped, "not_swapped": dict(left_out)}
    return audit.model_copy(update=update)


def find_swaps(
    examples: Sequence[Example],
    swapper: Swapper,
    namers: dict[str, NameSwapper],
    left_out: Counter[str],
    most: int = 400,
    each: int = 3,
    seed: int = 0,
) -> Iterator[Swap]:
    """Swaps of every dimension, by words of the passage, by a sentence put before it,
    and by names of a label.

    namers (Dict[str, NameSwapper]): By what is swapped, such as "company".
    left_out (Counter[str]): Counts what can't be swapped, by dimension and reason.
    most (int): Passages of a dimension and way, drawn by seed.
    each (int): Swaps of one passage in a dimension and way.
    """
    order = random.Random(seed).sample(list(examples), len(examples))
    dimensions = dict.fromkeys(pair.dimension for pair in swapper.pairs)
    for dimension in dimensions:
        pairs = [pair for pair in swapper.pairs if pair.dimension == dimension]
        for way in (swapper.exchange, swapper.open_with):
            done = 0
            for example in order:
                rng = random.Random(f"{seed}:{dimension}:{example.id}")
                tried = [way(example, x) for x in rng.sample(pairs, len(pairs))]
                made = [swap for swap in tried if isinstance(swap, Swap)]
                reasons = {x for x in tried if isinstance(x, str) and x}
                for reason in reasons if not made else ():
                    left_out[f"{dimension}: passages {reason}"] += 1
                yield from islice(made, each)
                done += bool(made)
                if done == most:
                    break
    for dimension, namer in namers.items():
        renamed = (_rename(example, dimension, namer, seed) for example in order)
        yield from islice((swap for swap in renamed if swap), most)


def measure_flips(
    swaps: Sequence[Swap], find: Find, resamples: int = 1000
) -> tuple[list[Flip], list[Flipped]]:
    """How often what is found differs between twins.

    find (Callable): From requests to predictions.
    RETURNS (Tuple[List[Flip], List[Flipped]]): By dimension with every label, by pair
        of groups all labels together; and passages in which something changed.
    """
    sides = [side for swap in swaps for side in (swap.before, swap.after)]
    found = iter(find([Request(side.text) for side in sides]))
    results = [_compare(swap, next(found), next(found)) for swap in swaps]
    groups: dict[tuple[str, str, str], list[Found]] = defaultdict(list)
    for result in results:
        groups[result.swap.dimension, "", ""].append(result)
    for result in results:
        groups[result.swap[:3]].append(result)
    flips = [
        flip
        for key, members in groups.items()
        if not key[1] or len(members) >= LEAST
        for flip in _count(key, members, resamples)
    ]
    changed = [x for x in results if x.before != x.after]
    return flips, [_show(result) for result in _spread(changed)]


def _rename(
    example: Example, dimension: str, namer: NameSwapper, seed: int
) -> Swap | None:
    """Names of one label in the place of others that do the same in other passages."""
    names = namer.choose(example, random.Random(f"{seed}:{dimension}:{example.id}"))
    edits = tuple(
        Edit(entity.start, entity.end, names[entity.text])
        for entity in example.entities
        if entity.text in names
    )
    if not edits:
        return None
    after = rewrite(example, edits)
    return Swap(dimension, dimension, OTHER, example, after, edits)


def _compare(swap: Swap, before: Prediction, after: Prediction) -> Found:
    first, second = swap.opening
    old: dict[Task, set[Key]] = {"entities": set(), "relations": set()}
    new: dict[Task, set[Key]] = {"entities": set(), "relations": set()}
    for start, end, label in before.entities:
        if start >= first:
            old["entities"].add((swap.move(start, end), label))
    for start, end, label in after.entities:
        if start >= second:
            new["entities"].add(((start, end), label))
    for link in before.relations:
        if min(link.head, link.tail)[0] >= first:
            ends = swap.move(*link.head), swap.move(*link.tail)
            old["relations"].add((ends, link.label))
    for link in after.relations:
        if min(link.head, link.tail)[0] >= second:
            new["relations"].add(((link.head, link.tail), link.label))
    return Found(swap, old, new)


def _count(
    key: tuple[str, str, str], members: Sequence[Found], resamples: int
) -> Iterator[Flip]:
    dimension, old, new = key
    boot = Bootstrap([x.swap.before.id for x in members], resamples)
    tasks: tuple[Task, ...] = ("entities", "relations")
    for task in tasks:
        labels = sorted({x for m in members for _, x in m.before[task] | m.after[task]})
        for label in [ALL, *labels] if not old else [ALL]:
            counts = np.array([_tally(m, task, label) for m in members], dtype=float)
            total = counts.sum(axis=0)
            low, high = share_interval(boot, counts)
            yield Flip(
                dimension=dimension,
                old=old,
                new=new,
                task=task,
                label=label,
                passages=len(members),
                predictions=int(total[1]),
                flips=int(total[0]),
                low=low,
                high=high,
                changed=int((counts[:, 0] > 0).sum()),
            )


def _tally(found: Found, task: Task, label: str) -> tuple[int, int]:
    """Predictions in one of the twins alone, and in any."""
    sides = [
        {key for key in side[task] if label in (ALL, key[1])}
        for side in (found.before, found.after)
    ]
    return len(sides[0] ^ sides[1]), len(sides[0] | sides[1])


def _spread(changed: Sequence[Found]) -> list[Found]:
    """Some of each dimension, in turn."""
    by: dict[str, list[Found]] = defaultdict(list)
    for found in changed:
        by[found.swap.dimension].append(found)
    share = max(1, SHOWN // max(1, len(by)))
    return [found for group in by.values() for found in group[:share]]


def _show(found: Found) -> Flipped:
    swap = found.swap
    tasks: tuple[Task, ...] = ("entities", "relations")

    def say(one: dict[Task, set[Key]], other: dict[Task, set[Key]]) -> list:
        text = swap.after.text
        return [
            (_words(text, key), key[1])
            for task in tasks
            for key in sorted(one[task] - other[task], key=str)
        ]

    return Flipped(
        example=swap.before.id,
        dimension=swap.dimension,
        old=swap.old,
        new=swap.new,
        before=swap.before.text,
        after=swap.after.text,
        lost=say(found.before, found.after),
        found=say(found.after, found.before),
    )


def _words(text: str, key: Key) -> str:
    first, second = key[0]
    if isinstance(first, int) and isinstance(second, int):
        return text[first:second]
    assert isinstance(first, tuple) and isinstance(second, tuple)
    return f"{text[slice(*first)]} \u2192 {text[slice(*second)]}"
