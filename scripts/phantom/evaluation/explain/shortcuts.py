"""Words that carry a label without being part of any mention, found by putting them
in and taking them out."""

import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from scipy.stats import binomtest, fisher_exact
from spacy.language import Language

from phantom.evaluation.explain.candidates import Candidate, Found, find_candidates
from phantom.evaluation.explain.flips import edit_word
from phantom.evaluation.explain.shortcut_records import Rate, Shortcut
from phantom.evaluation.predictions import predict
from phantom.evaluation.types import Mention, Prediction, Request
from phantom.passages.rewrite import Edit, rewrite
from phantom.passages.words import TOKEN
from phantom.records import Entity, Example


class _Trial(NamedTuple):
    """An edited passage. wanted (Tuple): Of a loss, the decision that was made."""

    candidate: Candidate
    is_control: bool
    example: Example
    place: int
    wanted: tuple | None = None


def find_shortcuts(
    nlp: Language, found: Sequence[Found], seed: int = 0, most: int = 30
) -> list[Shortcut]:
    """Test the words that go with a label most by putting them in and taking them out.

    found (Sequence[Found]): Passages with what the pipeline finds in them.
    most (int): Passages, and decisions, of each test.
    RETURNS (List[Shortcut]): First those that hold by a test, the strongest first.
    """
    rng = random.Random(seed)
    candidates, common = find_candidates(found)
    trials: list[_Trial] = []
    for candidate in candidates:
        trials += _insertions(candidate, found, common, rng, most)
        trials += _deletions(candidate, found, rng, most)
    requests = [_request(t.candidate.family, t.example) for t in trials]
    counts: dict[tuple[Candidate, bool, bool], list[int]] = {}
    for trial, prediction in zip(trials, predict(nlp, requests), strict=True):
        there = _decisions(trial.candidate.family, prediction, trial.candidate.label)
        is_loss = trial.wanted is not None
        if is_loss:
            hit = not _is_there(trial, there)
        else:
            hit = bool(_fresh(trial, there, found))
        key = (trial.candidate, is_loss, trial.is_control)
        row = counts.setdefault(key, [0, 0])
        row[0], row[1] = row[0] + hit, row[1] + 1
    tests = [
        (
            c,
            is_loss,
            *counts.get((c, is_loss, False), [0, 0]),
            *counts.get((c, is_loss, True), [0, 0]),
        )
        for c in candidates
        for is_loss in (False, True)
    ]
    rates = {(t[0], t[1]): rate for t, rate in zip(tests, _rates(tests), strict=True)}
    shortcuts = [
        Shortcut(
            family=c.family,
            label=c.label,
            word=c.word,
            passages=c.passages,
            together=c.together,
            carried=rates[c, False],
            lost=rates[c, True],
        )
        for c in candidates
    ]
    return sorted(shortcuts, key=_order)


def _order(s: Shortcut) -> tuple:
    return not (s.is_alone or s.is_needed), -s.strength, s.label, s.word


def _insertions(
    candidate: Candidate,
    found: Sequence[Found],
    common: Sequence[str],
    rng: random.Random,
    most: int,
) -> Iterator[_Trial]:
    """The word, and another one, at one place each of passages that lack it."""
    places = [
        i
        for i, f in enumerate(found)
        if candidate.word not in f.words and f.has_room(candidate.family)
    ]
    others = [word for word in common if word != candidate.word]
    for i in rng.sample(places, min(most, len(places))):
        example = found[i].example
        gap = rng.choice(found[i].gaps)
        for word in (candidate.word, rng.choice(others)) if others else ():
            edited = rewrite(example, [Edit(gap, gap, f"{word} ")])
            yield _Trial(candidate, word != candidate.word, edited, i)


def _deletions(
    candidate: Candidate, found: Sequence[Found], rng: random.Random, most: int
) -> Iterator[_Trial]:
    """Decisions beside the word, without it, and without another word in its place."""
    beside = [(i, d) for i, f in enumerate(found) for d in f.beside(candidate)]
    for i, decision in rng.sample(beside, min(most, len(beside))):
        f = found[i]
        own = [s for s in f.free if f.example.text[slice(*s)].lower() == candidate.word]
        rest = [s for s in f.free if s not in own]
        drawn = rng.sample(rest, min(len(own), len(rest)))
        for spans, is_control in ((own, False), (drawn, True)):
            edits = [edit_word(f.example.text, span) for span in spans]
            if edits:
                edited = rewrite(f.example, edits)
                yield _Trial(candidate, is_control, edited, i, decision)


def _request(family: str, example: Example) -> Request:
    mentions = [(e.start, e.end, e.label) for e in example.entities]
    given = [mentions] if family == "relations" else []
    return Request(example.text, given=given, relate=False)


def _decisions(family: str, prediction: Prediction, label: str) -> list[tuple]:
    if family == "mentions":
        return [m[:2] for m in prediction.entities if m[2] == label]
    links = prediction.given[0]
    return [(x.head, x.tail) for x in links if x.label == label]


def _places(trial: _Trial) -> dict[tuple[int, int], int]:
    return {(e.start, e.end): i for i, e in enumerate(trial.example.entities)}


def _is_there(trial: _Trial, there: list[tuple]) -> bool:
    """Whether the decision is still made; decisions are by place of their mentions."""
    place = _places(trial)
    if trial.candidate.family == "mentions":
        return trial.wanted in {(place.get(span),) for span in there}
    return trial.wanted in {(place.get(h), place.get(t)) for h, t in there}


def _fresh(trial: _Trial, there: list[tuple], found: Sequence[Found]) -> list[tuple]:
    """Decisions that were not made before the word was there, and are not on it."""
    place = _places(trial)
    if trial.candidate.family == "relations":
        before = found[trial.place].decisions["relations", trial.candidate.label]
        return [x for x in there if (place[x[0]], place[x[1]]) not in before]
    text, word = trial.example.text.lower(), trial.candidate.word
    return [
        (a, b)
        for a, b in there
        if not any(a < end and start < b for start, end in place)
        and (trial.is_control or word not in TOKEN.findall(text[a:b]))
    ]


def _rates(tests: Sequence[tuple]) -> list[Rate]:
    """Rates with p-values corrected by Holm's step-down rule."""
    raw = []
    for _, _, times, of, control, control_of in tests:
        table = [[times, of - times], [control, control_of - control]]
        p = fisher_exact(table, alternative="greater").pvalue if of else 1.0
        raw.append(float(p))
    corrected, worst = [1.0] * len(raw), 0.0
    for rank, i in enumerate(sorted(range(len(raw)), key=lambda i: raw[i])):
        worst = max(worst, min(1.0, raw[i] * (len(raw) - rank)))
        corrected[i] = worst
    rates = []
    for (_, _, times, of, control, control_of), p in zip(tests, corrected, strict=True):
        low, high = binomtest(times, of).proportion_ci() if of else (0.0, 1.0)
        rates.append(
            Rate(
                times=times,
                of=of,
                control=control,
                control_of=control_of,
                low=round(float(low), 4),
                high=round(float(high), 4),
                p=p,
            )
        )
    return rates


def as_found(examples: Sequence[Example], nlp: Language) -> list[Found]:
    """What a pipeline finds in texts; their own annotations are not read."""
    predictions = predict(nlp, [Request(x.text) for x in examples])
    rows = []
    for example, prediction in zip(examples, predictions, strict=True):
        mentions: list[Mention] = sorted(prediction.entities)
        text = example.text
        own = example.model_copy(
            update={
                "entities": tuple(
                    Entity(start=a, end=b, label=label, text=text[a:b])
                    for a, b, label in mentions
                ),
                "relations": (),
            }
        )
        rows.append(Found.of(own, mentions, prediction.relations))
    return rows
