"""Pictures of a market, as SVG."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from phantom.planning.scenarios.history.moments import (
    autocorrelation,
    lagged_correlations,
)
from phantom.reports.svg import Picture, new_figure, to_picture

COLORS = ("#1f5fa8", "#a3341f", "#2b7a3d", "#7b3f98", "#8a6100", "#00767a")


def draw_prices(market: Any, closes: Any) -> Picture:
    """Price paths of all shares, and the days on which stress begins."""
    figure, axes = new_figure(9.5, 4.2)
    for firm in market.firms:
        path = closes[:, firm.number] / closes[0, firm.number]
        color = COLORS[firm.number % len(COLORS)]
        axes.plot(path, lw=0.7, color=color, alpha=0.8)
    axes.set_yscale("log")
    axes.set_ylabel("price, first day = 1")
    axes.set_xlabel("trading day")
    low, high = axes.get_ylim()
    axes.set_ylim(low, high * 2.2)
    for shock in market.settings.shocks:
        if shock.day <= len(closes):
            axes.axvline(shock.day, color="#777", lw=0.8, ls="--")
            name = shock.name.replace("_", " ")
            axes.text(
                shock.day + 8, high * 2.1, name, rotation=90, va="top", fontsize=7
            )
    caption = f"{len(market.firms)} shares over {len(closes):,} days."
    return to_picture(figure, "Prices", caption)


def draw_returns(history: Any, simulated: Sequence[Any]) -> Picture:
    """Tails and volatility clusters of simulated returns beside historical ones."""
    figure, (left, right) = new_figure(9.5, 3.4, columns=2)
    pooled = np.concatenate([r / r.std() for r in simulated])
    edges = np.linspace(-7, 7, 81)
    for values, name, color in (
        (history / history.std(), "historical", COLORS[1]),
        (pooled, "simulated", COLORS[0]),
    ):
        counts, _ = np.histogram(values, edges, density=True)
        middle = (edges[1:] + edges[:-1]) / 2
        left.plot(
            middle[counts > 0], counts[counts > 0], lw=1.2, label=name, color=color
        )
    left.set_yscale("log")
    left.set_xlabel("return, in standard deviations")
    left.legend(frameon=False)
    lags = range(1, 41)
    right.plot(
        lags, [autocorrelation(np.abs(history), x) for x in lags], color=COLORS[1]
    )
    means = [np.mean([autocorrelation(np.abs(r), x) for r in simulated]) for x in lags]
    right.plot(lags, means, color=COLORS[0])
    right.axhline(0, color="#777", lw=0.6)
    right.set_xlabel("days between absolute returns")
    right.set_ylabel("autocorrelation")
    return to_picture(
        figure, "Returns", "Fat tails and clusters of volatility, beside history."
    )


def draw_together(history: Sequence[Any], simulated: Sequence[Any]) -> Picture:
    """How far shares move alike, by days between them and pair by pair."""
    figure, (left, right) = new_figure(9.5, 3.4, columns=2)
    lags = range(-5, 6)
    for i, (series, name) in enumerate(
        ((simulated, "simulated"), (history, "historical"))
    ):
        means = [float(lagged_correlations(series, lag).mean()) for lag in lags]
        left.plot(lags, means, "o-", ms=3, lw=1.2, label=name, color=COLORS[i])
        pairs = np.sort(lagged_correlations(series, 0))
        places = np.linspace(0, 1, len(pairs)) if len(pairs) > 1 else [0.5]
        right.plot(places, pairs, "o", ms=3 + 3 * i, label=name, color=COLORS[i])
    left.axhline(0, color="#777", lw=0.6)
    left.set_xlabel("days between two shares' returns")
    left.set_ylabel("mean correlation of all pairs")
    left.legend(frameon=False)
    right.axhline(0, color="#777", lw=0.6)
    right.set_xticks([])
    right.set_xlabel("pairs of shares, the least alike first")
    right.set_ylabel("correlation of the same day")
    caption = f"{len(simulated)} shares beside {len(history)} series of history."
    return to_picture(figure, "Shares together", caption)


def draw_book(market: Any) -> Picture:
    """Shares that wait at each price, the evening before a fall and on its day."""
    snapshot = market.worst
    figure, axes = new_figure(9.5, 3.4)
    for depth, style, name in (
        (snapshot.before, "--", "the evening before"),
        (snapshot.after, "-", "on the day"),
    ):
        for side, color in ((depth.bids, COLORS[2]), (depth.asks, COLORS[1])):
            if side:
                # From the best price on, so that a side of one price is seen, too.
                prices = np.repeat([price / 100 for price, _ in side], 2)
                waits = np.cumsum([shares for _, shares in side]) / 1_000
                levels = np.concatenate([[0.0], np.repeat(waits, 2)[:-1]])
                kind = "bids" if side is depth.bids else "asks"
                label = f"{kind}, {name}"
                axes.plot(prices, levels, style, color=color, lw=1.4, label=label)
    axes.set_xlabel("price")
    axes.set_ylabel("thousand shares up to there")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False, fontsize=8)
    firm = market.firms[snapshot.firm].name
    caption = (
        f"{firm} on day {snapshot.day}: trades down to {-snapshot.fall:.1%} below the "
        "evening before."
    )
    return to_picture(figure, "The order book in a crash", caption)


def draw_network(market: Any) -> Picture:
    """Who lends to whom among banks: on the first day, and at the end."""
    import networkx as nx

    shots = [market.networks[0], market.networks[-1]]
    figure, places = new_figure(9.5, 4.2, columns=2)
    layout = nx.circular_layout(shots[0][1])
    for (day, graph), axes in zip(shots, places, strict=True):
        sizes = [200 + graph.nodes[n]["equity"] / 1e7 for n in graph]
        colors = ["#999" if graph.nodes[n]["failed"] else "#b9d9eb" for n in graph]
        widths = [0.4 + graph.edges[e]["cents"] / 2e9 for e in graph.edges]
        nx.draw_networkx(
            graph,
            layout,
            ax=axes,
            node_size=sizes,
            node_color=colors,
            width=widths,
            font_size=7,
            edge_color="#666",
            arrowsize=9,
        )
        axes.set_title(f"day {day}", fontsize=10)
        axes.margins(0.25)
        axes.axis("off")
    caption = (
        "Arrows run from lender to borrower, as thick as the loan; circles grow with "
        "equity, grey banks have failed."
    )
    return to_picture(figure, "Loans between banks, before and after", caption)
