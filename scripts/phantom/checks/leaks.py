"""Leaks: benchmark text, the user's private text and planted canaries."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from phantom.checks.engine.base import (
    Action,
    CheckSkipped,
    Finding,
    Severity,
)
from phantom.checks.engine.context import CheckContext
from phantom.checks.engine.corpus import Corpus
from phantom.checks.models.minhash import Shingles, near_pairs, shingle
from phantom.checks.models.runs import RunFinder, squeeze
from phantom.passages.files import read_loosely
from phantom.passages.words import tokenize
from phantom.records import Example
from phantom.registry import phantom_registry

SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


@phantom_registry.phantom_checks("benchmark_overlap")
def benchmark_overlap(
    corpus: Corpus,
    context: CheckContext,
    *,
    action: Action = "reject",
    severity: Severity = "block",
    size: int = 13,
    threshold: float = 0.5,
) -> Iterator[Finding]:
    """13 words in a row, or most word pairs, of a benchmark's test set.

    size (int): Words in a row that no passage may share (13 as in Brown et al. 2020).
    threshold (float): Jaccard similarity of word pairs that counts as a near copy.
    """
    real = context.read(context.benchmarks, "benchmark files (vars.benchmarks)")
    copies = find_copies(corpus, real, context.benchmarks, size, threshold)
    yield from _report(corpus, copies, size, severity, action)


@phantom_registry.phantom_checks("private_overlap")
def private_overlap(
    corpus: Corpus,
    context: CheckContext,
    *,
    action: Action = "reject",
    severity: Severity = "block",
    size: int = 8,
    threshold: float = 0.4,
) -> Iterator[Finding]:
    """8 words in a row, or many word pairs of a sentence, of your own text.

    Lines, hyphens, list and quotation marks, and page headers of the private files
    make no difference; a passage of fewer words is found as a whole sentence. Each
    sentence of a passage is compared too, so that a copy with some words changed (three
    of sixteen, by the threshold of 0.4) is found within a long one.

    size (int), threshold (float): As in `benchmark_overlap`.
    """
    files = list(dict.fromkeys([*context.private, *context.undeclared]))
    real = context.read(files, "private text (vars.private)")
    copies = find_copies(corpus, real, files, size, threshold)
    yield from _report(corpus, copies, size, severity, action)


@phantom_registry.phantom_checks("canaries")
def canaries(
    corpus: Corpus,
    context: CheckContext,
    *,
    action: Action = "reject",
    severity: Severity = "block",
) -> Iterator[Finding]:
    """Strings that you planted in your own text (`canaries:` in checks.yml)."""
    planted = [*context.config.canaries, *context.canaries]
    if not planted:
        raise CheckSkipped("checks.yml: canaries: none is planted")
    plain = {squeeze(canary): canary for canary in planted}
    for i, example in enumerate(corpus):
        text = squeeze(example.text)
        for key, canary in plain.items():
            if key in text:
                yield Finding(
                    ids=(corpus[i].id,),
                    severity=severity,
                    reason="canary",
                    detail=f"holds the planted string {canary!r}",
                    value=1,
                    action=action,
                )


class Copy(NamedTuple):
    """A passage of ours that repeats a text. share: Of word pairs; None for a run."""

    place: int
    source: str
    text: str
    share: float | None = None


def find_copies(
    corpus: Corpus,
    real: Sequence[Example],
    files: Sequence[Path],
    size: int,
    threshold: float,
) -> Iterator[Copy]:
    """Passages that share a run of words with a text, then near copies of one.

    real (Sequence[Example]): The passages of the files; each sentence of a longer one
        is compared on its own, too.
    files (Sequence[Path]): Searched for runs whatever their lines and passages.
    """
    ours = [_plain_tokens(e.text, corpus.tokens[i]) for i, e in enumerate(corpus)]
    units = [*real, *_sentences(real)]
    tokens = tokenize(_plain(unit.text) for unit in units)
    shared = _shared_runs(shingle(ours, size), shingle(tokens, size))
    found = {i: Copy(i, units[j].id, units[j].text) for i, j in shared.items()}
    finder = RunFinder(ours, size)
    for path in files:
        for way in read_loosely(path) if path.is_file() else ():
            for run in finder.find((name, _plain(line)) for name, line in way):
                found.setdefault(run.document, Copy(*run))
    yield from found.values()
    places, parts = _long_sentences(corpus, size)
    for copy in _near_copies(
        [*ours, *parts], [*range(len(ours)), *places], tokens, units, threshold
    ):
        if copy.place not in found:
            yield copy


def _near_copies(
    ours: list[list[str]],
    places: Sequence[int],
    tokens: list[list[str]],
    units: Sequence[Example],
    threshold: float,
) -> Iterator[Copy]:
    """places (Sequence[int]): Which of our passages each text is, or is part of."""
    both = shingle([*ours, *tokens], 2)
    n = len(ours)
    # With two rows to a band, one copy in 500 at the threshold of 0.4 is passed over;
    # with three it is one in four.
    best: dict[int, tuple[float, int]] = {}
    for i, j, value in near_pairs(both, threshold, rows=2, permutations=64, split=n):
        place = places[i]
        best[place] = max(best.get(place, (0.0, 0)), (value, j - n))
    for place, (value, j) in best.items():
        yield Copy(place, units[j].id, units[j].text, value)


def _long_sentences(corpus: Corpus, size: int) -> tuple[list[int], list[list[str]]]:
    """Sentences of passages with several: the passage of each, and its tokens.

    size (int): Words that a sentence must have: short ones are alike by chance.
    """
    places, texts = [], []
    for i, example in enumerate(corpus):
        sentences = SENTENCE_END.split(example.text)
        for text in sentences if len(sentences) > 1 else ():
            places.append(i)
            texts.append(_plain(text))
    tokens = list(tokenize(texts))
    long = [
        k for k, part in enumerate(tokens) if sum(t[0].isalnum() for t in part) >= size
    ]
    return [places[k] for k in long], [tokens[k] for k in long]


def _sentences(real: Sequence[Example]) -> Iterator[Example]:
    for example in real:
        parts = [part for part in SENTENCE_END.split(example.text) if part.strip()]
        if len(parts) > 1:
            yield from (Example(id=example.id, text=part.strip()) for part in parts)


def _report(
    corpus: Corpus,
    copies: Iterable[Copy],
    size: int,
    severity: Severity,
    action: Action,
) -> Iterator[Finding]:
    for copy in copies:
        what, value = f"{size} words in a row (or all its words)", float(size)
        if copy.share is not None:
            what, value = f"{copy.share:.0%} of its word pairs", round(copy.share, 4)
        yield Finding(
            ids=(corpus[copy.place].id,),
            severity=severity,
            reason="shared_ngram" if copy.share is None else "near_copy",
            detail=f"shares {what} with {copy.source}: {copy.text[:120]!r}",
            value=value,
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
    return tokens if plain == text else tokenize([plain])[0]


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
