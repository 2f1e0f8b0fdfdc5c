"""Duplicates: exact, near, by template and by meaning."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from phantom.checks.engine.base import (
    Action,
    Finding,
    Measure,
    Severity,
    tabulate,
)
from phantom.checks.engine.context import CheckContext
from phantom.checks.engine.corpus import Corpus
from phantom.checks.models.minhash import near_pairs, shingle
from phantom.checks.models.vectors import Pair, cosine_pairs, indexed_pairs
from phantom.passages.words import TOKEN
from phantom.records import Example
from phantom.registry import phantom_registry


def rank(examples: Iterable[Example]) -> list[int]:
    """Indexes in the order in which examples of a cluster are kept.

    More relations first, then more mentions, then by id: independent of the order
    in which the corpus is read.
    """
    keyed = [
        (-len(example.relations), -len(example.entities), example.id, i)
        for i, example in enumerate(examples)
    ]
    return [entry[-1] for entry in sorted(keyed)]


@phantom_registry.phantom_checks("exact_duplicates")
def exact_duplicates(
    corpus: Corpus, context: CheckContext, *, action: Action = "reject"
) -> Iterator[Finding]:
    """The same words, whatever their case, spacing and punctuation."""
    first: dict[str, Example] = {}
    for i in rank(corpus):
        words = (word.casefold() for word in corpus.tokens[i] if word[0].isalnum())
        example = corpus[i]
        kept = first.setdefault(" ".join(words), example)
        if kept is not example:
            same = kept.text == example.text
            yield Finding(
                ids=(example.id, kept.id),
                severity="error",
                reason="duplicate" if same else "same_words",
                detail=f"the same words as {kept.id}",
                value=1.0,
                action=action,
            )


@phantom_registry.phantom_checks("near_duplicates")
def near_duplicates(
    corpus: Corpus,
    context: CheckContext,
    *,
    action: Action = "reject",
    threshold: float = 0.7,
    size: int = 2,
) -> Iterator[Finding]:
    """Most word n-grams shared with a passage that is kept (MinHash, then exact).

    threshold (float): Jaccard similarity of the sets of n-grams.
    size (int): Words per n-gram.
    """
    shingles = shingle(corpus.tokens, size)
    pairs = near_pairs(shingles, threshold, seed=context.seed)
    yield from _report(
        corpus,
        pairs,
        "shares {value:.0%} of its word pairs",
        severity="error",
        reason="near",
        action=action,
    )


@phantom_registry.phantom_checks("template_clones")
def template_clones(
    corpus: Corpus,
    context: CheckContext,
    *,
    action: Action = "reject",
    keep: int = 2,
    min_words: int = 5,
) -> Iterator[Finding | Measure]:
    """The same sentence once mentions and numbers are masked.

    keep (int): Passages of one skeleton that may stay.
    min_words (int): Words of the skeleton beside the masks, at least.
    """
    clusters: dict[str, list[int]] = defaultdict(list)
    for i in rank(corpus):
        skeleton, words = _mask(corpus[i])
        if words >= min_words:
            clusters[skeleton].append(i)
    rows: list[dict[str, Any]] = []
    for skeleton, members in clusters.items():
        if len(members) > 1:
            rows.append({"skeleton": skeleton[:200], "passages": len(members)})
        for i in members[keep:]:
            yield Finding(
                ids=(corpus[i].id, *(corpus[m].id for m in members[:keep])),
                severity="error",
                reason="same_skeleton",
                detail=f"{len(members)} passages read {skeleton[:160]!r}",
                value=len(members),
                action=action,
            )
    yield tabulate(
        "skeletons_used_more_than_once",
        rows,
        size=lambda row: row["passages"],
        limit=100,
        detail="Sentences that differ only in mentions and numbers",
    )


@phantom_registry.phantom_checks("semantic_duplicates")
def semantic_duplicates(
    corpus: Corpus,
    context: CheckContext,
    *,
    action: Action = "review",
    threshold: float = 0.93,
    exact_up_to: int = 100_000,
) -> Iterator[Finding]:
    """The same in other words (cosine of the encoder's vectors).

    threshold (float): Cosine of the encoder's sentence vectors.
    exact_up_to (int): Passages compared by blocked matrix products; beyond, an index of
        the optional package usearch finds the neighbours.
    """
    context.require_encoder()
    if len(corpus) < 2:
        return
    vectors = context.embed(corpus.texts)
    exact = len(corpus) <= exact_up_to
    search = cosine_pairs if exact else indexed_pairs
    pairs = search(vectors, threshold)
    yield from _report(
        corpus,
        pairs,
        "cosine {value:.2f}",
        severity="warning",
        reason="same_meaning",
        action=action,
    )


def _report(
    corpus: Corpus,
    pairs: Iterable[Pair],
    says: str,
    *,
    severity: Severity,
    reason: str,
    action: Action,
) -> Iterator[Finding]:
    """A finding for each passage that resembles a kept one.

    says (str): How they resemble, with a place for `value`.
    """
    for loser, keeper, value in _losers(corpus, pairs):
        kept = corpus[keeper]
        yield Finding(
            ids=(corpus[loser].id, kept.id),
            severity=severity,
            reason=reason,
            detail=f"{says.format(value=value)} with {kept.id}: {kept.text[:120]!r}",
            value=round(value, 4),
            action=action,
        )


def _losers(corpus: Corpus, pairs: Iterable[Pair]) -> Iterator[Pair]:
    """Of each pair, the passage to drop and the kept one that it resembles."""
    near: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for i, j, value in pairs:
        near[i].append((j, value))
        near[j].append((i, value))
    kept: set[int] = set()
    order = rank(corpus) if near else []
    for i in order:
        rivals = [(value, -j) for j, value in near.get(i, ()) if j in kept]
        if rivals:
            value, j = max(rivals)
            yield i, -j, value
        else:
            kept.add(i)


def _mask(example: Example) -> tuple[str, int]:
    """The passage with labels for mentions and 0 for numbers; its other words."""
    parts: list[str] = []
    words = end = 0
    spans = [(e.start, e.end, e.label) for e in example.entities]
    for start, stop, label in [*spans, (len(example.text), len(example.text), "")]:
        for token in TOKEN.findall(example.text[end:start]):
            is_number = token[0].isdigit()
            parts.append("0" if is_number else token.casefold())
            words += token.isalpha()
        parts.append(label)
        end = stop
    return " ".join(part for part in parts if part), words
