"""Realism: how far the corpus is from unlabelled real text."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from phantom.checks.engine.base import Measure, Plot, Point
from phantom.checks.engine.context import CheckContext
from phantom.checks.engine.corpus import Corpus
from phantom.checks.engine.sides import two_sides
from phantom.checks.models.passage_features import (
    DENSITY,
    OF_KINDS,
    SHARES,
    known_names,
    measure_passages,
)
from phantom.checks.models.statistics import effect
from phantom.feedback.from_checks import say_figure
from phantom.feedback.hints import Hint
from phantom.packs.language import LanguageData
from phantom.registry import phantom_registry

Columns = dict[str, np.ndarray]


@phantom_registry.phantom_checks("realism_statistics")
def realism_statistics(
    corpus: Corpus,
    context: CheckContext,
    *,
    max_effect: float = 0.5,
    sample: int = 5000,
) -> Iterator[Measure | Hint]:
    """Length, punctuation, numbers, abbreviations, known names ... beside real text.

    Real text has no labels, so names of the pack's lexicons stand for entities:
    their density, their length, and passages without any. Seeds are drawn from the
    same lexicons, so part of an excess is their doing.

    max_effect (float): Cohen's d beyond which a feature is marked.
    sample (int): Passages of each side that are measured.
    """
    sides = two_sides(corpus, context, sample)
    matcher = known_names(context, [*sides[0], *sides[1]])
    openings = context.language.openings
    ours, real = (measure_passages(side, matcher, openings) for side in sides)
    rows = compare_features(ours, real)
    far = [row for row in rows if abs(row["effect"]) > max_effect]
    names = ", ".join(row["feature"] for row in far)
    yield Measure(
        name="features_far_from_real",
        value=len(far),
        target=f"no feature beyond an effect of {max_effect}",
        status="warning" if far else "ok",
        detail=f"Far from real text: {names or 'none'}",
        rows=rows,
        plot=_draw_effects(rows[:12], max_effect),
    )
    yield from (_hint(row, context.language) for row in far)
    for name in ("words", "numbers"):
        rows = histogram(ours[name], real[name])
        yield Measure(
            name=f"histogram_{name}",
            value=None,
            detail=f"{name} per passage",
            rows=rows,
            plot=_draw_lengths(rows) if name == "words" else None,
        )


def compare_features(ours: Columns, real: Columns) -> list[dict[str, Any]]:
    """Mean, median and Cohen's d of each feature, the largest effect first."""
    rows = [
        {
            "feature": name,
            "synthetic": round(float(ours[name].mean()), 3),
            "real": round(float(real[name].mean()), 3),
            "synthetic median": round(float(np.median(ours[name])), 3),
            "real median": round(float(np.median(real[name])), 3),
            "effect": round(effect(ours[name], real[name]), 3),
        }
        for name in ours
        if len(ours[name]) and len(real.get(name, ()))
    ]
    return sorted(rows, key=lambda row: -abs(row["effect"]))


def histogram(ours: np.ndarray, real: np.ndarray) -> list[dict[str, Any]]:
    """Shares of passages in 20 bins up to 80."""
    both = np.concatenate([ours, real]).clip(max=80)
    edges = np.histogram_bin_edges(both, bins=20)
    shares = [np.histogram(x.clip(max=80), edges)[0] / len(x) for x in (ours, real)]
    return [
        {"from": round(float(edge), 1), "synthetic": float(a), "real": float(b)}
        for edge, a, b in zip(edges, *shares, strict=False)
    ]


def _hint(row: dict[str, Any], language: LanguageData) -> Hint:
    feature, ours, real = row["feature"], row["synthetic"], row["real"]
    unit = "per passage"
    if feature in SHARES or feature in language.openings:
        unit = "share"
    elif feature == "hyphens":
        unit, ours, real = DENSITY.strip(), 100 * ours, 100 * real
    elif feature.endswith(DENSITY):
        unit = DENSITY.strip()
    name = feature.removesuffix(DENSITY)
    return Hint(
        text=say_figure(language, unit, name, ours, real),
        size=row["effect"],
        about="kind" if feature in OF_KINDS else feature,
    )


def _draw_effects(rows: list[dict[str, Any]], limit: float) -> Plot:
    return Plot(
        kind="bars",
        title="Distance from real text",
        caption="Difference of means in standard deviations; beyond the dotted lines "
        "a reader would notice.",
        axis="fewer in synthetic text  |  more in synthetic text",
        lines=[-limit, limit],
        points=[
            Point(
                label=row["feature"],
                value=row["effect"],
                marked=abs(row["effect"]) > limit,
            )
            for row in rows
        ],
    )


def _draw_lengths(rows: list[dict[str, Any]]) -> Plot:
    return Plot(
        kind="steps",
        title="Length of passages",
        caption="Share of passages by number of words.",
        axis="words",
        points=[
            Point(label=side, at=row["from"], value=row[side])
            for side in ("real", "synthetic")
            for row in rows
        ],
    )
