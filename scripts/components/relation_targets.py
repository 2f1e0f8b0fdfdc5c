"""Training targets: candidate pairs of gold entities and the labels they bear."""

from collections.abc import Callable, Iterable
from typing import Any, Optional

import numpy as np
from spacy.tokens import Doc, Span
from spacy.training import Example
from spacy.util import registry

Schema = dict[str, dict[str, Any]]
Pairs = tuple[np.ndarray, np.ndarray, np.ndarray]
# Head and tail as a relation has them, the label, and what to learn in place of 0 or 1.
CHANCES = "relation_chances"
# Mentions that are no names: ends of relations, and no entities.
NOMINAL = "nominal"
Targets = tuple[list[list[Span]], Pairs, np.ndarray, np.ndarray, dict[str, int]]


@registry.misc("phantom.RelationTargets.v1")
def relation_targets(
    examples: Iterable[Example],
    schema: Schema,
    generate: Callable[[list[list[Span]], Schema], Pairs],
) -> Targets:
    """Candidate pairs of the gold mentions, with targets and what was lost.

    schema (dict): Head and tail entity labels of each relation label.
    generate (Callable): The candidate generator.
    RETURNS (Tuple): Mentions of each doc in predicted tokens; the candidates;
        targets (P, L), 1 where a pair bears a label, or the chance that
        `user_data["relation_chances"]` of the reference has; a mask (P, L), 1 where
        that is known and allowed; counts of `entities` and `relations`, of both that
        could not be aligned to the predicted tokens (`*_unaligned`), and of relations
        that are no candidates by schema or distance (`relations_uncovered`).
    """
    counts = dict.fromkeys(
        (
            "entities",
            "entities_unaligned",
            "relations",
            "relations_unaligned",
            "relations_uncovered",
        ),
        0,
    )
    labels = {label: column for column, label in enumerate(schema)}
    mentions: list[list[Span]] = []
    gold: list[tuple[int, int, str]] = []
    first = 0
    rows = []
    chances: list[tuple[Any, Any, str, float]] = []
    for example in examples:
        aligned = {}
        for ent in gold_mentions(example.reference):
            counts["entities"] += 1
            span = align_span(example, ent)
            if span is None:
                counts["entities_unaligned"] += 1
            else:
                aligned[ent.start, ent.end] = span
        places = {key: first + i for i, key in enumerate(aligned)}
        mentions.append(list(aligned.values()))
        first += len(aligned)
        relations = example.reference._.relations
        for relation in relations or ():
            counts["relations"] += 1
            head = places.get(tuple(relation["head"]))
            tail = places.get(tuple(relation["tail"]))
            if head is None or tail is None:
                counts["relations_unaligned"] += 1
            else:
                gold.append((head, tail, relation["label"]))
        for head, tail, label, chance in example.reference.user_data.get(CHANCES, ()):
            ends = (places.get(tuple(head)), places.get(tuple(tail)))
            chances.append((*ends, label, chance))
        only = example.reference.user_data.get("relation_labels", labels)
        rows.append([relations is not None and label in only for label in labels])
    known = np.asarray(rows, dtype="float32").reshape(len(rows), len(labels))
    heads, tails, allowed = generate(mentions, schema)
    doc = np.repeat(np.arange(len(mentions)), [len(spans) for spans in mentions])
    mask = known[doc[heads]] * allowed
    targets = np.zeros(allowed.shape, dtype="float32")
    index = {
        pair: i
        for i, pair in enumerate(zip(heads.tolist(), tails.tolist(), strict=True))
    }
    for head, tail, label in gold:
        if schema.get(label, {}).get("symmetric"):
            head, tail = min(head, tail), max(head, tail)
        row, column = index.get((head, tail)), labels.get(label)
        if row is None or column is None or not allowed[row, column]:
            counts["relations_uncovered"] += 1
        else:
            targets[row, column] = 1
    for head, tail, label, chance in chances:
        row = index.get((head, tail))
        if row is not None and label in labels:
            targets[row, labels[label]] = chance
    return mentions, (heads, tails, allowed), targets, mask, counts


@registry.misc("phantom.GoldMentions.v1")
def gold_mentions(doc: Doc) -> list[Span]:
    """What relations of a reference may join: entities and `spans["nominal"]`."""
    nominal = doc.spans.get(NOMINAL, ())
    return sorted([*doc.ents, *nominal], key=lambda span: span.start)


def align_span(example: Example, span: Span) -> Optional[Span]:
    """The predicted doc's tokens that cover a reference span exactly, or None."""
    predicted = example.predicted
    if predicted.text == example.reference.text:
        return predicted.char_span(span.start_char, span.end_char, span.label_)
    found = example.get_aligned_spans_y2x([span])
    return found[0] if found else None


@registry.misc("phantom.LostTargets.v1")
def lost_targets(counts: dict[str, int]) -> list[str]:
    """What training cannot see, in words; see `relation_targets` for the counts."""
    reasons = (
        ("entities_unaligned", "gold entities do not start and end on tokens"),
        ("relations_unaligned", "gold relations have no aligned entity"),
        (
            "relations_uncovered",
            "gold relations are no candidates (schema, distance)",
        ),
    )
    return [
        f"{counts[key]} of {counts[key.split('_')[0]]} {reason}"
        for key, reason in reasons
        if counts[key]
    ]


@registry.misc("phantom.RelationLoss.v1")
def relation_loss(
    logits: np.ndarray,
    targets: np.ndarray,
    mask: np.ndarray,
    positive_weight: float,
    exclusive: bool = False,
) -> tuple[float, np.ndarray]:
    """Cross-entropy, summed over what is known, and its gradient.

    logits, targets, mask (Floats2d): Pairs by labels (P, L); the mask's numbers are
        weights, 0 for what is not known.
    positive_weight (float): Weight of the cells whose target is a half or more, or
        of the pairs that bear a label if labels exclude each other.
    exclusive (bool): One choice per pair among its known labels and none, instead
        of one decision per cell. A pair that bears several is shared among them.
    RETURNS (Tuple[float, Floats2d]): The loss and its gradient (P, L).
    """
    if exclusive:
        shares = targets / np.maximum(targets.sum(axis=1, keepdims=True), 1)
        bears = shares.sum(axis=1) >= 0.5
        weight = np.where(bears, positive_weight, 1.0) * mask.max(axis=1, initial=0)
        known = np.where(mask > 0, logits, -np.inf)
        total = np.logaddexp.reduce(known, axis=1, initial=0.0)
        losses = total - (shares * np.where(mask > 0, logits, 0)).sum(axis=1)
        rest = np.exp(known - total[:, None]) - shares
        return float((losses * weight).sum()), (rest * weight[:, None]).astype("f")
    weights = np.where(targets >= 0.5, positive_weight, 1.0) * mask
    # log(1 + e^x) - x * y is the form that does not overflow.
    losses = np.logaddexp(0, logits) - logits * targets
    gradient = (0.5 * (1 + np.tanh(0.5 * logits)) - targets) * weights
    return float((losses * weights).sum()), gradient.astype("float32")


@registry.misc("phantom.RelationProbabilities.v1")
def relation_probabilities(
    logits: np.ndarray, allowed: np.ndarray, temperature: float, exclusive: bool
) -> np.ndarray:
    """Probability of each label of each pair (P, L), 0 where it is not allowed.

    temperature (float): Divides the logits; above 1 it makes scores more modest.
    exclusive (bool): Labels and none share one probability per pair, and all but
        the likeliest label have 0.
    RAISES: ValueError for logits that are no numbers, which would be no relation.
    """
    if not np.isfinite(logits).all():
        raise ValueError(
            "relation scores are no numbers (NaN or infinite): the weights are damaged "
            "or training went astray; load others, or train with a lower learn rate"
        )
    logits = logits / temperature
    if not exclusive:
        return 0.5 * (1 + np.tanh(0.5 * logits)) * allowed
    known = np.where(allowed, logits, -np.inf)
    total = np.logaddexp.reduce(known, axis=1, initial=0.0)
    scores = np.exp(known - total[:, None])
    if scores.shape[1]:
        best = scores.argmax(axis=1)[:, None] == np.arange(scores.shape[1])
        scores = np.where(best, scores, 0)
    return scores.astype(logits.dtype)
