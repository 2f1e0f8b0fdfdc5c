"""Relation model: token vectors, pair tensor and one output per label."""

import functools
from collections.abc import Callable
from functools import partial
from typing import Any, Optional

import numpy as np
from spacy.attrs import IS_SPACE
from spacy.tokens import Doc
from spacy.util import registry
from thinc.api import Linear, Model
from thinc.types import Floats2d

# Parts of other files, looked up once: components/README.md says why.
find_part = functools.cache(registry.misc.get)

Candidates = dict[str, np.ndarray]
RelationInput = tuple[list[Doc], Candidates]
PairInput = tuple[list[Floats2d], Candidates]


@registry.architectures("phantom.RelationModel.v1")
def build_relation_model(
    tok2vec: Model[list[Doc], list[Floats2d]],
    pair_tensor: Model[PairInput, Floats2d],
    nO: Optional[int] = None,
    mixup: float = 0.0,
    share_names: bool = False,
    name_pooling: str = "mean",
) -> Model[RelationInput, Floats2d]:
    """Score candidate pairs of docs, one output for every label.

    Tokens of white space are left out, so that a pair has the score that it has on
    one line.

    tok2vec (Model[List[Doc], List[Floats2d]]): Token vectors, usually a listener.
    pair_tensor (Model): From token vectors and candidates to pair vectors.
    nO (Optional[int]): Number of labels; the component sets it.
    mixup (float): In training the vectors of two pairs are blended by shares of the
        distribution Beta(mixup, mixup), such as 0.2; 0 for none.
    share_names (bool): Whether pairs of the same two names share their logits, in
        training as in prediction, see `phantom.ShareNames.v1`.
    name_pooling (str): What they share: the "mean" of theirs, or "logsumexp", a soft
        maximum of them.
    RETURNS (Model): From docs and candidates to logits (P, nO).
    RAISES: ValueError for another pooling, or mixup below 0.
    """
    find_part("phantom.CheckMixup.v1")(mixup)
    if name_pooling not in ("mean", "logsumexp"):
        raise ValueError(
            f'name_pooling is {name_pooling!r}; set it to "mean" or "logsumexp"'
        )
    return Model(
        "relation_model",
        # No attribute, since those are saved and would go before a config at load.
        partial(_forward, share_names=share_names, name_pooling=name_pooling),
        init=_init,
        layers=[tok2vec, pair_tensor, Linear(nO=nO)],
        refs={"tok2vec": tok2vec, "pair_tensor": pair_tensor},
        dims={"nO": nO},
        attrs={"mixup": mixup},
    )


def _init(model: Model, X: Optional[RelationInput] = None, Y: Any = None) -> None:
    tok2vec, pair_tensor, output = model.layers
    docs = None if X is None else _unpack(X)[0]
    tok2vec.initialize(X=docs)
    if pair_tensor.has_dim("nI") is None:
        width = tok2vec.maybe_get_dim("nO")
        if width is None:
            width = tok2vec.predict(docs or [])[0].shape[1]
        pair_tensor.set_dim("nI", width)
    pair_tensor.initialize()
    output.set_dim("nI", pair_tensor.get_dim("nO"))
    output.set_dim("nO", model.get_dim("nO"))
    output.initialize()


def _forward(
    model: Model,
    X: RelationInput,
    is_train: bool,
    share_names: bool,
    name_pooling: str = "mean",
) -> tuple[Floats2d, Callable[[Floats2d], list[Doc]]]:
    docs, candidates = _unpack(X)
    given = candidates
    tok2vec, pair_tensor, output = model.layers
    vectors, backprop_vectors = tok2vec(docs, is_train)
    kept, candidates = without_space(docs, candidates)
    rows = [None if k is None else model.ops.xp.asarray(k) for k in kept]
    words = [v if k is None else v[k] for v, k in zip(vectors, rows, strict=True)]
    pairs, backprop_pairs = pair_tensor((words, candidates), is_train)
    unblend: Callable[[Floats2d], Floats2d] = _same
    if is_train and model.attrs["mixup"] and len(pairs) > 1:
        blend = find_part("phantom.BlendPairs.v1")
        pairs, unblend = blend(model, pairs, candidates, model.attrs["mixup"])
    unshare: Callable[[Floats2d], Floats2d] = _same
    if len(pairs):
        Y, backprop_output = output(pairs, is_train)
        if share_names:
            share = find_part("phantom.ShareNames.v1")
            Y, unshare = share(docs, given, Y, model.ops, name_pooling)
    else:
        Y = model.ops.alloc2f(0, model.get_dim("nO"))

    def backprop(dY: Floats2d) -> list[Doc]:
        # Without pairs too: the shared encoder waits for its last listener.
        d_pairs = unblend(backprop_output(unshare(dY))) if len(pairs) else pairs
        gradients = backprop_pairs(d_pairs)
        for i, (vector, row) in enumerate(zip(vectors, rows, strict=True)):
            if row is not None:
                gradient = model.ops.xp.zeros_like(vector)
                gradient[row] = gradients[i]
                gradients[i] = gradient
        return backprop_vectors(gradients)

    return Y, backprop


def _same(gradient: Floats2d) -> Floats2d:
    return gradient


def _unpack(X: RelationInput | list[Doc]) -> RelationInput:
    """Docs and candidates; `spacy debug model` gives docs alone.

    Those have one pair each, of their first and last token.
    """
    if isinstance(X, tuple):
        return X
    sizes = np.asarray([len(doc) for doc in X], dtype="int64")
    of_doc = np.repeat(np.flatnonzero(sizes), 2)
    starts = np.zeros_like(of_doc)
    starts[1::2] = sizes[of_doc[1::2]] - 1
    candidates = {
        "mention_doc": of_doc,
        "mention_start": starts,
        "mention_end": starts + 1,
        "mention_type": np.ones_like(of_doc),
        "heads": np.arange(0, len(of_doc), 2),
        "tails": np.arange(1, len(of_doc), 2),
    }
    return X, candidates


@registry.misc("phantom.WithoutSpace.v1")
def without_space(
    docs: list[Doc], candidates: Candidates
) -> tuple[list[Optional[np.ndarray]], Candidates]:
    """Which tokens (K,) of each doc stay, None for all; mentions counted in those.

    White space stays where a mention is nothing else.
    """
    kept: list[Optional[np.ndarray]] = []
    moved = dict(candidates)
    keys = ("mention_start", "mention_end")
    for i, doc in enumerate(docs):
        stays = ~doc.to_array([IS_SPACE]).ravel().astype("bool")
        if stays.all():
            kept.append(None)
            continue
        of_doc = np.flatnonzero(candidates["mention_doc"] == i)
        starts, ends = (candidates[key][of_doc] for key in keys)
        for start, end in zip(starts, ends, strict=True):
            if not stays[start:end].any():
                stays[start:end] = True
        place = np.concatenate([[0], np.cumsum(stays)])
        for key, offsets in zip(keys, (starts, ends), strict=True):
            if moved[key] is candidates[key]:
                moved[key] = candidates[key].copy()
            moved[key][of_doc] = place[offsets]
        kept.append(np.flatnonzero(stays))
    return kept, moved
