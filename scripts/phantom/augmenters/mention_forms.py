"""Longer ways between related names: mentions listed with others, or described."""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated

from pydantic import Field

from phantom.augmenters.base import TIED, Passages
from phantom.augmenters.name_swap import make_swapper
from phantom.passages.rewrite import Edit, rewrite
from phantom.records import Example
from phantom.registry import phantom_registry

_SLOT = re.compile(r"(\{name\}|\{other\})")
# Begins with a name, so that the capital at the start of a sentence stays.
Form = Annotated[
    str, Field(pattern=r"^(\{other\}[^{}]+)*\{name\}([^{}]+\{other\})*[^{}]*$")
]


@phantom_registry.phantom_augmenters("mention_forms")
def mention_forms(
    passages: Passages,
    *,
    forms: dict[str, list[Form]],
    share: Annotated[float, Field(ge=0, le=1)] = 1.0,
) -> Iterator[Example]:
    """A variant of each example with one related mention in a longer form.

    forms (Dict[str, List[Form]]): By entity label, such as "{other} and {name}"; {name}
        is the mention, {other} a name that bears the same relations.
    share (float): Probability that an example gets a variant.
    """
    draw = make_swapper(passages, forms).draw
    yield from reword_mentions(passages.found, forms, draw, share, passages.seed)


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
    mentions: list[tuple[int, int]] = []
    for part in _SLOT.split(form):
        if not _SLOT.fullmatch(part):
            text += part
            continue
        name = old.text if part == "{name}" else next(names)
        mentions.append((len(text), len(text) + len(name)))
        text += name
    if example.text[old.end : old.end + 1] in ",.;:?!)":
        text = text.removesuffix(",")
    return rewrite(
        example,
        [Edit(old.start, old.end, text, tuple(mentions))],
        id=f"{example.id}~{place}",
        derived_from=(example.id,),
        meta={**example.meta, "form": form},
    )


def _related(example: Example) -> list[int]:
    return sorted({i for r in example.relations for i in (r.head, r.tail)})


def _fits(example: Example, place: int, forms: Mapping[str, Sequence[str]]) -> bool:
    """Whether the mention has a form, and stands free, the only one of its name."""
    entity = example.entities[place]
    tied = example.text[max(0, entity.start - 1) : entity.start].strip()
    tied += example.text[entity.end : entity.end + 2].strip()[:1]
    once = example.text.count(entity.text) == 1
    return bool(forms.get(entity.label)) and once and not set(tied) & set(TIED)
