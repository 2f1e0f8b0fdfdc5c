"""How far people agree, and how right the labels are by their judgement."""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from phantom.checks.models.statistics import wilson
from phantom.evaluation.metrics import count_metrics
from phantom.records import Entity, Example, digest
from phantom.review.decisions import DecisionLog
from phantom.review.records import Annotation

Bounds = list[tuple[int, int]]


def cohen_kappa(first: Sequence[Hashable], second: Sequence[Hashable]) -> float | None:
    """Agreement of two people beyond chance; None if only one answer was ever given.

    first, second (Sequence[Hashable]): Their answers on the same items.
    Source: Cohen 1960, Educ Psychol Meas 20:37-46.
    """
    total = len(first)
    if not total:
        return None
    same = sum(a == b for a, b in zip(first, second, strict=True)) / total
    ours, theirs = Counter(first), Counter(second)
    chance = sum(ours[answer] * theirs[answer] for answer in ours) / total**2
    return None if chance == 1 else (same - chance) / (1 - chance)


def fleiss_kappa(items: Sequence[Mapping[Hashable, int]]) -> float | None:
    """Agreement of any number of people beyond chance; None as for `cohen_kappa`.

    items (Sequence[Mapping[Hashable, int]]): Per item, how many gave each answer; the
        same number of people for each.
    RAISES: ValueError if the numbers differ or are below two.
    Source: Fleiss 1971, Psychol Bull 76:378-382.
    """
    people = {sum(item.values()) for item in items}
    if not items:
        return None
    if len(people) != 1 or min(people) < 2:
        raise ValueError("Fleiss' kappa needs the same two or more people on each item")
    (n,) = people
    same = sum(
        (sum(count**2 for count in item.values()) - n) / (n * (n - 1)) for item in items
    ) / len(items)
    totals: Counter[Hashable] = Counter()
    for item in items:
        totals.update(item)
    chance = sum((count / (n * len(items))) ** 2 for count in totals.values())
    return None if chance == 1 else (same - chance) / (1 - chance)


class Judged(NamedTuple):
    """What one person left of one example. after (Optional): None if rejected."""

    example: Example
    after: Annotation | None

    @property
    def verdict(self) -> str:
        """ "accept", "edit" or "reject"."""
        if self.after is None:
            return "reject"
        same = self.after.facts() == Annotation.of(self.example).facts()
        return "accept" if same else "edit"


Held = Mapping[str, Mapping[str, Judged]]


def measure_agreement(
    log: DecisionLog,
    find: Callable[[str], Example | None],
    bounds: Callable[[str], Bounds],
) -> dict[str, Any]:
    """What the decisions of annotators come to; adjudications are left out.

    find (Callable[[str], Optional[Example]]): The example as it is without review, by
        its id; decisions on others, or on another text, are counted as `unused`.
    bounds (Callable[[str], Bounds]): Start and end of each token of a text.
    RETURNS (Dict[str, Any]): `people` with the number of their decisions, `pairs` of
        them, `fleiss` over what all saw, `precision` of the labels, `conflicts`.
    """
    held: dict[str, dict[str, Judged]] = {}
    unused = 0
    for example_id, by in log.current().items():
        example = find(example_id)
        for (name, role), place in by.items():
            if role != "annotator" or place.verdict == "skip":
                continue
            decision = log.read(place)
            if example is None or decision.seen.text != digest(example.text):
                unused += 1
                continue
            held.setdefault(name, {})[example_id] = Judged(example, decision.after)
    pairs = [
        _compare((a, b), held, bounds)
        for a, b in combinations(sorted(held), 2)
        if held[a].keys() & held[b].keys()
    ]
    return {
        "people": {name: len(made) for name, made in sorted(held.items())},
        "unused": unused,
        "pairs": pairs,
        "fleiss": _fleiss(held, bounds),
        "precision": label_precision(held),
        "conflicts": len(log.conflicts()),
    }


def label_precision(held: Held) -> dict[str, Any]:
    """The share of the labels that people left as they were, with 95% intervals.

    A rejected example counts as wrong in all its labels. Where several people looked,
    each of their judgements counts. Mentions of one passage are not independent:
    intervals on them are rather too narrow.

    RETURNS (Dict[str, Any]): For "passages", "mentions", "relations" and each label:
        right, of, share, low, high.
    """
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for judged in (x for made in held.values() for x in made.values()):
        spans, links = Annotation.of(judged.example).facts()
        left = judged.after.facts() if judged.after else (frozenset(), frozenset())
        total["passages"] += 1
        right["passages"] += judged.verdict == "accept"
        marks = [("mentions", span[2], span in left[0]) for span in spans]
        marks += [("relations", link[1], link in left[1]) for link in links]
        for kind, label, kept in marks:
            for name in (kind, label):
                total[name] += 1
                right[name] += kept
    rows = {}
    for name, of in total.items():
        low, high = wilson(right[name], of)
        share = right[name] / of
        figures = {"share": share, "low": low, "high": high}
        rounded = {key: round(value, 4) for key, value in figures.items()}
        rows[name] = {"right": right[name], "of": of, **rounded}
    return rows


def _compare(
    pair: tuple[str, str], held: Held, bounds: Callable[[str], Bounds]
) -> dict[str, Any]:
    ours, theirs = (held[name] for name in pair)
    both = [(ours[key], theirs[key]) for key in sorted(ours.keys() & theirs.keys())]
    kept = [(a.example.text, a.after, b.after) for a, b in both if a.after and b.after]
    tokens: tuple[list[Hashable], list[Hashable]] = ([], [])
    for text, *sides in kept:
        places = bounds(text)
        for column, after in zip(tokens, sides, strict=True):
            column += token_labels(places, after.entities)
    facts = [(a.facts(), b.facts()) for _, a, b in kept]
    verdicts = [a.verdict for a, _ in both], [b.verdict for _, b in both]
    return {
        "people": list(pair),
        "examples": len(both),
        "both_accepted": len(kept),
        "kappa_verdicts": _maybe(cohen_kappa(*verdicts)),
        "kappa_tokens": _maybe(cohen_kappa(*tokens)),
        "mentions_f": _f1([(a[0], b[0]) for a, b in facts]),
        "relations_f": _f1([(a[1], b[1]) for a, b in facts]),
    }


def token_labels(places: Bounds, entities: Sequence[Entity]) -> list[Hashable]:
    """The label of each token, "" for none."""
    return [
        next((e.label for e in entities if e.start < end and start < e.end), "")
        for start, end in places
    ]


def _fleiss(held: Held, bounds: Callable[[str], Bounds]) -> dict[str, Any]:
    shared = set.intersection(*(set(made) for made in held.values())) if held else set()
    found: dict[str, Any] = {"people": len(held), "examples": len(shared)}
    if len(held) < 2 or not shared:
        return found | {"verdicts": None, "tokens": None}
    verdicts: list[Counter[Hashable]] = []
    tokens: list[Counter[Hashable]] = []
    for key in sorted(shared):
        made = [by[key] for by in held.values()]
        verdicts.append(Counter([judged.verdict for judged in made]))
        left = [judged.after for judged in made if judged.after]
        if len(left) == len(made):
            places = bounds(made[0].example.text)
            rows = [token_labels(places, after.entities) for after in left]
            tokens += [Counter(column) for column in zip(*rows, strict=True)]
    kappas = {"verdicts": fleiss_kappa(verdicts), "tokens": fleiss_kappa(tokens)}
    return found | {name: _maybe(value) for name, value in kappas.items()}


def _f1(pairs: Sequence[tuple[frozenset[Any], frozenset[Any]]]) -> float | None:
    """F1 of the one's items against the other's; None if neither has any."""
    same = sum(len(a & b) for a, b in pairs)
    only = [sum(len(a - b) for a, b in pairs), sum(len(b - a) for a, b in pairs)]
    if not same + sum(only):
        return None
    return round(float(count_metrics(np.array([same, *only, 0]))["f"]), 4)


def _maybe(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
