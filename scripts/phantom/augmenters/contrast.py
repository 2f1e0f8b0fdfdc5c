"""Passages joined so that one name stands in different relations to two others."""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Annotated, NamedTuple

from pydantic import Field

from phantom.augmenters.base import Passages
from phantom.augmenters.join import join_two
from phantom.augmenters.name_swap import fit_case
from phantom.packs.domain import RelationRule
from phantom.packs.language import LanguageData
from phantom.passages.concepts import spread_relations
from phantom.passages.rewrite import Edit, rewrite
from phantom.records import Entity, Example
from phantom.registry import phantom_registry

Types = tuple[str, str]
Rules = Mapping[str, RelationRule]


class Candidate(NamedTuple):
    """A passage with a single name of the head's label: its mentions."""

    example: Example
    heads: list[Entity]


@phantom_registry.phantom_augmenters("contrast")
def contrast(
    passages: Passages, *, share: Annotated[float, Field(ge=0)]
) -> Iterator[Example]:
    """Two passages made to speak of one name, each with another relation, or none.

    The same drug treats one disease and induces the next: what "induced" stands beside
    is then not induced by all that the text names. The second passage takes the name
    of the first; relations are spread over its mentions in both.

    share (float): Such passages per example that was written.
    """
    yield from contrast_examples(
        passages.written,
        passages.pack.relations,
        share,
        passages.seed,
        passages.language,
    )


def contrast_examples(
    examples: Sequence[Example],
    rules: Rules,
    share: float,
    seed: int,
    language: LanguageData | None = None,
) -> Iterator[Example]:
    """See `contrast`.

    examples (Sequence[Example]): Training examples alone.
    rules (Mapping[str, RelationRule]): Entity labels of heads and tails by label.
    language (Optional[LanguageData]): Its endings and short forms; None for none.
    """
    rng = random.Random(f"{seed}:contrast")
    groups = _group(examples, rules)
    kinds = [types for types, by_label in groups.items() if len(by_label) > 1]
    sizes = [sum(map(len, groups[types].values())) for types in kinds]
    for number in range(round(share * len(examples)) if kinds else 0):
        (types,) = rng.choices(kinds, sizes)
        labels = rng.sample(sorted(groups[types], key=str), 2)
        a, b = (rng.choice(groups[types][label]) for label in labels)
        renamed = _rename(b, a.heads[0].text)
        if renamed is None:
            continue
        first, second = rng.sample([a.example, renamed], 2)
        name = f"{a.example.id}<>{b.example.id}#{number}"
        both = join_two(first, second, name, {a.heads[0].text.casefold()})
        if both is None:
            continue
        relations = spread_relations(
            both.text, both.entities, both.relations, rules, language
        )
        yield both.model_copy(update={"relations": tuple(relations)})


def _group(
    examples: Sequence[Example], rules: Rules
) -> dict[Types, dict[str | None, list[Candidate]]]:
    """Candidates by entity labels of head and tail, and by relation; None for none."""
    types = {pair for rule in rules.values() for pair in product(rule.head, rule.tail)}
    found: dict[Types, dict[str | None, list[Candidate]]] = {}
    for head, tail in sorted(types):
        groups = found[head, tail] = defaultdict(list)
        for example in examples if head != tail else ():
            heads = [e for e in example.entities if e.label == head]
            labels = {
                r.label
                for r in example.relations
                if example.entities[r.head].label == head
                and example.entities[r.tail].label == tail
            }
            has_tail = any(e.label == tail for e in example.entities)
            if has_tail and len(labels) < 2 and _stands_alone(example, heads):
                label = next(iter(labels), None)
                groups[label].append(Candidate(example, heads))
    return found


def _stands_alone(example: Example, mentions: Sequence[Entity]) -> bool:
    """Whether these are all mentions of one name, which has no other form."""
    names = {entity.text.casefold() for entity in mentions}
    if len(names) != 1:
        return False
    text = example.text
    return text.casefold().count(names.pop()) == len(mentions) and not any(
        text[e.end : e.end + 2] == " (" or text[: e.start].endswith("(")
        for e in mentions
    )


def _rename(candidate: Candidate, name: str) -> Example | None:
    """The passage about another name; None if that is in it as something else."""
    example, heads = candidate
    if heads[0].text.casefold() == name.casefold():
        return example
    if name.casefold() in example.text.casefold():
        return None
    edits = [Edit(e.start, e.end, fit_case(name, e.text)) for e in heads]
    return rewrite(example, edits)
