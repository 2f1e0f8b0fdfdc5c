"""Which words of the context a decision hangs on: edits that flip it."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from spacy.language import Language

from phantom.evaluation.explain.records import Flip
from phantom.evaluation.predictions import predict
from phantom.evaluation.types import Prediction, Request, Span
from phantom.passages.rewrite import Edit, rewrite
from phantom.passages.words import TOKEN
from phantom.records import Example

# Words deleted one by one; words replaced, each by so many; words deleted at once.
SINGLES, REPLACED, STAND_INS, AT_ONCE = 12, 3, 4, 8


class Decision(NamedTuple):
    """A mention, or a relation between two, as the pipeline made it.

    places (Tuple[int, ...]): In the example's entities: one, or head and tail.
    """

    places: tuple[int, ...]
    label: str


class Trial(NamedTuple):
    """An edit: words that go, by place in the context, and what takes their place."""

    words: tuple[int, ...]
    by: str = ""


class FlipSearch:
    """Searches for the smallest edit of the context that flips a decision.

    Words outside of all mentions are deleted, or replaced by words that stand with
    other labels in the training text. The pipeline reads each edited text; relations
    are judged between the mentions as they were, so that no mention is lost on the way.

    stand_ins (Mapping[str, Sequence[str]]): Replacements by label, see `stand_ins`.
    """

    def __init__(
        self, nlp: Language, stand_ins: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self.nlp, self.stand_ins = nlp, stand_ins or {}

    def __call__(
        self, example: Example, decision: Decision, words: Sequence[Span]
    ) -> tuple[Flip | None, int]:
        """The smallest edit that was found, and how many were tried.

        example (Example): With all mentions of the pipeline as entities.
        words (Sequence[Tuple[int, int]]): The context, what supports most first.
        """
        singles = [Trial((i,)) for i in range(min(SINGLES, len(words)))]
        others = self.stand_ins.get(decision.label, ())[:STAND_INS]
        plain = [i for i, (a, b) in enumerate(words) if example.text[a:b].isalpha()]
        singles += [Trial((i,), by) for i in plain[:REPLACED] for by in others]
        found = self._first(example, decision, words, singles)
        tried = len(singles)
        if found is None:
            most = min(AT_ONCE, len(words))
            several = [Trial(tuple(range(n))) for n in range(2, most + 1)]
            found = self._first(example, decision, words, several)
            tried += len(several)
        while found is not None and len(found[0].words) > 1:
            whole = found[0].words
            fewer = [Trial(tuple(w for w in whole if w != out)) for out in whole]
            less = self._first(example, decision, words, fewer)
            tried += len(fewer)
            if less is None:
                break
            found = less
        if found is None:
            return None, tried
        trial, text, then = found
        gone = tuple(sorted(words[i] for i in trial.words))
        return Flip(words=gone, by=trial.by, text=text, then=then), tried

    def _first(
        self,
        example: Example,
        decision: Decision,
        words: Sequence[Span],
        trials: Sequence[Trial],
    ) -> tuple[Trial, str, str] | None:
        edited = [
            rewrite(example, [edit_word(example.text, words[i], t.by) for i in t.words])
            for t in trials
        ]
        is_pair = len(decision.places) > 1
        requests = [
            Request(
                x.text,
                given=[[(e.start, e.end, e.label) for e in x.entities]] * is_pair,
                relate=False,
            )
            for x in edited
        ]
        predictions = predict(self.nlp, requests)
        for trial, x, prediction in zip(trials, edited, predictions, strict=True):
            spans = [(x.entities[i].start, x.entities[i].end) for i in decision.places]
            labels = _labels(prediction, spans)
            if decision.label not in labels:
                return trial, x.text, " or ".join(sorted(labels))
        return None


def stand_ins(
    examples: Iterable[Example], stops: Collection[str], most: int = STAND_INS
) -> dict[str, list[str]]:
    """Words that stand with other labels than one, by label.

    Between head and tail of relations, and right before mentions; the share of a word
    under the other labels is set beside its share under this one.
    """
    counts: dict[str, dict[str, Counter[str]]] = {"mentions": {}, "relations": {}}
    for example in examples:
        for i, entity in enumerate(example.entities):
            start = example.entities[i - 1].end if i else 0
            before = _plain(example.text[start : entity.start], stops)[-1:]
            counts["mentions"].setdefault(entity.label, Counter()).update(before)
        for relation in example.relations:
            ends = (example.entities[relation.head], example.entities[relation.tail])
            first, second = sorted(ends, key=lambda e: e.start)
            between = _plain(example.text[first.end : second.start], stops)
            counts["relations"].setdefault(relation.label, Counter()).update(between)
    found: dict[str, list[str]] = {}
    for tables in counts.values():
        for label, own in tables.items():
            rest = sum((t for name, t in tables.items() if name != label), Counter())
            size, others = max(own.total(), 1), max(rest.total(), 1)
            gain = {w: n / others - own[w] / size for w, n in rest.items() if n > 2}
            ranked = sorted(gain, key=lambda word: (-gain[word], word))
            found[label] = [word for word in ranked if gain[word] > 0][:most]
    return found


def _plain(text: str, stops: Collection[str]) -> list[str]:
    words = (word.lower() for word in TOKEN.findall(text))
    return [word for word in words if word.isalpha() and word not in stops]


def edit_word(text: str, span: Span, by: str = "") -> Edit:
    """Replace a word, or delete it so that its neighbours stay apart."""
    start, end = span
    if by:
        return Edit(start, end, by)
    before, after = text[:start][-1:], text[end : end + 1]
    if before and after and not before.isspace() and not after.isspace():
        return Edit(start, end, " ")
    both = after.isspace() and (before.isspace() or not before)
    return Edit(start, end + both, "")


def _labels(prediction: Prediction, spans: Sequence[Span]) -> set[str]:
    if len(spans) == 1:
        return {label for a, b, label in prediction.entities if (a, b) == spans[0]}
    links = prediction.given[0]
    return {x.label for x in links if {x.head, x.tail} == set(spans)}
