"""Which source of a hybrid corpus was drawn when, as a picture."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import matplotlib

from phantom.jsonl import read_jsonl, replace_file
from phantom.records import Record


class Draws(Record):
    """A line of the log of `phantom.HybridCorpus.v1`.

    words (int): Drawn from the beginning. drawn (Dict[str, int]): Examples by source
        since the line before.
    """

    words: int
    drawn: dict[str, int]


def read_draws(path: Path) -> list[Draws]:
    """Read the log. RAISES: ValueError with `path:line` if a line is none."""
    return list(read_jsonl(path, Draws))


def count_draws(draws: Sequence[Draws]) -> Counter[str]:
    """Examples drawn by source, over all."""
    total: Counter[str] = Counter()
    for row in draws:
        total.update(row.drawn)
    return total


def to_shares(draws: Sequence[Draws]) -> dict[str, list[float]]:
    """The part of each source in each line, in percent; 0 where nothing was drawn."""
    names = list(dict.fromkeys(name for row in draws for name in row.drawn))
    return {
        name: [
            100 * row.drawn.get(name, 0) / max(1, sum(row.drawn.values()))
            for row in draws
        ]
        for name in names
    }


def plot_draws(draws: Sequence[Draws], output: Path) -> None:
    """Draw stacked areas: shares of the sources against the words drawn.

    output (Path): The picture (.png).
    RAISES: ValueError if there is no line.
    """
    if not draws:
        raise ValueError(f"{output}: nothing was drawn; train longer, then draw it")
    matplotlib.use("Agg")
    from matplotlib import pyplot

    shares = to_shares(draws)
    words = [row.words / 1000 for row in draws]
    figure, axes = pyplot.subplots(figsize=(7, 3.5), layout="constrained")
    axes.stackplot(words, list(shares.values()), labels=list(shares), step="pre")
    axes.set(xlabel="words drawn (thousands)", ylabel="share of examples (%)")
    axes.set(ylim=(0, 100), xlim=(0, words[-1]))
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=3, frameon=False)
    with replace_file(output) as temporary:
        figure.savefig(temporary, dpi=150)
    pyplot.close(figure)
