"""Gold and predicted relations between the gold mentions set side by side."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from phantom.evaluation.diagnosis.records import Facets, Item, Mistake
from phantom.evaluation.metrics import Triple
from phantom.evaluation.relation_task import RelationTask
from phantom.evaluation.types import Mention, Span
from phantom.passages.sentences import split_sentences
from phantom.passages.words import TOKEN
from phantom.records import Example

NO_CUE = "(none between)"
_NEAR = ((4, "0-4 words"), (9, "5-9 words"), (19, "10-19 words"))
_FAR = "20+ words"
# Documents have many pairs, few of them related.
_MOST_PAIRS = 60


class Link(NamedTuple):
    """A relation or an unrelated pair of a text, with its label or ""."""

    head: Span
    tail: Span
    label: str


class Cues:
    """The words that go with relations, learned from how often they do.

    related (Iterable[Tuple[str, Link]]): Texts and their relations.
    stops (Collection[str]): Words that say nothing.
    """

    def __init__(
        self, related: Iterable[tuple[str, Link]], stops: Collection[str]
    ) -> None:
        self.stops = stops
        self.times: Counter[str] = Counter()
        for text, link in related:
            self.times.update(set(self._between(text, link)))

    def find(self, text: str, link: Link) -> str:
        """The word between two mentions that stands most often between such."""
        words = [*self._between(text, link)]
        best = max(words, key=lambda word: (self.times[word], word), default="")
        return best if self.times[best] > 1 else NO_CUE

    def _between(self, text: str, link: Link) -> Iterator[str]:
        first, second = sorted((link.head, link.tail))
        for word in TOKEN.findall(text[first[1] : second[0]]):
            if word.isalpha() and len(word) > 2 and word.lower() not in self.stops:
                yield word.lower()


def link_facets(
    text: str, link: Link, labels: dict[Span, str], ends: Sequence[int], cues: Cues
) -> Facets:
    """What a relation looks like.

    labels (Dict[Tuple[int, int], str]): Of the mentions.
    ends (Sequence[int]): Where sentences end.
    """
    first, second = sorted((link.head, link.tail))
    words = sum(w.isalnum() for w in TOKEN.findall(text[first[1] : second[0]]))
    crosses = any(first[1] <= end <= second[0] for end in ends)
    return {
        "ends": f"{labels.get(link.head, '?')} to {labels.get(link.tail, '?')}",
        "cue": cues.find(text, link),
        "distance": next((name for most, name in _NEAR if words <= most), _FAR),
        "border": "over a sentence border" if crosses else "in one sentence",
        "direction": "head first" if link.head <= link.tail else "tail first",
    }


def sentence_ends(example: Example, lang: str) -> list[int]:
    """Where the sentences of a text end, but for the last."""
    spans = split_sentences(example.text, lang, example.entities)
    return [left[1] for left, _ in pairwise(spans)]


def compare_relations(
    number: int,
    example: Example,
    predicted: set[Triple],
    task: RelationTask,
    describe: Cues,
    passage: Facets,
    mistakes: list[Mistake],
    lang: str,
) -> list[Item]:
    """The items of one text: its relations, and the pairs that are not related.

    number (int): Place of the text.
    predicted (Set[Triple]): Between gold mentions, as the task compares them.
    mistakes (List[Mistake]): What is wrong is added to it.
    """
    mentions: list[Mention] = [(e.start, e.end, e.label) for e in example.entities]
    labels = {mention[:2]: mention[2] for mention in mentions}
    gold = task.gold(example)
    wrong = {frozenset((h, t)): (h, label, t) for h, label, t in predicted - gold}
    ends = sentence_ends(example, lang) if len(mentions) > 1 else []
    items = []

    def facets_of(head: Span, tail: Span, label: str) -> Facets:
        return {
            **link_facets(
                example.text, Link(head, tail, label), labels, ends, describe
            ),
            **passage,
        }

    for head, label, tail in sorted(gold, key=str):
        assert isinstance(head, tuple) and isinstance(tail, tuple)
        facets = facets_of(head, tail, label)
        found: tuple[int, ...] = ()
        if (head, label, tail) not in predicted:
            other = wrong.pop(frozenset((head, tail)), None)
            found = (len(mistakes),)
            mistakes.append(
                Mistake(
                    family="relations",
                    type=_type(label, other),
                    example=number,
                    gold=label,
                    predicted=other[1] if other else "",
                    head=head,
                    tail=tail,
                    facets=facets,
                )
            )
        items.append(Item("relations", facets, label, found))
    related = {frozenset((h, t)) for h, _, t in gold}
    pools = sorted(task.pairs(mentions), key=str)
    free = {frozenset((h, t)): (h, label, t) for h, label, t in pools}
    for pair, (head, _, tail) in free.items():
        if pair in related or (pair not in wrong and len(items) > _MOST_PAIRS):
            continue
        spurious: tuple[int, ...] = ()
        name = ""
        if pair in wrong:
            head, name, tail = wrong[pair]
        assert isinstance(head, tuple) and isinstance(tail, tuple)
        facets = facets_of(head, tail, name)
        if name:
            spurious = (len(mistakes),)
            mistakes.append(
                Mistake(
                    family="relations",
                    type="spurious",
                    example=number,
                    predicted=name,
                    head=head,
                    tail=tail,
                    facets=facets,
                )
            )
        items.append(Item("pairs", facets, name, spurious))
    return items


def _type(label: str, predicted: Triple | None) -> str:
    if predicted is None:
        return "missed"
    return "direction" if predicted[1] == label else "label"
