"""Pictures of made rows beside real ones, as SVG."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from phantom.planning.scenarios.generative.columns import Columns
from phantom.planning.scenarios.generative.quality import Quality
from phantom.reports.svg import Picture, new_figure, to_picture

REAL, MADE, OTHER = "#555555", "#1f5fa8", "#c98a2b"
# Columns that are drawn, the worst ones; names longer than that are cut.
_MOST, _LONGEST = 9, 22


def draw_marginals(found: Mapping[str, Quality]) -> Picture:
    """The distance of every column, by model."""
    names = [row.column for row in next(iter(found.values())).marginals]
    figure, axes = new_figure(7.5, 1.2 + 0.26 * len(names))
    places = np.arange(len(names))
    height = 0.8 / len(found)
    for i, (model, quality) in enumerate(found.items()):
        values = [row.distance for row in quality.marginals]
        color = (MADE, OTHER)[min(i, 1)]
        axes.barh(places + i * height, values, height, label=model, color=color)
    axes.set_yticks(places + 0.4 - height / 2, [_short(name) for name in names])
    axes.invert_yaxis()
    axes.set_xlabel("distance from the table, 0 to 1")
    axes.legend(frameon=False)
    caption = "Kolmogorov-Smirnov of numbers, total variation of categories."
    return to_picture(figure, "Each column alone", caption)


def draw_columns(table: Columns, made: Columns, found: Quality, model: str) -> Picture:
    """The columns that are furthest off, as histograms."""
    worst = sorted(found.marginals, key=lambda row: -row.distance)[:_MOST]
    from matplotlib import pyplot

    across = 3
    down = -(-len(worst) // across)
    figure, grid = pyplot.subplots(
        down, across, figsize=(7.5, 2.0 * down), layout="constrained", squeeze=False
    )
    for axes in grid.flat[len(worst) :]:
        axes.axis("off")
    for axes, row in zip(grid.flat, worst, strict=False):
        axes.set_title(_short(row.column), fontsize=8)
        axes.tick_params(labelsize=6)
        axes.set_yticks([])
        real, fake = table[row.column], made[row.column]
        if real.numeric:
            values = real.values[~real.missing], fake.values[~fake.missing]
            edges = np.histogram_bin_edges(np.concatenate(values), 24)
            for part, color in zip(values, (REAL, MADE), strict=True):
                axes.hist(part, edges, density=True, histtype="step", color=color)
            continue
        counts = Counter(real.values), Counter(fake.values)
        kinds = sorted({*real.values, *fake.values}, key=lambda k: -counts[0][k])[:8]
        for i, (count, color) in enumerate(zip(counts, (REAL, MADE), strict=True)):
            shares = [count[kind] / count.total() for kind in kinds]
            axes.bar(np.arange(len(kinds)) + 0.4 * i, shares, 0.4, color=color)
        axes.set_xticks(np.arange(len(kinds)) + 0.2, [_short(k or "-") for k in kinds])
    caption = f"Gray: the table; blue: rows of {model}. The columns furthest off."
    return to_picture(figure, "Where it is worst", caption)


def draw_associations(names: Sequence[str], found: Quality, model: str) -> Picture:
    """How strongly each two columns hang together, in the table and in made rows."""
    from matplotlib import pyplot

    figure, grid = pyplot.subplots(1, 2, figsize=(7.5, 3.6), layout="constrained")
    titles = ("table", model)
    for axes, matrix, title in zip(grid, found.associations, titles, strict=True):
        shown = axes.imshow(matrix, vmin=0, vmax=1, cmap="Blues")
        axes.set_title(title, fontsize=9)
        axes.set_xticks([])
        few = len(names) <= 16
        axes.set_yticks(range(len(names)) if few else [])
        if few:
            axes.set_yticklabels([_short(name) for name in names], fontsize=6)
    figure.colorbar(shown, ax=grid, shrink=0.8)
    caption = (
        "Spearman's correlation of numbers, Cramer's V of categories, correlation "
        f"ratio of both; {len(names)} columns in their order."
    )
    return to_picture(figure, "Columns together", caption)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
