"""Label consistency: the same words are an entity everywhere or nowhere."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import chain
from typing import Any

from phantom.checks.engine.base import (
    Action,
    CheckSkipped,
    Finding,
    Measure,
    tabulate,
)
from phantom.checks.engine.context import CheckContext
from phantom.checks.engine.corpus import Corpus
from phantom.passages.names import Matcher, in_compound, surface_key, untagged
from phantom.passages.rewrite import with_entities
from phantom.records import Entity, Example
from phantom.registry import phantom_registry


@phantom_registry.phantom_checks("label_in_passage")
def label_in_passage(
    corpus: Corpus, context: CheckContext, *, action: Action = "repair"
) -> Iterator[Finding]:
    """A surface tagged once in a passage and untagged, or tagged otherwise, again.

    action (Action): "repair" tags the untagged ones; "reject" and "review" do as they
        say.
    """
    for example in corpus:
        labels: dict[str, set[str]] = defaultdict(set)
        for entity in example.entities:
            labels[surface_key(entity.text)].add(entity.label)
        for key, found in labels.items():
            if len(found) > 1:
                yield Finding(
                    ids=(example.id,),
                    severity="error",
                    reason="two_labels",
                    detail=f"{key!r} is {' and '.join(sorted(found))}",
                    value=len(found),
                    action="review" if action == "repair" else action,
                )
        if _may_be_missed(example):
            yield from _missed(example, labels, action)


def _may_be_missed(example: Example) -> bool:
    text = example.text.lower()
    return any(
        text.count(surface) > sum(surface in e.text.lower() for e in example.entities)
        for surface in {entity.text.lower() for entity in example.entities}
    )


def _missed(
    example: Example, labels: dict[str, set[str]], action: Action
) -> Iterator[Finding]:
    text = example.text
    found = [
        (start, end, name)
        for start, end, name in untagged(example, Matcher(labels))
        if not in_compound(text, start, end)
    ]
    if not found:
        return
    new = [
        Entity(start=start, end=end, label=min(labels[name]), text=text[start:end])
        for start, end, name in found
    ]
    names = ", ".join(sorted({repr(name) for *_, name in found}))
    yield Finding(
        ids=(example.id,),
        severity="error",
        reason="untagged_in_passage",
        detail=f"{names} is tagged in this passage, but not every time",
        value=len(found),
        action=action,
        replacement=with_entities(example, [*example.entities, *new]),
    )


@phantom_registry.phantom_checks("label_conflict")
def label_conflict(
    corpus: Corpus,
    context: CheckContext,
    *,
    action: Action = "review",
    min_count: int = 4,
    max_share: float = 0.2,
) -> Iterator[Finding | Measure]:
    """A surface with one label nearly everywhere and another one here.

    min_count (int): Mentions with the usual label, at least.
    max_share (float): Largest share of the other label that is still taken for a slip.
    """
    where: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for example in corpus:
        for entity in example.entities:
            where[surface_key(entity.text)][entity.label].append(example.id)
    rows = []
    for key in sorted(where):
        counts = Counter({label: len(ids) for label, ids in where[key].items()})
        if len(counts) < 2:
            continue
        usual, most = max(counts.items(), key=lambda item: (item[1], item[0]))
        rows.append({"surface": key, **dict(sorted(counts.items()))})
        for label, count in sorted(counts.items()):
            share = count / counts.total()
            if label == usual or most < min_count or share > max_share:
                continue
            for id in dict.fromkeys(where[key][label]):
                yield Finding(
                    ids=(id,),
                    severity="error",
                    reason="unusual_label",
                    detail=f"{key!r} is {label} here, {usual} {most} times",
                    value=round(share, 4),
                    low_is_worse=True,
                    action=action,
                )
    yield tabulate(
        "surfaces_with_two_labels",
        rows,
        size=lambda row: sum(v for v in row.values() if isinstance(v, int)),
        limit=200,
        detail="Surfaces that carry more than one label in the corpus",
    )


@phantom_registry.phantom_checks("missed_mentions")
def missed_mentions(
    corpus: Corpus,
    context: CheckContext,
    *,
    action: Action = "review",
    min_tagged: int = 3,
    min_share: float = 0.7,
) -> Iterator[Finding | Measure]:
    """A surface that the corpus nearly always tags stands untagged.

    min_tagged (int): Times it is tagged, at least.
    min_share (float): Share of its occurrences that are tagged, at least.
    """
    tagged: dict[str, Counter[str]] = defaultdict(Counter)
    for example in corpus:
        for entity in example.entities:
            tagged[surface_key(entity.text)][entity.label] += 1
    matcher = Matcher(tagged)
    bare: dict[str, list[str]] = defaultdict(list)
    for example in corpus:
        for start, end, name in untagged(example, matcher):
            if not in_compound(example.text, start, end):
                bare[name].append(example.id)
    rows: list[dict[str, Any]] = []
    for name in sorted(bare):
        count, missed = tagged[name].total(), len(bare[name])
        share = count / (count + missed)
        label = tagged[name].most_common(1)[0][0]
        rows.append(
            {
                "surface": name,
                "label": label,
                "tagged": count,
                "untagged": missed,
                "share tagged": round(share, 3),
            }
        )
        if count >= min_tagged and share >= min_share:
            for id in dict.fromkeys(bare[name]):
                yield Finding(
                    ids=(id,),
                    severity="error",
                    reason="untagged_elsewhere_tagged",
                    detail=f"{name!r} is {label} {count} times, untagged here",
                    value=round(share, 4),
                    action=action,
                )
    yield tabulate(
        "surfaces_tagged_and_untagged",
        rows,
        size=lambda row: row["untagged"],
        limit=300,
        detail="Surfaces that are tagged in one passage and bare in another",
    )


@phantom_registry.phantom_checks("lexicon_mentions")
def lexicon_mentions(
    corpus: Corpus,
    context: CheckContext,
    *,
    action: Action = "review",
    min_letters: int = 6,
    max_bare: int = 3,
    ignore: list[str] | None = None,
    proper: list[str] | None = None,
) -> Iterator[Finding]:
    """A name of the pack's lexicons stands untagged.

    A name that the corpus itself often leaves untagged, and more often than not, is
    taken for an ordinary word and passed over; `missed_mentions` lists those.

    min_letters (int): Shorter names are too often ordinary words.
    max_bare (int): Times a name may stand untagged and still be no ordinary word.
    ignore (Optional[List[str]]): Names to pass over, in lower case.
    proper (Optional[List[str]]): Labels of proper names, which match only as written.
    """
    if not context.lexicon:
        raise CheckSkipped("the pack has no lexicons")
    dull = set(ignore or ())
    dull.update(n for label in context.pack.labels.values() for n in label.rules.never)
    exact = set(proper or ())
    labels = {
        name if label in exact else surface_key(name): label
        for label, names in context.lexicon.items()
        for name in names
        if len(name) >= min_letters and name.lower() not in dull
    }
    words = {token.lower() for token in set(chain.from_iterable(corpus.tokens))}
    matcher = Matcher(labels, {n for n in labels if labels[n] in exact}, words)
    tagged: Counter[str] = Counter()
    found: dict[str, list[Example]] = defaultdict(list)
    for example in corpus:
        tagged.update(surface_key(entity.text) for entity in example.entities)
        for start, end, name in untagged(example, matcher):
            if not in_compound(example.text, start, end):
                found[name].append(example)
    for name in sorted(found):
        if len(found[name]) > max(max_bare, tagged[name]):
            continue
        for example in found[name]:
            yield Finding(
                ids=(example.id,),
                severity="warning",
                reason="lexicon_name_untagged",
                detail=f"{name!r} is a {labels[name]} of the lexicon, untagged here",
                value=tagged[name],
                action=action,
            )
