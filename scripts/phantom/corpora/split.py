"""Train and dev sides that share neither a seed pair nor a near-identical text."""

import hashlib
from collections.abc import Collection, Iterable, Sequence

from phantom.passages.words import normalize
from phantom.records import Example

_RUN = 8


def split_examples(
    examples: Sequence[Example],
    dev_share: float,
    *,
    seed: int = 0,
    held_out: Collection[str] = (),
    kin: bool = False,
) -> tuple[list[Example], list[Example]]:
    """Split by groups of related examples.

    Two examples are related if they were asked for with the same two or more seed
    terms, or share a run of eight words (case and punctuation aside).

    examples (Sequence[Example]): In any order; the order is kept on both sides.
    dev_share (float): Share of the groups that go to dev, between 0 and 1.
    seed (int): Which groups these are.
    held_out (Collection[str]): Ids of examples that are dev whatever the share, with
        all that are related to them.
    kin (bool): Whether an example is related to what it was made from, too.
    RETURNS (Tuple[List[Example], List[Example]]): Train and dev.
    RAISES: ValueError if one side would be empty.
    """
    if not 0 < dev_share < 1:
        raise ValueError(f"dev share is {dev_share}; give a number between 0 and 1")
    groups = group_related(examples, kin)
    members: dict[int, list[int]] = {}
    for position, group in enumerate(groups):
        members.setdefault(group, []).append(position)

    def draw(group: int) -> str:
        name = f"{seed}:{examples[group].id}"
        return hashlib.sha256(name.encode()).hexdigest()

    # Filled up group by group in a random but fixed order, never beyond the share.
    wanted = round(dev_share * len(examples))
    in_dev: set[int] = set()
    for places in members.values():
        if any(examples[i].id in held_out for i in places):
            in_dev.update(places)
    for group in sorted(members, key=draw):
        if len(in_dev.union(members[group])) <= wanted:
            in_dev.update(members[group])
    train = [example for i, example in enumerate(examples) if i not in in_dev]
    dev = [example for i, example in enumerate(examples) if i in in_dev]
    if not train or not dev:
        raise ValueError(
            f"{len(examples)} examples leave one side empty at a dev share of "
            f"{dev_share}; add examples or change the share"
        )
    return train, dev


def group_related(examples: Sequence[Example], kin: bool = False) -> list[int]:
    """Number the groups of related examples; the number is a member's position.

    kin (bool): Whether one is related to what it was made from, too, and to all else
        that was.
    """
    parent = list(range(len(examples)))

    def find(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    first: dict[str, int] = {}
    for i, example in enumerate(examples):
        made = (example.id, *example.derived_from) if kin else ()
        for key in (*_keys(example), *(f"made from: {name}" for name in made)):
            other = find(first.setdefault(key, i))
            mine = find(i)
            parent[max(other, mine)] = min(other, mine)
    return [find(i) for i in range(len(examples))]


def _keys(example: Example) -> Iterable[str]:
    seeds = example.meta.get("seeds", {})
    terms = sorted(term.casefold() for names in seeds.values() for term in names)
    if len(terms) > 1:
        yield "seeds: " + "|".join(terms)
    words = normalize(example.text).split()
    if len(words) <= _RUN:
        yield " ".join(words)
    for start in range(len(words) - _RUN + 1):
        yield " ".join(words[start : start + _RUN])
