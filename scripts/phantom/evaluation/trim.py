"""Spans shrunk to what a benchmark marks, such as the bare number of an amount."""

import re
from collections.abc import Sequence

from phantom.evaluation.baselines import Surfaces
from phantom.evaluation.types import Link, Mention, Prediction

Patterns = dict[str, str]


def trim(patterns: Patterns, text: str, prediction: Prediction) -> Prediction:
    """Shrink predicted mentions, and the ends of relations with them.

    patterns (Dict[str, str]): Regular expression by label; its first match is kept,
        and all where there is none.
    """
    if not patterns:
        return prediction
    entities = trim_mentions(patterns, text, prediction.entities)
    pairs = zip(prediction.entities, entities, strict=True)
    spans = {(old[0], old[1]): (new[0], new[1]) for old, new in pairs}
    links = [
        Link(spans.get(x.head, x.head), spans.get(x.tail, x.tail), x.label, x.score)
        for x in prediction.relations
    ]
    return prediction._replace(entities=entities, relations=links)


def trim_mentions(
    patterns: Patterns, text: str, mentions: Sequence[Mention]
) -> list[Mention]:
    """Shrink mentions, whoever found them."""
    trimmed = []
    for start, end, label in mentions:
        first, last = _find(patterns, label, text[start:end])
        trimmed.append((start + first, start + last, label))
    return trimmed


def trim_surfaces(patterns: Patterns, surfaces: Surfaces) -> Surfaces:
    """Shrink the surfaces that training saw, so that gold can be compared with them."""
    trimmed = set()
    for label, surface in surfaces:
        first, last = _find(patterns, label, surface)
        trimmed.add((label, surface[first:last]))
    return trimmed


def _find(patterns: Patterns, label: str, surface: str) -> tuple[int, int]:
    match = re.search(patterns[label], surface) if label in patterns else None
    return match.span() if match else (0, len(surface))
