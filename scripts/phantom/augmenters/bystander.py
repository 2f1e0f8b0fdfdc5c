"""A name beside what a passage states, to which it bears no relation."""

import random
import re
from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import Field

from phantom.augmenters.base import Passages
from phantom.passages.names import is_all_capitals
from phantom.passages.rewrite import Edit, follow, rewrite
from phantom.records import Entity, Example
from phantom.registry import phantom_registry

Sentence = Annotated[str, Field(pattern=r"^[^{}]*\{other\}[^{}]*$")]
_PLAIN = r"[^\[\]{}]*"
Phrase = Annotated[
    str, Field(pattern=rf"^{_PLAIN}\w \[\w{_PLAIN} \{{other\}}{_PLAIN}\]$")
]


@phantom_registry.phantom_augmenters("bystander")
def bystander(
    passages: Passages,
    *,
    label: str,
    relations: list[str],
    before: list[Sentence] | None = None,
    within: list[Phrase] | None = None,
    copies: Annotated[int, Field(ge=0)] = 1,
) -> Iterator[Example]:
    """Variants that name something else, which has no part in what is stated.

    Side effects are seen in people who have a disease already: in "ten patients with
    gout, two of whom had a rash from the drug" the drug induces one of the two.

    label (str): Entity label of the name; others mention it in training passages.
    relations (List[str]): Only passages that state these relations, and no others.
    before (Optional[List[str]]): Sentences that may precede the passage, such as "All
        ten patients had {other}."
    within (Optional[List[str]]): Words of the passage, and in brackets what may follow
        them, such as "patients [with {other}]".
    copies (int): Variants of each passage, each with another name.
    """
    names = find_names(passages.written, label)
    for example in passages.written:
        stated = {relation.label for relation in example.relations}
        if not stated or not stated <= set(relations):
            continue
        rng = random.Random(f"{passages.seed}:bystander:{example.id}")
        places = [(0, f"{sentence} ") for sentence in before or ()]
        places += find_places(example, within or ())
        fitting = [name for name in names if not _shares_words(name, example)]
        chosen = rng.sample(fitting, min(copies, len(fitting))) if places else ()
        for number, name in enumerate(chosen):
            yield add_name(example, *rng.choice(places), name, label, number)


def find_names(examples: Sequence[Example], label: str) -> list[str]:
    """Names of a label as they stand within a sentence, in the order of the alphabet.

    Abbreviations are left out, which are nothing without their long form.
    """
    return sorted(
        {
            entity.text
            for example in examples
            for entity in example.entities
            if entity.label == label
            and entity.start
            and example.text[entity.start - 2] not in ".!?:"
            and not is_all_capitals(entity.text)
        }
    )


def find_places(example: Example, phrases: Sequence[str]) -> list[tuple[int, str]]:
    """Where something may follow certain words, outside of mentions, and what.

    A place is left out if what stands there already begins as the new words do.
    """
    found = []
    for phrase in phrases:
        words, form = phrase.removesuffix("]").split(" [")
        first = form.split()[0]
        pattern = rf"(?<![\w-]){re.escape(words)}(?![\w-])(?!\s+{re.escape(first)}\b)"
        for match in re.finditer(pattern, example.text):
            start, end = match.span()
            if all(e.end <= start or end <= e.start for e in example.entities):
                found.append((end, f" {form}"))
    return found


def add_name(
    example: Example, place: int, form: str, name: str, label: str, number: int
) -> Example:
    """The passage with the form put in at a place, and the name in it as a mention."""
    text = form.replace("{other}", name)
    start = place + form.index("{other}")
    made = rewrite(
        example,
        [Edit(place, place, text)],
        id=f"{example.id}^bystander{number}",
        derived_from=(example.id,),
        meta={**example.meta, "form": form.strip()},
    )
    new = Entity(start=start, end=start + len(name), label=label, text=name)
    spot = sum(entity.start < start for entity in made.entities)
    places = {i: [i + (i >= spot)] for i in range(len(made.entities))}
    entities = (*made.entities[:spot], new, *made.entities[spot:])
    relations = follow(made.relations, places)
    return made.model_copy(update={"entities": entities, "relations": relations})


def _shares_words(name: str, example: Example) -> bool:
    """Whether a name, or a word of it, is in a passage already."""
    words = set(re.findall(r"\w+", example.text.casefold()))
    return bool(words & set(re.findall(r"\w{4,}", name.casefold()))) or (
        name.casefold() in example.text.casefold()
    )
