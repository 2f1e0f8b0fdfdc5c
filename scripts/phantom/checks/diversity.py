"""Diversity: how much the corpus repeats itself."""

import math
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np

from phantom.checks.engine.base import Measure
from phantom.checks.engine.context import CheckContext
from phantom.checks.engine.corpus import Corpus
from phantom.checks.models.minhash import shingle
from phantom.checks.models.statistics import entropy_share
from phantom.passages.names import surface_key
from phantom.registry import phantom_registry


@phantom_registry.phantom_checks("diversity")
def diversity(
    corpus: Corpus,
    context: CheckContext,
    *,
    sample: int = 300,
    window: int = 2000,
    opening_words: int = 3,
) -> Iterator[Measure]:
    """distinct-n, self-BLEU, compression, openings, attribute entropy.

    Figures that shrink with size are taken on samples, so that corpora of any size
    compare.

    sample (int): Passages for self-BLEU.
    window (int): Passages for distinct-n, compression and openings.
    """
    if len(corpus) < 2:
        return
    rng = np.random.default_rng(context.seed)
    chosen = sorted(
        int(i) for i in rng.permutation(len(corpus))[: min(window, len(corpus))]
    )
    tokens = [[w.lower() for w in corpus.tokens[i] if w[0].isalnum()] for i in chosen]
    for n in (1, 2, 3):
        flat = shingle(tokens, n).flat
        value = len(np.unique(flat)) / max(len(flat), 1)
        yield _measure(f"distinct_{n}", value, f"different among all {n}-grams")
    yield _measure(
        "self_bleu",
        self_bleu(tokens[:sample]),
        f"mean BLEU-4 of a passage against the others, {min(sample, len(tokens))}",
    )
    raw = "\n".join(corpus[i].text for i in chosen).encode()
    ratio = len(raw) / len(zlib.compress(raw, 9))
    yield _measure("compression_ratio", ratio, "size before over after deflate")
    openings = Counter(" ".join(words[:opening_words]) for words in tokens)
    repeats = [(o, c) for o, c in openings.most_common(30) if c > 1]
    repeated = sum(c for c in openings.values() if c > 1) / len(tokens)
    yield Measure(
        name="repeated_openings",
        value=round(repeated, 4),
        detail=f"share of passages whose first {opening_words} words occur elsewhere",
        rows=[{"opening": o, "passages": c} for o, c in repeats],
    )
    yield from _attributes(corpus, context)


@phantom_registry.phantom_checks("surfaces")
def surfaces(
    corpus: Corpus, context: CheckContext, *, sample: int = 1000
) -> Iterator[Measure]:
    """Different surfaces per mention and coverage of the lexicons, by label.

    sample (int): Mentions of a label that are counted, since the share falls with size:
        BC5CDR's training diseases have 0.58 on 1,000 mentions, 0.33 on all 4,182.
    """
    mentions: dict[str, list[str]] = defaultdict(list)
    for example in corpus:
        for entity in example.entities:
            mentions[entity.label].append(surface_key(entity.text))
    rng = np.random.default_rng(context.seed)
    for label in sorted(mentions):
        found = mentions[label]
        part = [found[i] for i in rng.permutation(len(found))[:sample]]
        top = Counter(found).most_common(25)
        yield Measure(
            name=f"unique_surfaces_{label}",
            value=round(len(set(part)) / len(part), 4),
            detail=f"different surfaces per mention, {len(part)} mentions",
            rows=[{"surface": s, "mentions": c} for s, c in top],
        )
    for label, names in sorted(context.lexicon.items()):
        keys = {surface_key(name) for name in names}
        hit = keys & set(mentions[label])
        inside = sum(s in keys for s in mentions[label]) / max(len(mentions[label]), 1)
        yield Measure(
            name=f"lexicon_coverage_{label}",
            value=round(len(hit) / max(len(keys), 1), 4),
            detail=f"{len(hit)} of {len(keys)} lexicon names are used; "
            f"{inside:.0%} of the mentions are in the lexicon",
        )


def self_bleu(documents: list[list[str]], order: int = 4) -> float:
    """Mean BLEU of each document against all others (Zhu et al. 2018, Texygen).

    Brevity penalty is 1, since some other document is always as long.
    """
    logs = np.zeros(len(documents))
    for n in range(1, order + 1):
        counts = [
            Counter(zip(*(words[k:] for k in range(n)), strict=False))
            for words in documents
        ]
        best: dict[Any, tuple[int, int, int]] = {}
        for i, grams in enumerate(counts):
            for gram, c in grams.items():
                top, owner, second = best.get(gram, (0, -1, 0))
                if c > top:
                    best[gram] = (c, i, top)
                elif c > second:
                    best[gram] = (top, owner, c)
        for i, grams in enumerate(counts):
            clipped = 0
            for gram, c in grams.items():
                top, owner, second = best[gram]
                clipped += min(c, second if owner == i else top)
            total = max(grams.total(), 1)
            logs[i] += math.log(max(clipped, 0.1) / total) / order
    return float(np.exp(logs).mean()) if documents else 0.0


def _attributes(corpus: Corpus, context: CheckContext) -> Iterator[Measure]:
    values: dict[str, Counter[str]] = defaultdict(Counter)
    for name, grid in context.pack.attributes.items():
        values[name] = Counter({str(value): 0 for value in grid.values})
    for example in corpus:
        for name, value in example.meta.get("attributes", {}).items():
            values[name][str(value)] += 1
    for name, counts in sorted(values.items()):
        if counts.total() and len(counts) <= 50:
            share = entropy_share(list(counts.values()))
            detail = f"entropy over {len(counts)} values of the plan, 1 is even"
            yield _measure(f"entropy_{name}", share, detail)


def _measure(name: str, value: float, detail: str) -> Measure:
    return Measure(name=name, value=round(value, 4), detail=detail)
