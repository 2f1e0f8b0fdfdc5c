"""The training curve as a picture."""

from pathlib import Path

import matplotlib

from phantom.jsonl import read_jsonl, replace_file
from phantom.training.progress import CurvePoint

SCORES = {"ents_f": "entities F1", "rel_micro_f": "relations F1, end to end"}


def plot_curve(points_path: Path, output: Path) -> None:
    """Draw scores on dev and losses against the words seen.

    points_path (Path): The curve as `phantom.training.loop` records it (.jsonl).
    output (Path): The picture (.png).
    """
    matplotlib.use("Agg")
    from matplotlib import pyplot

    points = list(read_jsonl(points_path, CurvePoint))
    words = [point.words / 1000 for point in points]
    figure, (above, below) = pyplot.subplots(
        2, 1, sharex=True, figsize=(7, 6), layout="constrained"
    )
    for key, name in SCORES.items():
        values = [point.scores.get(key) for point in points]
        if any(value is not None for value in values):
            above.plot(words, [100 * (v or 0) for v in values], "o-", label=name)
    above.set(ylabel="score on synthetic dev (%)", ylim=(0, 100))
    for name in points[0].losses if points else ():
        # The first point holds one step, the others all since the one before.
        losses = [point.losses[name] for point in points[1:]]
        below.plot(words[1:], losses, "o-", label=name)
    below.set(xlabel="words seen (thousands)", ylabel="loss since the last point")
    below.set_yscale("log")
    for axes in (above, below):
        axes.grid(alpha=0.3)
        if axes.get_legend_handles_labels()[0]:
            axes.legend(loc="best", frameon=False)
    with replace_file(output) as temporary:
        figure.savefig(temporary, dpi=150)
    pyplot.close(figure)
