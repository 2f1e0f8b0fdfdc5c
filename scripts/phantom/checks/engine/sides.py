"""The corpus and the real text that it is compared with, passages of each."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from phantom.checks.engine.base import CheckSkipped, Plot, Point
from phantom.checks.engine.context import CheckContext
from phantom.checks.engine.corpus import Corpus

# Passages of a side, below which a comparison says nothing.
LEAST = 10


def two_sides(
    corpus: Corpus, context: CheckContext, sample: int
) -> tuple[list[str], list[str]]:
    """Texts of the corpus and real texts, `sample` of each at most.

    RAISES: CheckSkipped if a side has too few.
    """
    real = [example.text for example in context.real_examples]
    if min(len(corpus), len(real)) < LEAST:
        raise CheckSkipped(f"needs {LEAST} passages of each side, has {len(real)} real")
    ours = [corpus[i].text for i in draw_sample(corpus, sample, context.seed)]
    return ours, [real[i] for i in draw_sample(real, sample, context.seed)]


def draw_sample(items: Sequence[Any], size: int, seed: int) -> list[int]:
    """Indexes of `size` items in order; of all if there are no more."""
    if len(items) <= size:
        return list(range(len(items)))
    rng = np.random.default_rng(seed)
    chosen = rng.choice(len(items), size, replace=False)
    return sorted(int(i) for i in chosen)


def draw_apart(label: str, value: float, low: float, high: float) -> Plot:
    """A share or an area in the plot of all that tells the two sides apart."""
    return Plot(
        kind="intervals",
        title="Told apart from real text",
        caption="0.5 means that a classifier can't tell, 1 that it always can; bars "
        "are 95% intervals.",
        lines=[0.5],
        limits=(0.3, 1.03),
        points=[Point(label=label, value=value, low=low, high=high)],
    )
