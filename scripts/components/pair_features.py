"""Pair features: one vector per candidate pair, without weights that join pairs."""

from collections.abc import Callable
from typing import Any, Optional

import numpy as np
from spacy.util import registry
from thinc.api import Gelu, Model
from thinc.types import Floats2d

# Edges of the distance buckets in tokens, those of `phantom.PairEncoder.v1` joined.
EDGES = (0, 2, 4, 9, 19, 40)
Candidates = dict[str, np.ndarray]
PairInput = tuple[list[Floats2d], Candidates]


@registry.architectures("phantom.PairFeatures.v1")
def build_pair_features(width: int = 64) -> Model[PairInput, Floats2d]:
    """Means of both mentions and of the words between and around them, then a layer.

    Nothing is learned before that layer, and no gradient goes back to the vectors: it
    is for encoders that stay as they are, such as under differential privacy.

    width (int): Of the pair vector.
    RETURNS (Model): From token vectors per doc (tokens, nI) and candidates, see
        `phantom.PairTensor.v1`, to pair vectors (P, width). Dim "nT" is the number of
        entity types and has to be set before initialisation.
    """
    return Model(
        "pair_features",
        _forward,
        init=_init,
        layers=[Gelu(width)],
        dims={"nI": None, "nO": width, "nT": None},
    )


@registry.misc("phantom.PairFeatures.v1")
def pair_features(
    vectors: list[np.ndarray], candidates: Candidates, types: int
) -> np.ndarray:
    """What is known of each pair: (P, 5 * width + buckets + 2 * types).

    Means of head, tail, head times tail, the words between, and those up to eight
    before and behind; distance in tokens, signed, as one of the buckets; both types.

    vectors (List[Floats2d]): Token vectors of each doc (tokens, width).
    types (int): Number of entity types, with those that are none and not known.
    """
    width = vectors[0].shape[1] if vectors else 0
    lengths = np.asarray([len(v) for v in vectors], dtype="int64")
    sums = np.zeros((lengths.sum() + 1, width), dtype="float64")
    if width:
        np.cumsum(np.concatenate(vectors), axis=0, dtype="float64", out=sums[1:])
    doc, start, end, kind = (
        candidates[f"mention_{key}"] for key in ("doc", "start", "end", "type")
    )
    first = np.cumsum(lengths) - lengths
    low, high = first[doc], (first + lengths)[doc]
    start, end = start + low, end + low
    heads, tails = candidates["heads"], candidates["tails"]

    def mean(begin: np.ndarray, stop: np.ndarray) -> np.ndarray:
        size = np.maximum(stop - begin, 1)[:, None]
        stop = np.maximum(stop, begin)
        return ((sums[stop] - sums[begin]) / size).astype("float32")

    head, tail = (mean(start[x], end[x]) for x in (heads, tails))
    left = np.minimum(start[heads], start[tails])
    right = np.maximum(end[heads], end[tails])
    inner = np.minimum(end[heads], end[tails])
    outer = np.maximum(start[heads], start[tails])
    around = mean(np.maximum(left - 8, low[heads]), np.minimum(right + 8, high[heads]))
    gap = np.where(heads < tails, 1, -1) * (outer - inner)
    size = np.searchsorted(EDGES, np.abs(gap))
    bucket = np.where(heads < tails, size, len(EDGES) + 1 + size)
    numbers = [
        _one_hot(bucket, 2 * len(EDGES) + 2),
        *(_one_hot(kind[x], types) for x in (heads, tails)),
    ]
    scale = np.float32(max(width, 1) ** 0.5)
    product = head * tail * scale
    return np.concatenate(
        [head, tail, product, mean(inner, outer), around, *numbers], axis=1
    )


def _one_hot(values: np.ndarray, size: int) -> np.ndarray:
    return (values[:, None] == np.arange(size)[None]).astype("float32")


def _init(model: Model, X: Optional[PairInput] = None, Y: Any = None) -> None:
    if model.has_dim("nI") is None and X is not None:
        model.set_dim("nI", X[0][0].shape[1])
    width, types = model.get_dim("nI"), model.get_dim("nT")
    inputs = 5 * width + 2 * len(EDGES) + 2 + 2 * types
    model.layers[0].set_dim("nI", inputs, force=True)
    model.layers[0].initialize()


def _forward(
    model: Model, X: PairInput, is_train: bool
) -> tuple[Floats2d, Callable[[Floats2d], list[Floats2d]]]:
    vectors, candidates = X
    ops = model.ops
    backprop_layer: Callable[[Floats2d], Any] | None = None
    if len(candidates["heads"]):
        arrays = [ops.to_numpy(vector) for vector in vectors]
        rows = pair_features(arrays, candidates, model.get_dim("nT"))
        Y, backprop_layer = model.layers[0](ops.asarray2f(rows), is_train)
    else:
        Y = ops.alloc2f(0, model.get_dim("nO"))

    def backprop(dY: Floats2d) -> list[Floats2d]:
        if backprop_layer is not None:
            backprop_layer(dY)
        return [ops.xp.zeros_like(vector) for vector in vectors]

    return Y, backprop
