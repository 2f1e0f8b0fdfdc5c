"""What one gets without a model: dictionaries, always-yes, majority, keywords."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from phantom.evaluation.relation_task import Choice, gold_choice
from phantom.evaluation.types import Mention
from phantom.packs.benchmarks import Dataset
from phantom.records import Example

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

Surfaces = set[tuple[str, str]]
SHORTEST = 3


class Dictionary:
    """Longest-match look-up of names, case-insensitive, on token bounds.

    names (Mapping[str, Iterable[str]]): Names by label; a name under several labels
        gets the first. Left out: names under three characters and single stop words
        of the language ("was", "for" are gene symbols), which would only make the
        baseline worse.
    """

    def __init__(self, nlp: "Language", names: Mapping[str, Iterable[str]]) -> None:
        from spacy.matcher import PhraseMatcher

        self.matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
        stops = nlp.Defaults.stop_words
        taken: set[str] = set()
        for label, values in names.items():
            fresh = {v.casefold(): v for v in values if len(v) >= SHORTEST}
            fresh = {
                k: v for k, v in fresh.items() if k not in stops and k not in taken
            }
            taken.update(fresh)
            if fresh:
                self.matcher.add(label, [nlp.make_doc(name) for name in fresh.values()])
        self.size = len(taken)

    def find(self, doc: "Doc") -> list[Mention]:
        """Matches in a tokenised text; longer ones win, then earlier ones."""
        from spacy.util import filter_spans

        spans = filter_spans(self.matcher(doc, as_spans=True))
        return [(span.start_char, span.end_char, span.label_) for span in spans]


def training_surfaces(examples: Iterable[Example]) -> Surfaces:
    """The (label, case-folded surface) pairs that occur in training examples."""
    return {(e.label, e.text.casefold()) for x in examples for e in x.entities}


def surface_names(examples: Iterable[Example]) -> dict[str, list[str]]:
    """Surfaces of training entities, each under its most frequent label."""
    counts: dict[str, Counter[str]] = {}
    for example in examples:
        for entity in example.entities:
            counts.setdefault(entity.text.casefold(), Counter())[entity.label] += 1
    names: dict[str, list[str]] = {}
    for surface, labels in counts.items():
        names.setdefault(labels.most_common(1)[0][0], []).append(surface)
    return names


def majority(examples: Sequence[Example]) -> list[Choice | None]:
    """The most frequent relation for every pair, direction as in the record.

    It is counted on the very data it is scored on, which flatters it.
    """
    counts = Counter(r.label for example in examples for r in example.relations[:1])
    if not counts:
        return [None] * len(examples)
    return [_directed(x, counts.most_common(1)[0][0]) for x in examples]


def keywords(dataset: Dataset, examples: Sequence[Example]) -> list[Choice | None]:
    """The first relation, in the order of the map, with a keyword in the text.

    Between the two mentions first, then anywhere; direction as in the record. No
    keyword, no relation.
    """
    patterns = {
        name: re.compile(
            r"\b(?:" + "|".join(map(re.escape, entry.keywords)) + ")", re.IGNORECASE
        )
        for name, entry in dataset.relations.items()
        if entry.keywords
    }
    chosen: list[Choice | None] = []
    for example in examples:
        first, second = example.entities[0], example.entities[-1]
        between = example.text[first.end : second.start]
        hits = (
            name
            for text in (between, example.text)
            for name, pattern in patterns.items()
            if pattern.search(text)
        )
        name = next(hits, None)
        chosen.append(_directed(example, name) if name else None)
    return chosen


def _directed(example: Example, label: str) -> Choice:
    gold = gold_choice(example)
    return Choice(label, gold.turned if gold else False)
