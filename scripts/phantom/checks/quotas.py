"""Balance of the corpus: what the pack's weights ask for against what came."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from phantom.checks.engine.base import Measure, Plot, Point
from phantom.checks.engine.context import CheckContext
from phantom.checks.engine.corpus import Corpus
from phantom.checks.models.statistics import wilson
from phantom.registry import phantom_registry


@phantom_registry.phantom_checks("quotas")
def quotas(
    corpus: Corpus, context: CheckContext, *, tolerance: float = 0.5
) -> Iterator[Measure]:
    """Passages by kind, by attribute, and by label and attribute.

    The pack's weights are the quota of a kind and of an attribute's value; that of a
    label within a value is the label's share of all passages with the attribute.

    tolerance (float): A cell below this share of its quota is marked; one of a label
        only if the 95% interval of its share lies below, too.
    """
    cells: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    kinds = Counter(str(example.meta.get("kind")) for example in corpus)
    for example in corpus:
        labels = {entity.label for entity in example.entities} or {"(none)"}
        for name, value in example.meta.get("attributes", {}).items():
            cell = cells[name, str(value)]
            cell["passages"] += 1
            for label in labels:
                cell[label] += 1
    wanted = {name: kind.weight for name, kind in context.pack.kinds.items()}
    rows = _against("kind", {k: kinds[k] for k in wanted}, wanted)
    for name, grid in context.pack.attributes.items():
        weights = {str(value): weight for value, weight in grid.values.items()}
        counts = {value: cells[name, value]["passages"] for value in weights}
        rows += _against(name, counts, weights)
    thin = [row for row in rows if row["of quota"] < tolerance]
    yield Measure(
        name="cells_under_quota",
        value=len(thin),
        target=f"every value at {tolerance:.0%} of its quota or more",
        status="warning" if thin else "ok",
        detail=", ".join(f"{r['attribute']}: {r['value']}" for r in thin[:8]),
        rows=rows,
        plot=_draw_cells(rows, tolerance),
    )
    columns = [*context.pack.labels, "(none)"]
    yield _labels_by_attribute(cells, columns, tolerance)
    yield from _events(corpus)


def _events(corpus: Corpus) -> Iterator[Measure]:
    """Passages by the event that they tell, where specs came from facts."""
    told = [example.meta.get("facts", {}) for example in corpus]
    told = [facts for facts in told if facts.get("event")]
    if not told:
        return
    counts = Counter((facts["event"], bool(facts.get("rare"))) for facts in told)
    rare = sum(count for (_, seldom), count in counts.items() if seldom)
    events = sum(seldom for _, seldom in counts)
    yield Measure(
        name="share_of_rare_events",
        value=round(rare / len(told), 3),
        detail=f"{rare} of {len(told)} passages with facts tell a rare event, of "
        f"{events} kinds",
        rows=[
            {"event": event, "rare": "yes" if seldom else "", "passages": count}
            for (event, seldom), count in counts.most_common()
        ],
    )


def _draw_cells(rows: list[dict[str, Any]], tolerance: float) -> Plot:
    thinnest = sorted(rows, key=lambda row: row["of quota"])[:14]
    return Plot(
        kind="bars",
        title="Coverage of the plan",
        caption="Passages per attribute value, as a share of the quota; the thinnest.",
        axis="share of the quota",
        lines=[1],
        points=[
            Point(
                label=f"{row['attribute']}: {row['value']}",
                value=row["of quota"],
                marked=row["of quota"] < tolerance,
            )
            for row in thinnest
        ],
    )


def _labels_by_attribute(
    cells: dict[tuple[str, str], Counter[str]], labels: list[str], tolerance: float
) -> Measure:
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    for (name, _), counts in cells.items():
        totals[name].update(counts)
    rows, thin = [], []
    for (name, value), counts in sorted(cells.items()):
        here, everywhere = counts["passages"], totals[name]
        rare = []
        for label in labels:
            wanted = tolerance * everywhere[label] / max(everywhere["passages"], 1)
            if wilson(counts[label], here)[1] < wanted:
                rare.append(label)
        thin += [f"{label} in {name}: {value}" for label in rare]
        rows.append(
            {
                "attribute": name,
                "value": value,
                **{label: counts[label] for label in labels},
                "under quota": ", ".join(rare),
            }
        )
    return Measure(
        name="labels_under_quota_by_attribute",
        value=len(thin),
        target=f"every label at {tolerance:.0%} of its share or more",
        status="warning" if thin else "ok",
        detail="; ".join(thin[:8]) or "Passages that hold a label, by attribute value",
        rows=rows,
    )


def _against(
    name: str, counts: dict[str, int], weights: dict[str, float]
) -> list[dict[str, Any]]:
    total, mass = sum(counts.values()), sum(weights.values())
    return [
        {
            "attribute": name,
            "value": value,
            "passages": counts[value],
            "quota": round(total * weight / mass, 1),
            "of quota": round(counts[value] * mass / (total * weight), 3),
        }
        for value, weight in weights.items()
        if total and weight
    ]
