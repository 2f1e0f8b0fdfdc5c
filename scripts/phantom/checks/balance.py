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
    Plot,
    Point,
)
from phantom.checks.engine.context import CheckContext
from phantom.checks.engine.corpus import Corpus
from phantom.checks.groups import find_groups
from phantom.checks.models.statistics import wilson
from phantom.checks.patterns import find_patterns
from phantom.records import Example
from phantom.registry import phantom_registry


@phantom_registry.phantom_checks("people")
def people(
    corpus: Corpus, context: CheckContext, *, min_passages: int = 10
) -> Iterator[Measure]:
    """Who the text is about: sex, age group, origin, profession.

    Shares are of the passages that name any group of that dimension; the table
    `composition` (dimension, group, low, high, source) states what is expected.

    min_passages (int): Fewer say nothing about a dimension.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    totals: Counter[str] = Counter()
    for groups in find_groups(corpus, context).values():
        for dimension, names in groups.items():
            counts[dimension].update(names)
            totals[dimension] += 1
    bounds = _composition(context)
    for dimension in sorted(counts):
        rows = compare_groups(counts[dimension], totals[dimension], bounds[dimension])
        yield _measure_people(dimension, totals[dimension], rows, min_passages)


def compare_groups(
    counts: Counter[str], total: int, bounds: dict[str, dict[str, str]]
) -> list[dict[str, Any]]:
    """The share of each group with its interval, beside what is expected of it."""
    rows = []
    for group in sorted({*bounds, *counts}):
        low, high = wilson(counts[group], total)
        row = bounds.get(group)
        rows.append(
            {
                "group": group,
                "passages": counts[group],
                "share": round(counts[group] / total, 4),
                "low": round(low, 4),
                "high": round(high, 4),
                "expected": f"{row['low']} to {row['high']}" if row else "",
                "source": row["source"] if row else "",
            }
        )
    return rows


def _measure_people(
    dimension: str, total: int, rows: list[dict[str, Any]], least: int
) -> Measure:
    judged = [row for row in rows if row["expected"]]
    off = [
        f"{row['group']} {row['passages'] / total:.0%}"
        for row in judged
        if total >= least and _is_off(row)
    ]
    told = f"{total} passages name one of {len(rows)} groups"
    return Measure(
        name=f"people_{dimension.replace(' ', '_')}",
        value=total,
        target="shares as in the composition table" if judged else "",
        status="warning" if off else ("ok" if judged else "info"),
        detail=f"outside what is expected: {', '.join(off)}" if off else told,
        rows=rows,
        plot=_draw_people(dimension, rows) if total >= least else None,
    )


def _is_off(row: dict[str, Any]) -> bool:
    low, high = _range(row["expected"])
    return row["high"] < low or row["low"] > high


def _range(expected: str) -> tuple[float, float]:
    low, high = expected.split(" to ")
    return float(low), float(high)


def _draw_people(dimension: str, rows: list[dict[str, Any]]) -> Plot:
    top = sorted(rows, key=lambda row: -row["share"])[:5]
    return Plot(
        kind="intervals",
        title="People in the text",
        caption="Share of the passages that name any group of the dimension, with 95% "
        "intervals; green is what the pack expects.",
        limits=(0, 1),
        points=[
            Point(
                label=f"{dimension}: {row['group']}",
                value=row["share"],
                low=row["low"],
                high=row["high"],
                expected=_range(row["expected"]) if row["expected"] else None,
            )
            for row in top
        ],
    )


def _composition(context: CheckContext) -> dict[str, dict[str, dict[str, str]]]:
    """Rows of the table `composition` by dimension and group, if there is one."""
    bounds: dict[str, dict[str, dict[str, str]]] = defaultdict(dict)
    columns = ["dimension", "group", "low", "high", "source"]
    try:
        for row in context.table("composition", columns):
            bounds[row["dimension"]][row["group"]] = row
    except CheckSkipped:
        pass
    return bounds


@phantom_registry.phantom_checks("group_associations")
def group_associations(
    corpus: Corpus,
    context: CheckContext,
    *,
    action: Action = "review",
    min_passages: int = 5,
) -> Iterator[Finding | Measure]:
    """Diseases, drugs and roles beside groups of people, against a stated reference.

    Table `associations`: dimension, group, term (pattern of a mention), low, high
    (share of the group among passages that have the term and name any group), source.
    A column `where` may say text: the term is looked for there, for what bears no
    label, such as a role. A group whose `high` is 0 is not possible beside the term:
    each is a finding.
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
            if not named or not _says(example, pattern, entry.get("where")):
                continue
            total += 1
            if entry["group"] not in named:
                continue
            hits += 1
            if high_bound == 0 and len(named) == 1:
                yield Finding(
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
        name="associations_far_from_reference",
        value=len(off),
        target="none",
        status="warning" if off else "ok",
        detail=", ".join(f"{row['term']} / {row['group']}" for row in off),
        rows=rows,
    )


def _says(example: Example, pattern: re.Pattern[str], where: str | None) -> bool:
    if where not in (None, "", "mention", "text"):
        raise ValueError(f"associations: where is {where!r}; give mention or text")
    if where == "text":
        return bool(pattern.search(example.text))
    return any(pattern.search(entity.text) for entity in example.entities)


@phantom_registry.phantom_checks("stereotypes")
def stereotypes(
    corpus: Corpus, context: CheckContext, *, action: Action = "review"
) -> Iterator[Finding]:
    """Toxic, stigmatising or stereotyped phrasing, by the table `stereotypes`."""
    yield from find_patterns(
        corpus,
        context.table("stereotypes", ["kind", "pattern", "why"]),
        lambda row, hit: f"{hit}: {row['why']}",
        reason="kind",
        severity="warning",
        action=action,
        flags=re.IGNORECASE,
    )
