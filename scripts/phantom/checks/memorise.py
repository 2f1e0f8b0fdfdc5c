"""Memorisation: is the corpus nearer to the text that was seen than to other text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from phantom.checks.engine.base import (
    Action,
    CheckSkipped,
    Finding,
    Measure,
    Status,
)
from phantom.checks.engine.context import CheckContext
from phantom.checks.engine.corpus import Corpus
from phantom.checks.engine.sides import draw_apart
from phantom.checks.models.statistics import wilson
from phantom.checks.models.vectors import nearest
from phantom.registry import phantom_registry


@dataclass
class Distances:
    """How near the corpus is to real text that was seen, and to other real text.

    to_seen, to_other (ndarray): Cosine of each passage with the nearest text of each
        half, shape (passages,).
    real (ndarray): Cosine of the texts of the other half with the seen ones.
    closest (ndarray): Index of the seen text nearest to each passage.
    """

    to_seen: np.ndarray
    to_other: np.ndarray
    real: np.ndarray
    closest: np.ndarray

    def score(self) -> float:
        """How many passages lie nearer to the text seen; half of those in between."""
        equal = np.abs(self.to_seen - self.to_other) <= 1e-6
        nearer = self.to_seen > self.to_other + 1e-6
        return float(nearer.sum() + 0.5 * equal.sum())


@phantom_registry.phantom_checks("memorisation")
def memorisation(
    corpus: Corpus,
    context: CheckContext,
    *,
    action: Action = "review",
    sample: int = 3000,
    least: int = 10,
    max_share: float = 0.55,
    too_near: float = 0.01,
) -> Iterator[Finding | Measure]:
    """Passages nearer to your text than your texts are to one another.

    The memorisation score is the share of passages that lie nearer to the private
    text than to as much held-out text of the same source: 0.5 if nothing was
    memorised. Without a holdout, private text is split in two, and only the
    distances are told; without private text, the unlabelled real text stands in.

    sample (int): Passages of each side; with fewer than `least`, the check is skipped.
    max_share (float): The score fails if its interval lies beyond.
    too_near (float): Passages nearer to real text than this share of real passages are
        to one another become findings.
    """
    context.require_encoder()
    seen, other = _halves(context, sample)
    if len(seen) < least:
        raise CheckSkipped(f"needs {least} passages on each side of real text")
    ours = list(corpus)[:sample]
    distances = measure_distances([e.text for e in ours], seen, other, context)
    judged = bool(context.private and context.holdout)
    yield _measure_score(distances, len(ours), max_share if judged else None)
    yield _measure_nearest(distances)
    limit = max(float(np.quantile(distances.real, 1 - too_near)), 0.9)
    for i in np.flatnonzero(distances.to_seen > limit):
        cosine, text = distances.to_seen[i], seen[int(distances.closest[i])]
        yield Finding(
            ids=(ours[i].id,),
            severity="error",
            reason="too_near_to_real",
            detail=f"cosine {cosine:.2f} with real text {text[:120]!r}",
            value=round(float(cosine), 4),
            action=action,
        )


def measure_distances(
    ours: Sequence[str],
    seen: Sequence[str],
    other: Sequence[str],
    context: CheckContext,
) -> Distances:
    """Cosines of the encoder's vectors."""
    a, b = context.embed(seen), context.embed(other)
    vectors = context.embed(ours)
    closest = [int(np.argmax(a @ vector)) for vector in vectors]
    return Distances(
        nearest(vectors, a), nearest(vectors, b), nearest(b, a), np.array(closest)
    )


def _halves(context: CheckContext, sample: int) -> tuple[list[str], list[str]]:
    """Real text that was seen, and as much that was not."""
    private = context.read(context.private, "") if context.private else None
    seen = context.real_examples if private is None else private
    rng = np.random.default_rng(context.seed)
    order = [seen[int(i)].text for i in rng.permutation(len(seen))]
    if private is not None and context.holdout:
        other = [e.text for e in context.read(context.holdout, "holdout text")]
        half = min(len(order), len(other), sample)
        return order[:half], other[:half]
    half = min(len(order) // 2, sample)
    return order[:half], order[half : 2 * half]


def _measure_score(distances: Distances, total: int, limit: float | None) -> Measure:
    nearer = distances.score()
    value = round(nearer / max(total, 1), 4)
    interval = wilson(nearer, total)
    low, high = (round(x, 4) for x in interval)
    why = "" if limit else "no private text with holdout, so real text is halved"
    status: Status = "info"
    if limit is not None:
        status = "fail" if interval[0] > limit else "ok"
    return Measure(
        name="memorisation_score",
        value=value,
        low=low,
        high=high,
        target=f"at most {limit}" if limit is not None else "",
        status=status,
        detail=f"share of passages nearer to the text seen than to a holdout; {why}",
        plot=draw_apart("nearer to text seen", value, low, high),
    )


def _measure_nearest(distances: Distances) -> Measure:
    to_seen, real = distances.to_seen, distances.real
    return Measure(
        name="nearest_real_cosine",
        value=round(float(np.median(to_seen)), 4),
        detail=f"median; real text to other real text {np.median(real):.3f}",
        rows=[
            {
                "quantile": q,
                "synthetic to real": round(float(np.quantile(to_seen, q)), 4),
                "real to real": round(float(np.quantile(real, q)), 4),
            }
            for q in (0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0)
        ],
    )
