"""Relations as comparable triples: by span, by concept, or one choice per pair."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property, reduce
from itertools import permutations, product
from typing import NamedTuple

import numpy as np

from phantom.evaluation.metrics import Floats, Triple
from phantom.evaluation.types import Link, Mention, Span
from phantom.packs.benchmarks import Dataset
from phantom.packs.domain import RelationRule
from phantom.packs.language import load_language, stop_words
from phantom.records import Entity, Example

Schema = Mapping[str, RelationRule]
NONE = "(none)"
TURNED = "(wrong direction)"


class Choice(NamedTuple):
    """One relation for a given pair. turned (bool): From the second to the first."""

    label: str
    turned: bool


class RelationTask:
    """The relations that a benchmark scores, and which of ours count as them.

    dataset (Dataset): From the benchmark map.
    schema (Schema): Allowed head and tail labels by our relation label.
    """

    def __init__(self, dataset: Dataset, schema: Schema) -> None:
        self.dataset = dataset
        self.schema = schema
        self.labels = list(dataset.relations)
        self.names: dict[str, list[str]] = {}
        for name, entry in dataset.relations.items():
            for ours in entry.ours:
                self.names.setdefault(ours, []).append(name)
        self.symmetric = {
            name
            for name, entry in dataset.relations.items()
            if all(schema[ours].symmetric for ours in entry.ours)
        }

    def allows(self, name: str, head: str, tail: str) -> bool:
        """Whether one of ours that count as `name` may join these entity labels."""
        return any(
            self.schema[ours].allows(head, tail)
            for ours in self.dataset.relations[name].ours
        )

    def triple(self, head: Span, name: str, tail: Span) -> Triple:
        """A triple; the ends of a symmetric relation are put in text order."""
        if name in self.symmetric and tail < head:
            head, tail = tail, head
        return head, name, tail

    def gold(self, example: Example) -> set[Triple]:
        """The triples of a mapped record."""
        spans = [(entity.start, entity.end) for entity in example.entities]
        return {
            self.triple(spans[r.head], r.label, spans[r.tail])
            for r in example.relations
        }

    def from_links(self, links: Iterable[Link]) -> set[Triple]:
        """The scored triples among predicted links; other labels are passed over."""
        return {
            self.triple(link.head, name, link.tail)
            for link in links
            for name in self.names.get(link.label, ())
        }

    def pairs(self, mentions: Sequence[Mention]) -> set[Triple]:
        """Every triple that the schema allows among these mentions."""
        return {
            self.triple(head[:2], name, tail[:2])
            for head, tail in permutations(mentions, 2)
            for name in self.labels
            if self.allows(name, head[2], tail[2])
        }

    def typings(self, example: Example) -> list[list[Mention]]:
        """A given pair, once per way to type its two mentions that the schema allows.

        RAISES: ValueError if the record does not hold exactly two entities.
        """
        if len(example.entities) != 2:
            raise ValueError(
                f"{example.id}: {len(example.entities)} entities, but the task `pairs` "
                "needs exactly two per record; use the task `relations` in "
                "benchmarks.yml instead."
            )
        return self._typings(example, strict=True) or self._typings(example)

    def _typings(self, example: Example, strict: bool = False) -> list[list[Mention]]:
        """See `typings`; strict: "it" and "the firm" stand for the first type alone."""
        first, second = example.entities
        options = []
        for a, b in product(self._types(first, strict), self._types(second, strict)):
            if any(self.allows(x, a, b) or self.allows(x, b, a) for x in self.labels):
                options.append(
                    [(first.start, first.end, a), (second.start, second.end, b)]
                )
        return options

    def _types(self, entity: Entity, strict: bool) -> list[str]:
        types = self.dataset.labels.get(entity.label, [entity.label])
        stops = stop_words(self.dataset.lang)
        is_name = _is_name(entity.text, stops, self._genitive)
        return types[:1] if strict and not is_name else types

    @cached_property
    def _genitive(self) -> list[str]:
        return load_language(self.dataset.lang).inflections.genitive

    def concepts(self, example: Example, triples: Iterable[Triple]) -> set[Triple]:
        """Mention triples as triples of concept ids; "-1" and no id are left out.

        A mention of several concepts ("D001|D002") stands for each of them.
        """
        ids = {
            (e.start, e.end): [
                x for x in (e.id or "").split("|") if x not in ("", "-1")
            ]
            for e in example.entities
        }
        return {
            (a, name, b)
            for head, name, tail in triples
            for a in ids[head]  # type: ignore[index]
            for b in ids[tail]  # type: ignore[index]
        }

    def gold_concepts(self, example: Example) -> set[Triple]:
        """The gold concept pairs in the record's meta, one label for all."""
        pairs = example.meta.get(self.dataset.concepts or "", [])
        return {(head, self.labels[0], tail) for head, tail in pairs}

    def choose(
        self,
        example: Example,
        typings: Sequence[Sequence[Mention]],
        given: Sequence[Iterable[Link]],
        entities: Iterable[Mention],
        directed: bool,
    ) -> Choice | None:
        """The highest-scored relation of a given pair over all ways to type it.

        Where an entity of the pipeline's own overlaps an untyped mention, only
        typings with its label are considered (if there is one).

        directed (bool): The direction of a related pair is given, so that links the
            other way are passed over.
        RETURNS (Optional[Choice]): None if no relation was predicted.
        """
        found = list(entities)
        fits = [
            all(_overlap(found, start, end, label) == label for start, end, label in t)
            for t in typings
        ]
        gold = gold_choice(example)
        first = (example.entities[0].start, example.entities[0].end)
        best, best_score = None, -np.inf
        for i, links in enumerate(given):
            if any(fits) and not fits[i]:
                continue
            for link in links:
                for name in self.names.get(link.label, ()):
                    turned = link.head != first and name not in self.symmetric
                    if (
                        directed
                        and gold
                        and name not in self.symmetric
                        and gold.label not in self.symmetric
                        and turned != gold.turned
                    ):
                        continue
                    if link.score > best_score:
                        best, best_score = Choice(name, turned), link.score
        return best

    def class_tables(
        self, gold: Sequence[Choice | None], predicted: Sequence[Choice | None]
    ) -> tuple[Floats, list[str]]:
        """One-hot tables of gold class by predicted class.

        A right label in the wrong direction is counted in a class of its own: wrong
        for the label, and not "none".

        RETURNS (Tuple[Floats, List[str]]): Shape (records, K, K), and the classes;
            "none" is class 0.
        """
        classes = [NONE, *self.labels, TURNED]
        column = {label: i for i, label in enumerate(classes)}
        tables = np.zeros((len(gold), len(classes), len(classes)), dtype=np.float32)
        for i, (right, found) in enumerate(zip(gold, predicted, strict=True)):
            label = found.label if found else NONE
            if right and found and right.label == found.label:
                if right.turned != found.turned and label not in self.symmetric:
                    label = TURNED
            tables[i, column[right.label if right else NONE], column[label]] = 1
        return tables, classes


def _overlap(entities: Iterable[Mention], start: int, end: int, label: str) -> str:
    """Label of the first entity that overlaps a span; the given label if none does."""
    return next((own for a, b, own in entities if a < end and start < b), label)


def _is_name(text: str, stops: Collection[str], genitive: Collection[str]) -> bool:
    """Whether a mention has a capital or a digit beyond words like "Its" and "The"."""
    bare = (reduce(str.removesuffix, genitive, word) for word in text.split())
    words = [word for word in bare if word.lower() not in stops]
    return any(c.isupper() or c.isdigit() for word in words for c in word)


def gold_choice(example: Example) -> Choice | None:
    """The relation of a given pair; None if there is none."""
    if not example.relations:
        return None
    relation = example.relations[0]
    return Choice(relation.label, relation.head == 1)
