"""Faults of labels and relations to plant: what a judge is measured by."""

import random
from collections.abc import Callable, Sequence
from typing import NamedTuple

from phantom.packs.pack import Pack
from phantom.passages.rewrite import with_entities
from phantom.records import Example, Relation

# Key of `meta` in which a planted passage says what is wrong with it.
PLANTED = "planted"
Maker = Callable[[Pack, random.Random, Example], Example | None]


class Planted(NamedTuple):
    """Passages to judge without knowing which is which.

    examples (List[Example]): Faulty ones and controls, mixed.
    criteria (Dict[str, str]): The criterion that a faulty one fails, by id.
    pairs (List[Tuple[str, Example, Example]]): Name, the passage as it was, and with
        its fault.
    """

    examples: list[Example]
    criteria: dict[str, str]
    pairs: list[tuple[str, Example, Example]]


def plant_faults(
    pack: Pack, examples: Sequence[Example], each: int, seed: int = 0
) -> Planted:
    """Faults in so many passages for each criterion, and as many controls in all.

    A passage is faulty or a control, never both.

    each (int): Faults of labels, and of relations where the domain has any.
    """
    rng = random.Random(seed)
    pool = [x for x in examples if x.entities]
    rng.shuffle(pool)
    kinds = {
        name: kind
        for name, kind in MAKERS.items()
        if pack.relations or kind[0] == "labels"
    }
    wanted = {
        name: -(-each // sum(k[0] == kind[0] for k in kinds.values()))
        for name, kind in kinds.items()
    }
    planted = Planted([], {}, [])
    spare: list[Example] = []
    for x in pool:
        for name in sorted(wanted, key=lambda n: (-wanted[n], n)):
            criterion, make = kinds[name]
            made = make(pack, rng, x) if wanted[name] else None
            if made is not None:
                wanted[name] -= 1
                planted.pairs.append((_add(planted, made, name), x, made))
                planted.criteria[planted.examples[-1].id] = criterion
                break
        else:
            spare.append(x)
    for x in spare[: len(planted.criteria)]:
        _add(planted, x, "")
    rng.shuffle(planted.examples)
    return planted


def read_planted(examples: Sequence[Example]) -> Planted:
    """What was planted before, from passages that say so in their `meta`."""
    faults = {x.id: x.meta[PLANTED] for x in examples if x.meta.get(PLANTED)}
    criteria = {name: MAKERS[fault][0] for name, fault in faults.items()}
    return Planted(list(examples), criteria, [])


def _add(planted: Planted, example: Example, fault: str) -> str:
    name = f"planted-{len(planted.examples):04}"
    meta = {**example.meta, PLANTED: fault, "of": example.id}
    update = {"id": name, "meta": meta}
    planted.examples.append(example.model_copy(update=update))
    return name


def wrong_label(pack: Pack, rng: random.Random, x: Example) -> Example | None:
    """Another label on one mention that is in no relation."""
    free = _free(x)
    others = [
        name for name in pack.labels if free and name != x.entities[free[0]].label
    ]
    if not free or not others:
        return None
    entities = list(x.entities)
    update = {"label": rng.choice(others)}
    entities[free[0]] = entities[free[0]].model_copy(update=update)
    return x.model_copy(update={"entities": tuple(entities)})


def span_too_long(pack: Pack, rng: random.Random, x: Example) -> Example | None:
    """A mention takes in the word behind it."""
    for i, entity in enumerate(x.entities):
        following = x.entities[i + 1].start if i + 1 < len(x.entities) else len(x.text)
        rest = x.text[entity.end : following]
        word = rest[1:].split(" ")[0]
        if rest[:1] == " " and word.isalpha() and len(rest) > len(word) + 1:
            end = entity.end + 1 + len(word)
            update = {"end": end, "text": x.text[entity.start : end]}
            entities = list(x.entities)
            entities[i] = entity.model_copy(update=update)
            return x.model_copy(update={"entities": tuple(entities)})
    return None


def mention_missed(pack: Pack, rng: random.Random, x: Example) -> Example | None:
    """One mention that is in no relation goes untagged."""
    free = _free(x)
    if not free:
        return None
    kept = [entity for i, entity in enumerate(x.entities) if i != free[-1]]
    return with_entities(x, kept)


def wrong_relation(pack: Pack, rng: random.Random, x: Example) -> Example | None:
    """Another relation between the same two mentions, which the schema allows."""
    for i, relation in enumerate(x.relations):
        head, tail = (x.entities[end].label for end in (relation.head, relation.tail))
        others = [
            name
            for name, rule in pack.relations.items()
            if name != relation.label and rule.allows(head, tail)
        ]
        if others:
            relations = list(x.relations)
            relations[i] = relation.model_copy(update={"label": rng.choice(others)})
            return x.model_copy(update={"relations": tuple(relations)})
    return None


def relation_missed(pack: Pack, rng: random.Random, x: Example) -> Example | None:
    """One relation goes unmarked."""
    return x.model_copy(update={"relations": x.relations[1:]}) if x.relations else None


def relation_invented(pack: Pack, rng: random.Random, x: Example) -> Example | None:
    """A relation between two mentions that have none."""
    taken = {frozenset((r.head, r.tail)) for r in x.relations}
    for head, a in enumerate(x.entities):
        for tail, b in enumerate(x.entities):
            if head == tail or frozenset((head, tail)) in taken:
                continue
            for name, rule in pack.relations.items():
                if rule.allows(a.label, b.label):
                    new = Relation(head=head, tail=tail, label=name)
                    return x.model_copy(update={"relations": (*x.relations, new)})
    return None


def _free(x: Example) -> list[int]:
    used = {end for r in x.relations for end in (r.head, r.tail)}
    return [i for i in range(len(x.entities)) if i not in used]


MAKERS: dict[str, tuple[str, Maker]] = {
    "wrong label": ("labels", wrong_label),
    "span too long": ("labels", span_too_long),
    "mention missed": ("labels", mention_missed),
    "wrong relation": ("relations", wrong_relation),
    "relation missed": ("relations", relation_missed),
    "relation invented": ("relations", relation_invented),
}
