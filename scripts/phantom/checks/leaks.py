"""Leaks: benchmark text, the user's private text and planted canaries."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

import numpy as np

from phantom.checks.engine.base import (
    Action,
    CheckSkipped,
    Finding,
    Severity,
    phantom_checks,
)
from phantom.checks.engine.context import CheckContext
from phantom.checks.engine.corpus import Corpus
from phantom.checks.models.minhash import Shingles, near_pairs, shingle
from phantom.passages.words import tokenise
from phantom.records import Example


@phantom_checks.register("benchmark_overlap")
def benchmark_overlap(
    corpus: Corpus,
    context: CheckContext,
    *,
    action: Action = "reject",
    severity: Severity = "block",
    size: int = 13,
    threshold: float = 0.5,
) -> Iterator[Finding]:
    """A passage repeats text of a benchmark's test set.

    size: Words in a row that no passage may share (13 as in Brown et al. 2020).
    threshold: Jaccard similarity of word pairs that counts as a near copy.
    """
    real = context.read(context.benchmarks, "benchmark files (vars.benchmarks)")
    yield from _overlaps(
        corpus, real, "benchmark_overlap", size, threshold, action, severity
    )


@phantom_checks.register("private_overlap")
def private_overlap(
    corpus: Corpus,
    context: CheckContext,
    *,
    action: Action = "reject",
    severity: Severity = "block",
    size: int = 8,
    threshold: float = 0.4,
) -> Iterator[Finding]:
    """A passage repeats the user's own text; settings as in `benchmark_overlap`."""
    real = context.read(context.private, "private text (vars.private)")
    yield from _overlaps(
        corpus, real, "private_overlap", size, threshold, action, severity
    )


@phantom_checks.register("canaries")
def canaries(
    corpus: Corpus,
    context: CheckContext,
    *,
    action: Action = "reject",
    severity: Severity = "block",
) -> Iterator[Finding]:
    """A string planted in the private text has come out of the writer."""
    planted = [*context.config.canaries, *context.canaries]
    if not planted:
        raise CheckSkipped("checks.yml: canaries: none is planted")
    plain = {_squeeze(canary): canary for canary in planted}
    for i, example in enumerate(corpus):
        text = _squeeze(example.text)
        for key, canary in plain.items():
            if key in text:
                yield Finding(
                    check="canaries",
                    ids=(corpus[i].id,),
                    severity=severity,
                    reason="canary",
                    detail=f"holds the planted string {canary!r}",
                    value=1,
                    action=action,
                )


def _overlaps(
    corpus: Corpus,
    real: Sequence[Example],
    check: str,
    size: int,
    threshold: float,
    action: Action,
    severity: Severity,
) -> Iterator[Finding]:
    ours = [_plain_tokens(e.text, corpus.tokens[i]) for i, e in enumerate(corpus)]
    tokens = tokenise(_plain(example.text) for example in real)
    shared = _shared_runs(shingle(ours, size), shingle(tokens, size))
    reported = set()
    for i, j in shared.items():
        reported.add(i)
        yield Finding(
            check=check,
            ids=(corpus[i].id,),
            severity=severity,
            reason="shared_ngram",
            detail=f"shares {size} words in a row (or all its words) with "
            f"{real[j].id}: {real[j].text[:120]!r}",
            value=size,
            action=action,
        )
    both = shingle([*ours, *tokens], 2)
    n = len(corpus)
    best: dict[int, tuple[float, int]] = {}
    for i, j, value in near_pairs(both, threshold, rows=3, permutations=63, split=n):
        best[i] = max(best.get(i, (0.0, 0)), (value, j - n))
    for i, (value, j) in best.items():
        if i not in reported:
            yield Finding(
                check=check,
                ids=(corpus[i].id,),
                severity=severity,
                reason="near_copy",
                detail=f"shares {value:.0%} of its word pairs with {real[j].id}: "
                f"{real[j].text[:120]!r}",
                value=round(value, 4),
                action=action,
            )


def _plain(text: str) -> str:
    """Compatibility characters as plain ones, without soft hyphens and the like."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", text)
    return "".join(c for c in text if unicodedata.category(c) != "Cf")


def _plain_tokens(text: str, tokens: list[str]) -> list[str]:
    """The tokens of `_plain(text)`, given those of the text itself."""
    plain = _plain(text)
    return tokens if plain == text else tokenise([plain])[0]


def _shared_runs(ours: Shingles, theirs: Shingles) -> dict[int, int]:
    """For each of our documents with a shared n-gram, one of theirs that has it."""
    known, first = np.unique(theirs.flat, return_index=True)
    if not len(known):
        return {}
    place = np.searchsorted(known, ours.flat)
    place[place == len(known)] = 0
    hit = known[place] == ours.flat
    source = theirs.documents()[first[place[hit]]]
    found: dict[int, int] = {}
    for i, j in zip(ours.documents()[hit].tolist(), source.tolist(), strict=True):
        found.setdefault(i, j)
    return found


def _squeeze(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()
