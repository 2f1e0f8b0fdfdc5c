"""Abbreviations as documents have them: defined, or alone where one was defined before.

A sentence of a document often has the short form alone, with nothing beside it that
tells what it stands for.
"""

import random
from collections.abc import Callable, Iterator

from phantom.augmenters.base import Passages, Share
from phantom.augmenters.inventory import Inventory, find_pairs
from phantom.passages.abbreviations import NONE, ShortForms, short_forms
from phantom.passages.rewrite import Edit, follow, rewrite
from phantom.records import Entity, Example
from phantom.registry import phantom_registry

Change = Callable[[Example], Example | None]


@phantom_registry.phantom_augmenters("abbreviation")
def abbreviation(
    passages: Passages,
    *,
    alone: Share = 0.5,
    contract: Share = 0.5,
    expand: Share = 0.0,
    define: Share = 0.0,
) -> Iterator[Example]:
    """Variants in which names give way to their abbreviations, or the other way round.

    Those that a passage of the training side defines, both forms marked. Relations stay
    with what the mention stands for.

    alone (Share): Probability that a passage that defines some loses the definitions:
        the short forms alone are left.
    contract (Share): Probability that names that another passage abbreviates become
        short.
    expand (Share): Probability that short forms that no text around defines become
        long, where training passages know one long form alone.
    define (Share): Probability that names that another passage abbreviates are defined
        at their first mention, and short from then on.
    """
    forms = short_forms(passages.language)
    known = Inventory(passages.written, forms)
    ways: list[tuple[str, float, Change]] = [
        ("alone", alone, lambda x: leave_short(x, forms)),
        ("contract", contract, lambda x: shorten(x, known, define=False)),
        ("expand", expand, lambda x: lengthen(x, known)),
        ("define", define, lambda x: shorten(x, known, define=True)),
    ]
    for example in passages.found:
        for way, share, change in ways:
            rng = random.Random(f"{passages.seed}:{way}:{example.id}")
            made = change(example) if rng.random() < share else None
            if made is not None:
                yield made.model_copy(
                    update={
                        "id": f"{example.id}^{way}",
                        "derived_from": (example.id,),
                    }
                )


def leave_short(example: Example, forms: ShortForms = NONE) -> Example | None:
    """Put the short form in the place of each definition and of each long form.

    RETURNS (Optional[Example]): None without a definition of a mention.
    """
    edits: list[Edit] = []
    short_of: dict[tuple[str, str], str] = {}
    whole: set[int] = set()
    merged: dict[int, int] = {}
    for definition, long, short in find_pairs(example, forms):
        first, last = min(long, short), max(long, short)
        ahead, behind = example.entities[first], example.entities[last]
        between = example.text[ahead.end : behind.start].strip()
        after = example.text[behind.end : behind.end + 1]
        if (between, after) not in {("(", ")"), ("[", "]")} or definition.inverted:
            continue
        text = example.entities[short].text
        edits.append(Edit(ahead.start, ahead.end, text))
        edits.append(Edit(ahead.end, behind.end + 1, ""))
        merged[last] = first
        whole |= {first, last}
        short_of[ahead.label, ahead.text.casefold()] = text
    if not edits:
        return None
    for i, entity in enumerate(example.entities):
        shorter = short_of.get((entity.label, entity.text.casefold()))
        if shorter and i not in whole:
            edits.append(Edit(entity.start, entity.end, shorter))
    lost: list[Entity] = []
    return rewrite(_merge(example, merged), edits, lost=lost)


def shorten(example: Example, known: Inventory, *, define: bool) -> Example | None:
    """Put known short forms in the place of long ones.

    define (bool): At the first mention both, as in "long form (LF)".
    RETURNS (Optional[Example]): None if there is none, or the text has the short form.
    """
    edits: list[Edit] = []
    begun: set[str] = set()
    for entity in example.entities:
        short = known.short_of(entity.label, entity.text)
        if not short or short in example.text or _is_tied(example, entity):
            continue
        if define and short not in begun:
            both = f"{entity.text} ({short})"
            bounds = (0, len(entity.text)), (len(both) - 1 - len(short), len(both) - 1)
            edits.append(Edit(entity.start, entity.end, both, bounds))
        else:
            edits.append(Edit(entity.start, entity.end, short))
        begun.add(short)
    return rewrite(example, edits) if edits else None


def lengthen(example: Example, known: Inventory) -> Example | None:
    """Put the one known long form in the place of short ones that stand alone."""
    edits = []
    for entity in example.entities:
        long = known.long_of(entity.label, entity.text)
        if not long or long.casefold() in example.text.casefold():
            continue
        if _is_tied(example, entity):
            continue
        if entity.start == 0 or example.text[: entity.start].rstrip()[-1] in ".!?":
            long = long[0].upper() + long[1:]
        edits.append(Edit(entity.start, entity.end, long))
    return rewrite(example, edits) if edits else None


def _is_tied(example: Example, entity: Entity) -> bool:
    """Whether the mention stands in brackets, or brackets come after it."""
    before = example.text[: entity.start].rstrip()[-1:]
    after = example.text[entity.end :].lstrip()[:1]
    return before in {"(", "["} or after in {"(", "["}


def _merge(example: Example, into: dict[int, int]) -> Example:
    """Give the relations of some mentions to others."""
    places = {i: [into.get(i, i)] for i in range(len(example.entities))}
    relations = tuple(dict.fromkeys(follow(example.relations, places)))
    return example.model_copy(update={"relations": relations})
