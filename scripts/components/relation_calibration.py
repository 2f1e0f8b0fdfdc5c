"""Calibrates relation scores: a score of 0.8 is right in 8 of 10 cases."""

import functools
from collections.abc import Iterable
from typing import Any, Optional

import numpy as np
from spacy.language import Language
from spacy.training import Example
from spacy.util import registry

# Parts of other files, looked up once: components/README.md says why.
find_part = functools.cache(registry.misc.get)

# Natural logarithms of the lowest and the highest temperature.
RANGE = (-2.0, 2.0)
STEPS = 40
GOLDEN = (5**0.5 - 1) / 2
Pairs = tuple[np.ndarray, np.ndarray, np.ndarray]


@registry.misc("phantom.CalibrateRelations.v1")
def calibrate_relations(
    nlp: Language, name: str, examples: Iterable[Example]
) -> Optional[float]:
    """Set the temperature of a relation extractor by held-out examples.

    name (str): Of the relation extractor in the pipeline.
    examples (Iterable[Example]): Pairs of their gold entities are scored.
    RETURNS (Optional[float]): The temperature; None, and none set, if no known pair
        bears a relation or all of them do.
    """
    pipe: Any = nlp.get_pipe(name)
    logits, targets, mask = score_gold_pairs(nlp, name, examples)
    bears = (targets * mask).any(axis=1)
    if not bears.any() or bears.all():
        return None
    exclusive = pipe.cfg.get("exclusive", False)
    pipe.cfg["temperature"] = fit_temperature(logits, targets, mask, exclusive)
    return pipe.cfg["temperature"]


@registry.misc("phantom.ScoreGoldPairs.v1")
def score_gold_pairs(
    nlp: Language, name: str, examples: Iterable[Example], batch_size: int = 64
) -> Pairs:
    """Logits of the candidate pairs of gold entities, and what is known of them.

    RETURNS (Tuple[Floats2d, Floats2d, Floats2d]): Logits, targets and mask (P, L), see
        `phantom.RelationTargets.v1`.
    """
    pipe: Any = nlp.get_pipe(name)
    before: list[Any] = [nlp.get_pipe(key) for key in _upstream(nlp, name)]
    # By length, so that the encoder pads little.
    mentions = find_part("phantom.GoldMentions.v1")
    order = [x for x in examples if len(mentions(x.reference)) > 1]
    order.sort(key=lambda x: len(x.predicted))
    none = np.zeros((0, len(pipe.labels)), dtype="float32")
    found: list[Pairs] = [(none, none, none)]
    for start in range(0, len(order), batch_size):
        part = order[start : start + batch_size]
        docs = [x.predicted.copy() for x in part]
        for component in before:
            docs = list(component.pipe(docs, batch_size=batch_size))
        aligned = [Example(doc, x.reference) for doc, x in zip(docs, part, strict=True)]
        batch, targets, mask, _ = pipe._gold(aligned)
        logits = pipe.model.ops.to_numpy(pipe.model.predict((docs, batch)))
        found.append((logits, targets, mask))
    logits, targets, mask = map(np.concatenate, zip(*found, strict=True))
    return logits, targets, mask


def _upstream(nlp: Language, name: str) -> list[str]:
    """Components that the token vectors come from, which listeners name."""
    pipe: Any = nlp.get_pipe(name)
    nodes = pipe.model.walk()
    names = {x.upstream_name for x in nodes if hasattr(x, "upstream_name")}
    return [
        key
        for key, part in nlp.pipeline
        if hasattr(part, "listening_components") and names & {key, "*"}
    ]


@registry.misc("phantom.FitTemperature.v1")
def fit_temperature(
    logits: np.ndarray, targets: np.ndarray, mask: np.ndarray, exclusive: bool
) -> float:
    """The temperature by which known pairs have the least cross-entropy.

    Guo et al. 2017 (arXiv:1706.04599), by golden-section search.

    logits, targets, mask (Floats2d): Pairs by labels (P, L).
    """
    loss = find_part("phantom.RelationLoss.v1")

    def cost(power: float) -> float:
        return loss(logits / np.exp(power), targets, mask, 1.0, exclusive)[0]

    low, high = RANGE
    for _ in range(STEPS):
        width = GOLDEN * (high - low)
        if cost(high - width) <= cost(low + width):
            high = low + width
        else:
            low = high - width
    return round(float(np.exp((low + high) / 2)), 4)


@registry.misc("phantom.CalibrationError.v1")
def calibration_error(
    scores: np.ndarray, targets: np.ndarray, mask: np.ndarray, bins: int = 10
) -> float:
    """Expected calibration error of the likeliest label of each pair.

    How far, on average, the share of right ones is from their score, within bins of
    equal width (Guo et al. 2017, formula 3).

    scores (Floats2d): Probabilities (P, L). Pairs of which nothing is known are left
        out.
    """
    known = (mask > 0).any(axis=1)
    if not known.any():
        return 0.0
    best = np.where(mask > 0, scores, -1.0)[known].argmax(axis=1)
    rows = np.arange(len(best))
    score, right = scores[known][rows, best], targets[known][rows, best]
    which = np.minimum((score * bins).astype(int), bins - 1)
    gaps = [
        abs(score[which == b].mean() - right[which == b].mean()) * (which == b).mean()
        for b in np.unique(which)
    ]
    return float(sum(gaps))
