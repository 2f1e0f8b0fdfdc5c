"""Relations whose names share their scores: the pairs that a score is the mean of."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from spacy.tokens import Doc
from thinc.api import NumpyOps
from torch import Tensor

from phantom.runtime import register_components

Places = list[tuple[int, int]]


def shared_pairs(
    extractor: Any, doc: Doc, own: Sequence[tuple[int, int]]
) -> tuple[Places, Tensor]:
    """The pairs of mentions that the scores of some are made of; see `share_names`.

    own (Sequence[Tuple[int, int]]): Heads and tails, as places in `doc.ents`.
    RETURNS (Tuple[List[Tuple[int, int]], Tensor]): All pairs that bear the names of one
        of them, or just these where names do not share; and how much each of those
        counts for each of these (own, all).
    """
    if not getattr(extractor.model._func, "keywords", {}).get("share_names"):
        return list(own), torch.eye(len(own))
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
    one = np.eye(len(kept), dtype="float32")
    weights, _ = names.share_names([doc], candidates, one, NumpyOps())
    return [pairs[i] for i in kept], torch.from_numpy(
        weights[np.searchsorted(kept, rows)]
    )
