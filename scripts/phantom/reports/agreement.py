"""How far people agree and how right the labels are, as a picture."""

from pathlib import Path
from typing import Any

import matplotlib

from phantom.jsonl import replace_file

SCORES = {
    "kappa_verdicts": "kappa, verdicts",
    "kappa_tokens": "kappa, tokens",
    "mentions_f": "F1, mentions",
    "relations_f": "F1, relations",
}


def plot_agreement(figures: dict[str, Any], output: Path) -> None:
    """Draw scores of each pair, and label precision with its 95% intervals.

    figures (Dict[str, Any]): As `measure_agreement` returns them.
    output (Path): The picture (.png).
    """
    matplotlib.use("Agg")
    from matplotlib import pyplot

    pairs, precision = figures["pairs"], figures["precision"]
    heights = [max(1.6, 0.35 * len(rows) + 1) for rows in (pairs, precision)]
    figure, (above, below) = pyplot.subplots(
        2,
        1,
        figsize=(7, sum(heights) + 1),
        height_ratios=heights,
        layout="constrained",
    )
    for offset, (key, name) in enumerate(SCORES.items()):
        rows = [(i, p[key]) for i, p in enumerate(pairs) if p[key] is not None]
        places = [i + 0.15 * (offset - 1.5) for i, _ in rows]
        above.plot([value for _, value in rows], places, "o", label=name)
    above.set_yticks(range(len(pairs)), [" and ".join(p["people"]) for p in pairs])
    lowest = min((p[key] or 0 for p in pairs for key in SCORES), default=0)
    above.set(xlim=(min(-0.25, lowest - 0.05), 1.05), title="agreement of people")
    if pairs:
        above.set_ylim(-0.5, len(pairs) - 0.5)
        beside = {"loc": "center left", "bbox_to_anchor": (1.01, 0.5)}
        above.legend(frameon=False, fontsize="small", **beside)
    for i, row in enumerate(precision.values()):
        below.plot([row["low"], row["high"]], [i, i], "-", color="tab:gray")
        below.plot(row["share"], i, "o", color="tab:blue")
    names = [f"{name} ({row['of']:,})" for name, row in precision.items()]
    below.set_yticks(range(len(precision)), names)
    below.set(xlim=(0, 1.02), title="left as it was, with 95% interval")
    for axes in (above, below):
        axes.invert_yaxis()
        axes.grid(alpha=0.3)
    with replace_file(output) as temporary:
        figure.savefig(temporary, dpi=150)
    pyplot.close(figure)
