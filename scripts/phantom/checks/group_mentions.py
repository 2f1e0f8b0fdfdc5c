"""What is said beside which group of people: tied to it, and how much of it."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from scipy.stats import fisher_exact

from phantom.checks.engine.base import Measure
from phantom.checks.engine.context import CheckContext
from phantom.checks.engine.corpus import Corpus
from phantom.checks.groups import find_groups
from phantom.checks.models.statistics import wilson
from phantom.passages.groups import Groups
from phantom.passages.names import surface_key
from phantom.registry import phantom_registry

LEVEL = 0.05
SHOWN = 30
TOP = 3


@phantom_registry.phantom_checks("group_independence")
def group_independence(
    corpus: Corpus, context: CheckContext, *, min_passages: int = 5
) -> Iterator[Measure]:
    """Mentions, and groups of another kind, beside a group more or less than by chance.

    Such as a condition beside women, or a profession beside men. No reference says what
    is right here (`group_associations` has one): the measure is independence within
    the corpus, over passages that name a group of the dimension. P-values are Fisher's,
    corrected by Holm's method over all pairs.

    min_passages (int): A term or group in fewer passages says nothing.
    """
    found = find_groups(corpus, context)
    rows: list[dict[str, Any]] = []
    for dimension in sorted({name for groups in found.values() for name in groups}):
        rows += _pair_up(corpus, found, dimension, min_passages)
    rows.sort(key=lambda row: row["p"])
    highest = 0.0
    for rank, row in enumerate(rows):
        highest = max(highest, min(1.0, row["p"] * (len(rows) - rank)))
        row["p"] = round(highest, 4)
    tied = [row for row in rows if row["p"] < LEVEL]
    yield Measure(
        name="groups_tied_to_terms",
        value=len(tied),
        status="info",
        detail=", ".join(f"{row['term']} / {row['group']}" for row in tied[:5])
        or f"none of {len(rows)} pairs",
        rows=rows[:SHOWN],
    )


def _pair_up(
    corpus: Corpus, found: Mapping[str, Groups], dimension: str, least: int
) -> Iterator[dict[str, Any]]:
    groups: Counter[str] = Counter()
    terms: Counter[str] = Counter()
    both: Counter[tuple[str, str]] = Counter()
    total = 0
    for example in corpus:
        named = found.get(example.id, {}).get(dimension)
        if not named:
            continue
        total += 1
        said = {f"{surface_key(e.text)} ({e.label})" for e in example.entities}
        for other, names in found[example.id].items():
            said |= {f"{other}: {name}" for name in names if other != dimension}
        groups.update(named)
        terms.update(said)
        both.update((term, group) for term in said for group in named)
    for term, count in sorted(terms.items()):
        if count < least:
            continue
        for group, size in sorted(groups.items()):
            if not least <= size <= total - least:
                continue
            here = both[term, group]
            table = [[here, count - here], [size - here, total - size - count + here]]
            low, high = wilson(here, count)
            yield {
                "term": term,
                "group": f"{dimension}: {group}",
                "passages": count,
                "share": round(here / count, 4),
                "low": round(low, 4),
                "high": round(high, 4),
                "by chance": round(size / total, 4),
                "p": float(fisher_exact(table).pvalue),
            }


@phantom_registry.phantom_checks("group_diversity")
def group_diversity(
    corpus: Corpus,
    context: CheckContext,
    *,
    min_passages: int = 20,
    draws: int = 400,
) -> Iterator[Measure]:
    """Whether the passages about a group repeat the same few mentions.

    For each group and label: distinct mentions, and the share of the three most
    frequent, beside as many passages drawn from all that name a group of the dimension.
    A group is poor where its share lies above all but a corrected 5% of draws.

    min_passages (int): Fewer of a group, with the label, say nothing.
    draws (int): Of passages.
    """
    found = find_groups(corpus, context)
    rng = np.random.default_rng(context.seed)
    rows: list[dict[str, Any]] = []
    for (dimension, label), passages in sorted(_by_label(corpus, found).items()):
        names = sorted({x for groups, _ in passages for x in groups})
        for group in names:
            own = [said for groups, said in passages if group in groups]
            if len(own) < min_passages or len(own) > len(passages) - min_passages:
                continue
            every = [said for _, said in passages]
            orders = (rng.permutation(len(every))[: len(own)] for _ in range(draws))
            drawn = np.array([_describe([every[i] for i in x]) for x in orders])
            distinct, top = _describe(own)
            rows.append(
                {
                    "group": f"{dimension}: {group}",
                    "label": label,
                    "passages": len(own),
                    "distinct": int(distinct),
                    "by chance": f"{np.percentile(drawn[:, 0], 2.5):.0f} to "
                    f"{np.percentile(drawn[:, 0], 97.5):.0f}",
                    "top three": round(top, 4),
                    "top three by chance": f"{np.percentile(drawn[:, 1], 2.5):.3f} to "
                    f"{np.percentile(drawn[:, 1], 97.5):.3f}",
                    "p": float((1 + (drawn[:, 1] >= top).sum()) / (1 + draws)),
                }
            )
    poor = [row for row in rows if row["p"] * len(rows) < LEVEL]
    for row in rows:
        row["poor"] = "yes" if row in poor else ""
        row["p"] = round(min(1.0, row["p"] * len(rows)), 4)
    yield Measure(
        name="groups_with_few_mentions",
        value=len(poor),
        target="none",
        status="warning" if poor else "ok",
        detail=", ".join(f"{row['group']} ({row['label']})" for row in poor),
        rows=rows,
    )


def _by_label(
    corpus: Corpus, found: Mapping[str, Groups]
) -> dict[tuple[str, str], list[tuple[set[str], list[str]]]]:
    """Groups and mentions of each passage that has both, by dimension and label."""
    result: dict[tuple[str, str], list[tuple[set[str], list[str]]]] = defaultdict(list)
    for example in corpus:
        said: dict[str, list[str]] = defaultdict(list)
        for entity in example.entities:
            key = surface_key(entity.text)
            if key not in said[entity.label]:
                said[entity.label].append(key)
        for dimension, groups in found.get(example.id, {}).items():
            for label, keys in said.items():
                result[dimension, label].append((groups, keys))
    return result


def _describe(passages: list[list[str]]) -> tuple[float, float]:
    """Distinct mentions, and the part that the three most frequent have."""
    counts = Counter(key for keys in passages for key in keys)
    top = sum(count for _, count in counts.most_common(TOP))
    return float(len(counts)), top / max(1, counts.total())
