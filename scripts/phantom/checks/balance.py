"""Bias in the corpus: people, associations, phrasing."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from phantom.checks.engine.base import (
    Action,
    CheckSkipped,
    Finding,
    Measure,
    phantom_checks,
)
from phantom.checks.engine.context import CheckContext
from phantom.checks.engine.corpus import Corpus
from phantom.checks.groups import find_groups
from phantom.checks.models.statistics import wilson
from phantom.checks.patterns import find_patterns


@phantom_checks.register("people")
def people(
    corpus: Corpus, context: CheckContext, *, min_passages: int = 10
) -> Iterator[Measure]:
    """Who the text is about: sex, age group, origin, profession.

    Shares are of the passages that name any group of that dimension; the table
    `composition` (dimension, group, low, high, source) states what is expected.

    min_passages: Fewer say nothing about a dimension.
    """
    found = find_groups(corpus, context)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    totals: Counter[str] = Counter()
    for groups in found.values():
        for dimension, names in groups.items():
            counts[dimension].update(names)
            totals[dimension] += 1
    try:
        columns = ["dimension", "group", "low", "high", "source"]
        bounds = {
            (row["dimension"], row["group"]): row
            for row in context.table("composition", columns)
        }
    except CheckSkipped:
        bounds = {}
    for dimension in sorted(counts):
        total = totals[dimension]
        rows, off = [], []
        wanted = {group for d, group in bounds if d == dimension}
        for group in sorted(wanted | set(counts[dimension])):
            n = counts[dimension][group]
            low, high = wilson(n, total)
            row = bounds.get((dimension, group))
            is_off = row is not None and (
                high < float(row["low"]) or low > float(row["high"])
            )
            if is_off and total >= min_passages:
                off.append(f"{group} {n / total:.0%}")
            rows.append(
                {
                    "group": group,
                    "passages": n,
                    "share": round(n / total, 4),
                    "low": round(low, 4),
                    "high": round(high, 4),
                    "expected": f"{row['low']} to {row['high']}" if row else "",
                    "source": row["source"] if row else "",
                }
            )
        yield Measure(
            check="people",
            name=f"people_{dimension.replace(' ', '_')}",
            value=total,
            target="shares as in the composition table" if wanted else "",
            status="warning" if off else ("ok" if wanted else "info"),
            detail=f"outside what is expected: {', '.join(off)}"
            if off
            else f"{total} passages name one of {len(rows)} groups",
            rows=rows,
        )


@phantom_checks.register("group_associations")
def group_associations(
    corpus: Corpus,
    context: CheckContext,
    *,
    action: Action = "review",
    min_passages: int = 5,
) -> Iterator[Finding | Measure]:
    """Mentions beside groups of people, against a stated reference.

    Table `associations`: dimension, group, term (pattern of a mention), low, high
    (share of the group among passages that name the term and any group), source.
    A group whose `high` is 0 is not possible beside the term: each is a finding.
    """
    columns = ["dimension", "group", "term", "low", "high", "source"]
    table = context.table("associations", columns)
    found = find_groups(corpus, context)
    rows: list[dict[str, Any]] = []
    for entry in table:
        pattern = re.compile(rf"\b(?:{entry['term']})", re.IGNORECASE)
        low_bound, high_bound = float(entry["low"]), float(entry["high"])
        hits = total = 0
        for example in corpus:
            named = found.get(example.id, {}).get(entry["dimension"])
            if not named or not any(pattern.search(e.text) for e in example.entities):
                continue
            total += 1
            if entry["group"] not in named:
                continue
            hits += 1
            if high_bound == 0 and len(named) == 1:
                yield Finding(
                    check="group_associations",
                    ids=(example.id,),
                    severity="warning",
                    reason="implausible_group",
                    detail=f"{entry['group']} beside {entry['term']!r}: "
                    f"{entry['source']}",
                    value=0.0,
                    action=action,
                )
        low, high = wilson(hits, total)
        is_off = total >= min_passages and (high < low_bound or low > high_bound)
        rows.append(
            {
                "term": entry["term"],
                "group": entry["group"],
                "passages": total,
                "share": round(hits / total, 4) if total else None,
                "low": round(low, 4),
                "high": round(high, 4),
                "expected": f"{low_bound} to {high_bound}",
                "far off": "yes" if is_off else "",
                "source": entry["source"],
            }
        )
    off = [row for row in rows if row["far off"]]
    yield Measure(
        check="group_associations",
        name="associations_far_from_reference",
        value=len(off),
        target="none",
        status="warning" if off else "ok",
        detail=", ".join(f"{row['term']} / {row['group']}" for row in off),
        rows=rows,
    )


@phantom_checks.register("stereotypes")
def stereotypes(
    corpus: Corpus, context: CheckContext, *, action: Action = "review"
) -> Iterator[Finding]:
    """Toxic, stigmatising or stereotyped phrasing, by the table `stereotypes`."""
    yield from find_patterns(
        corpus,
        context.table("stereotypes", ["kind", "pattern", "why"]),
        lambda row, hit: f"{hit}: {row['why']}",
        check="stereotypes",
        reason="kind",
        severity="warning",
        action=action,
        flags=re.IGNORECASE,
    )
