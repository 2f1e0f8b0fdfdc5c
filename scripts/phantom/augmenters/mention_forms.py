"""Longer ways between related names: mentions listed with others, or described."""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from phantom.records import Entity, Example, Relation

_SLOT = re.compile(r"(\{name\}|\{other\})")
# What comes before or after a mention that a longer form would not fit.
_TIED = "-/'’("


def reword_mentions(
    examples: Sequence[Example],
    forms: Mapping[str, Sequence[str]],
    draw: Callable[[Example, int, int, random.Random], list[str]],
    share: float,
    seed: int,
) -> Iterator[Example]:
    """Yield variants in which one related mention of each is put in another form.

    In recorded passages related names stand close together, two at a time; in real
    text they stand in lists, and with clauses between them.

    forms (Mapping[str, Sequence[str]]): By entity label, such as "{other} and {name}"
        or "{name}, a company of 300 people,". {name} is the mention, {other} a name
        that bears the same relations.
    draw (Callable): From an example, a mention's place and a number, other names.
    share (float): Probability that an example gets a variant.
    seed (int): The same seed and example give the same variant.
    YIELDS (Example): With the form as a note in `meta`.
    """
    for example in examples:
        rng = random.Random(f"{seed}:form:{example.id}")
        places = [i for i in _related(example) if _fits(example, i, forms)]
        if not places or rng.random() >= share:
            continue
        place = rng.choice(places)
        form = rng.choice(forms[example.entities[place].label])
        others = draw(example, place, form.count("{other}"), rng)
        if len(others) == form.count("{other}"):
            yield reword(example, place, form, others)


def reword(example: Example, place: int, form: str, others: Sequence[str]) -> Example:
    """Put one mention in a form; each other name bears the relations that it bears.

    others (Sequence[str]): As many as the form has {other}.
    """
    old = example.entities[place]
    names = iter(others)
    text = ""
    new: list[Entity] = []
    for part in _SLOT.split(form):
        if not _SLOT.fullmatch(part):
            text += part
            continue
        name = old.text if part == "{name}" else next(names)
        start = old.start + len(text)
        update = {"start": start, "end": start + len(name), "text": name}
        new.append(old.model_copy(update=update))
        text += name
    rest = example.text[old.end :]
    if rest[:1] in ",.;:?!)":
        text = text.removesuffix(",")
    further = len(text) - (old.end - old.start)
    after = [entity.moved(further) for entity in example.entities[place + 1 :]]

    def new_places(i: int) -> range:
        if i == place:
            return range(place, place + len(new))
        return range(i, i + 1) if i < place else range(i + len(new) - 1, i + len(new))

    relations = [
        Relation(head=head, tail=tail, label=relation.label)
        for relation in example.relations
        for head in new_places(relation.head)
        for tail in new_places(relation.tail)
    ]
    made = {
        "id": f"{example.id}~{place}",
        "text": example.text[: old.start] + text + rest,
        "entities": (*example.entities[:place], *new, *after),
        "relations": tuple(relations),
        "derived_from": (example.id,),
        "meta": {**example.meta, "form": form},
    }
    return example.model_copy(update=made)


def _related(example: Example) -> list[int]:
    return sorted({i for r in example.relations for i in (r.head, r.tail)})


def _fits(example: Example, place: int, forms: Mapping[str, Sequence[str]]) -> bool:
    """Whether the mention has a form, and stands free, the only one of its name."""
    entity = example.entities[place]
    tied = example.text[max(0, entity.start - 1) : entity.start].strip()
    tied += example.text[entity.end : entity.end + 2].strip()[:1]
    once = example.text.count(entity.text) == 1
    return bool(forms.get(entity.label)) and once and not set(tied) & set(_TIED)
