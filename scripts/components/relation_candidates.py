"""Candidate generation: which pairs of mentions may stand in a relation at all."""

from collections.abc import Callable
from functools import partial
from typing import Any, Optional

import numpy as np
from spacy.attrs import IS_SPACE
from spacy.tokens import Span
from spacy.util import registry

Schema = dict[str, dict[str, Any]]
Pairs = tuple[np.ndarray, np.ndarray, np.ndarray]
Generator = Callable[[list[list[Span]], Schema], Pairs]


@registry.misc("phantom.TypedPairs.v1")
def make_typed_pairs(max_distance: Optional[int] = None) -> Generator:
    """Pairs that the relation schema allows by entity label, within a distance.

    max_distance (Optional[int]): Most tokens between the two mentions, those of
        white space not counted; 0 takes only neighbours, None any pair of one doc.
        The number of pairs grows with the square of the mentions without it, and
        linearly with it.
    RETURNS (Callable): Takes the mentions of each doc (List[List[Span]], sorted by
        start) and the schema `{label: {"head": [...], "tail": [...], "symmetric":
        bool}}`, where an empty list allows every entity label. Returns `heads` and
        `tails` (P,), indexes into all mentions in order, and `allowed` (P, L), the
        labels that each pair may bear, in the order of the schema. A symmetric
        label sees a pair once, with the earlier mention as head.
    RAISES: ValueError if `max_distance` is negative.
    """
    if max_distance is not None and max_distance < 0:
        raise ValueError(
            f"phantom.TypedPairs.v1: max_distance is {max_distance}; "
            "set it to 0 or more tokens, or to null for no limit"
        )

    return partial(_generate, max_distance=max_distance)


def _generate(
    mentions: list[list[Span]], schema: Schema, max_distance: Optional[int]
) -> Pairs:
    """See `make_typed_pairs`; a function of the module, so that it can be pickled."""
    heads, tails = _pair_up(mentions, max_distance)
    if not len(heads) or not schema:
        none = np.zeros((0,), dtype="int64")
        return none, none, np.zeros((0, len(schema)), dtype="bool")
    names = [span.label_ for spans in mentions for span in spans]
    types, which = np.unique(names, return_inverse=True)
    table, reverse = _type_tables(types.tolist(), schema)
    head_types, tail_types = which[heads], which[tails]
    forward = (heads < tails)[:, None]
    allowed = table[head_types, tail_types]
    symmetric = np.asarray([bool(rule.get("symmetric")) for rule in schema.values()])
    either = (allowed | reverse[head_types, tail_types]) & forward
    allowed = np.where(symmetric, either, allowed)
    keep = allowed.any(axis=1)
    return heads[keep], tails[keep], allowed[keep]


def _pair_up(
    mentions: list[list[Span]], max_distance: Optional[int]
) -> tuple[np.ndarray, np.ndarray]:
    """All ordered pairs of different mentions of one doc, within the distance.

    RETURNS (Tuple[Ints1d, Ints1d]): Head and tail indexes (P,), sorted by head.
    """
    sizes = np.asarray([len(spans) for spans in mentions], dtype="int64")
    firsts = np.repeat(np.cumsum(sizes) - sizes, sizes)
    lasts = firsts + np.repeat(sizes, sizes)
    index = np.arange(len(firsts))
    if max_distance is not None and len(index):
        # Docs are laid out one after the other, too far apart to reach across.
        gap = max_distance + 1
        bounds = [_bounds(spans) for spans in mentions if spans]
        lengths = [b[-1, 1] + gap for b in bounds]
        base = np.cumsum(lengths) - lengths
        laid = [b + first for b, first in zip(bounds, base, strict=True)]
        starts, ends = np.concatenate(laid).T
        firsts = np.maximum(firsts, np.searchsorted(ends, starts - max_distance))
        lasts = np.minimum(
            lasts, np.searchsorted(starts, ends + max_distance, side="right")
        )
    counts = lasts - firsts
    heads = np.repeat(index, counts)
    steps = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    tails = np.repeat(firsts, counts) + steps
    different = heads != tails
    return heads[different], tails[different]


def _bounds(spans: list[Span]) -> np.ndarray:
    """Where mentions of one doc start and end (M, 2), in tokens but white space."""
    bounds = np.asarray([(span.start, span.end) for span in spans], dtype="int64")
    is_space = spans[0].doc.to_array([IS_SPACE]).ravel().astype("bool")
    if is_space.any():
        bounds = np.concatenate([[0], np.cumsum(~is_space)])[bounds]
    return bounds


def _type_tables(types: list[str], schema: Schema) -> tuple[np.ndarray, np.ndarray]:
    """Which labels two entity types allow, as they stand and turned round.

    RETURNS (Tuple[Bools3d, Bools3d]): Two tables (T, T, L), head type first.
    """

    def fits(side: str) -> np.ndarray:
        sides = [rule.get(side) or types for rule in schema.values()]
        return np.asarray([[t in side for side in sides] for t in types])

    heads, tails = fits("head"), fits("tail")
    table = heads[:, None] & tails[None, :]
    return table, table.transpose(1, 0, 2)


@registry.misc("phantom.RelationArrays.v1")
def relation_arrays(
    mentions: list[list[Span]], pairs: Pairs, entity_types: list[str]
) -> dict[str, np.ndarray]:
    """Mentions and candidate pairs as the pair tensor reads them.

    entity_types (List[str]): Those known, from number 2 on; 1 is any other.
    """
    types = {label: i + 2 for i, label in enumerate(entity_types)}
    rows = [
        (doc, span.start, span.end, types.get(span.label_, 1))
        for doc, spans in enumerate(mentions)
        for span in spans
    ]
    columns = np.asarray(rows, dtype="int64").reshape(-1, 4).T
    keys = ("mention_doc", "mention_start", "mention_end", "mention_type")
    named = dict(zip(("heads", "tails", "allowed"), pairs, strict=True))
    return {**dict(zip(keys, columns, strict=True)), **named}
