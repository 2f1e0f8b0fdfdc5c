"""The loss of `pretrain` as a picture."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib

from phantom.jsonl import replace_file
from phantom.training.pretrained import PretrainPoint


def plot_losses(points: Sequence[PretrainPoint], output: Path) -> None:
    """Draw the mean loss of a masked wordpiece against the wordpieces read.

    output (Path): The picture (.png).
    """
    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4), layout="constrained")
    read = [point.wordpieces / 1000 for point in points]
    axes.plot(read, [point.loss for point in points], "o-")
    axes.set(xlabel="wordpieces read (thousands)", ylabel="loss of a masked wordpiece")
    axes.grid(alpha=0.3)
    with replace_file(output) as temporary:
        figure.savefig(temporary, dpi=150)
    pyplot.close(figure)
