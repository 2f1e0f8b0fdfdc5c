"""Tagger model: a small head over token vectors, one output for each tag."""

import functools
from collections.abc import Callable
from functools import partial
from typing import Any, Optional

import numpy as np
from spacy.attrs import IS_PUNCT, IS_TITLE, IS_UPPER, LIKE_NUM
from spacy.tokens import Doc
from spacy.util import registry
from thinc.api import Gelu, Linear, Model, chain, expand_window, with_array
from thinc.types import Floats2d, Ragged

# Parts of other files, looked up once: components/README.md says why.
find_part = functools.cache(registry.misc.get)

# What an encoder of lower-cased text does not see.
SHAPES = (IS_TITLE, IS_UPPER, LIKE_NUM, IS_PUNCT)


@registry.architectures("phantom.TaggerModel.v1")
def build_tagger_model(
    tok2vec: Model[list[Doc], list[Floats2d]],
    width: int = 64,
    nO: Optional[int] = None,
    mixup: float = 0.0,
) -> Model[list[Doc], list[Floats2d]]:
    """Score the tags of each word by its vector, its shape and its two neighbours.

    Layers "reads", "joins" and "writes" are its refs, for whoever trains them apart.

    tok2vec (Model[List[Doc], List[Floats2d]]): Token vectors, usually a listener.
    width (int): Of both hidden layers.
    nO (Optional[int]): Number of tags; the component sets it.
    mixup (float): In training the vectors of each passage's words are blended with
        those of another of the batch, place by place, by shares of the distribution
        Beta(mixup, mixup), such as 0.2; 0 for none.
    RETURNS (Model): From docs to scores of their words (words, nO), those of white
        space left out.
    RAISES: ValueError for mixup below 0.
    """
    find_part("phantom.CheckMixup.v1")(mixup)
    reads, joins, writes = Gelu(width), Gelu(width), Linear(nO=nO)
    head: Model = chain(
        with_array(reads),
        expand_window(window_size=1),
        with_array(chain(joins, writes)),
    )
    return Model(
        "tagger_model",
        # No attribute, since those are saved and would go before a config at load.
        partial(_forward, mixup=mixup),
        init=_init,
        layers=[tok2vec, head],
        refs={"tok2vec": tok2vec, "reads": reads, "joins": joins, "writes": writes},
        dims={"nO": nO},
    )


@registry.misc("phantom.WordFeatures.v1")
def word_features(doc: Doc, vectors: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Vectors of the words at these places, and their shapes (words, width + 4).

    Those are 1 for a capital at the beginning, for all capitals, a number, a mark.
    """
    shapes = doc.to_array(list(SHAPES)).astype("float32").reshape(-1, len(SHAPES))
    return np.concatenate([vectors[places], shapes[places]], axis=1)


def _init(model: Model, X: Optional[list[Doc]] = None, Y: Any = None) -> None:
    tok2vec, head = model.layers
    tok2vec.initialize(X=X)
    width = tok2vec.maybe_get_dim("nO")
    if width is None:
        width = tok2vec.predict(X or [])[0].shape[1]
    model.get_ref("writes").set_dim("nO", model.get_dim("nO"), force=True)
    ops = model.ops
    words = Ragged(ops.alloc2f(1, width + len(SHAPES)), ops.asarray1i([1]))
    head.initialize(X=words)


def _forward(
    model: Model, docs: list[Doc], is_train: bool, mixup: float
) -> tuple[list[Floats2d], Callable[[list[Floats2d]], list[Doc]]]:
    tok2vec, head = model.layers
    ops = model.ops
    vectors, backprop_vectors = tok2vec(docs, is_train)
    find = find_part("phantom.WordPlaces.v1")
    places = [find(doc) for doc in docs]
    rows = [
        ops.asarray2f(word_features(doc, ops.to_numpy(vector), place))
        for doc, vector, place in zip(docs, vectors, places, strict=True)
        if len(place)
    ]
    if not rows:
        nothing = [ops.alloc2f(0, model.get_dim("nO")) for _ in docs]
        return nothing, lambda d: backprop_vectors(
            [ops.xp.zeros_like(v) for v in vectors]
        )
    words = ops.xp.concatenate(rows)
    unblend: Callable[[Floats2d], Floats2d] = _same
    if is_train and mixup:
        blend = find_part("phantom.BlendWords.v1")
        words, unblend = blend(model, words, [len(p) for p in places], mixup)
    lengths = ops.asarray1i([len(p) for p in places])
    scores, backprop_head = head(Ragged(words, lengths), is_train)

    def backprop(d_scores: list[Floats2d]) -> list[Doc]:
        flat = ops.xp.concatenate([d for d in d_scores if len(d)])
        d_rows = unblend(backprop_head(Ragged(flat, lengths)).dataXd)
        gradients = []
        for vector, part, p in zip(
            vectors, ops.unflatten(d_rows, lengths), places, strict=True
        ):
            gradient = ops.xp.zeros_like(vector)
            if len(p):
                gradient[ops.xp.asarray(p)] = part[:, : vector.shape[1]]
            gradients.append(gradient)
        return backprop_vectors(gradients)

    return ops.unflatten(scores.dataXd, lengths), backprop


def _same(gradient: Floats2d) -> Floats2d:
    return gradient
