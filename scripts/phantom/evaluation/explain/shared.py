"""Relations whose names share their scores: the pairs that a score is made of."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from spacy.tokens import Doc
from torch import Tensor

from phantom.runtime import register_components

Places = list[tuple[int, int]]
Join = Callable[[Tensor], Tensor]


def shared_pairs(
    extractor: Any, doc: Doc, own: Sequence[tuple[int, int]]
) -> tuple[Places, Join]:
    """The pairs of mentions that the scores of some are made of; see `share_names`.

    own (Sequence[Tuple[int, int]]): Heads and tails, as places in `doc.ents`.
    RETURNS (Tuple[List[Tuple[int, int]], Callable]): All pairs that bear the names of
        one of them, or just these where names do not share; and from logits of those
        (variants, all, labels) to those of these (variants, own, labels).
    """
    settings = getattr(extractor.model._func, "keywords", {})
    if not settings.get("share_names"):
        return list(own), lambda logits: logits
    types = {label: i + 2 for i, label in enumerate(extractor.cfg["types"])}
    heads, tails, _ = extractor.candidates([list(doc.ents)], extractor.schema)
    candidates = {
        "mention_doc": np.zeros(len(doc.ents), dtype="int64"),
        "mention_start": np.array([ent.start for ent in doc.ents]),
        "mention_end": np.array([ent.end for ent in doc.ents]),
        "mention_type": np.array([types.get(ent.label_, 1) for ent in doc.ents]),
        "heads": heads,
        "tails": tails,
    }
    names = register_components()["relation_names"]
    groups = names.name_groups([doc], candidates)
    pairs = list(zip(heads.tolist(), tails.tolist(), strict=True))
    place = {pair: i for i, pair in enumerate(pairs)}
    rows = [place[pair] for pair in own]
    kept = np.flatnonzero(np.isin(groups, groups[rows]))
    candidates |= {"heads": heads[kept], "tails": tails[kept]}
    groups, pooling = groups[kept], settings.get("name_pooling", "mean")
    groups = np.unique(groups, return_inverse=True)[1]
    shares = names.near_weights(candidates, groups, pooling).astype("float32")
    is_of = groups[np.searchsorted(kept, rows)][:, None] == groups[None]
    weights = torch.from_numpy(np.where(is_of, shares[None], 0).astype("float32"))

    def join(logits: Tensor) -> Tensor:
        if pooling == "mean":
            return weights @ logits
        return (logits[:, None] + weights.log()[None, :, :, None]).logsumexp(2)

    return [pairs[i] for i in kept], join
