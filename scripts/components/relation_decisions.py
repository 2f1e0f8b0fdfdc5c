"""What probabilities decide: the relations of each doc, as they are written."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from spacy.tokens import Span
from spacy.util import registry


@registry.misc("phantom.RelationDecisions.v1")
def decide(
    mentions: Sequence[Sequence[Span]],
    candidates: dict[str, np.ndarray],
    probabilities: np.ndarray,
    least: np.ndarray,
    labels: Sequence[str],
) -> list[list[dict[str, Any]]]:
    """Turn the pairs that are likely enough into `Doc._.relations`.

    mentions (Sequence[Sequence[Span]]): By doc, as the candidates count them.
    candidates (Dict[str, ndarray]): `mention_doc` by mention, `heads` and `tails` by
        pair.
    probabilities (ndarray): Shape (pairs, labels).
    least (ndarray): What is written, shape (labels,) or (pairs, labels).
    RETURNS (List[List[Dict[str, Any]]]): For each doc, ends in token offsets.
    """
    places = [[span.start, span.end] for ents in mentions for span in ents]
    found: list[list[dict[str, Any]]] = [[] for _ in mentions]
    hits = np.nonzero(probabilities >= least)
    heads, tails = candidates["heads"][hits[0]], candidates["tails"][hits[0]]
    docs, scores = candidates["mention_doc"][heads], probabilities[hits]
    columns = [row.tolist() for row in (docs, heads, tails, hits[1], scores)]
    for doc, head, tail, label, score in zip(*columns, strict=True):
        found[doc].append(
            {
                "head": list(places[head]),
                "tail": list(places[tail]),
                "label": labels[label],
                "score": score,
            }
        )
    return found
