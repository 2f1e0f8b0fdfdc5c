"""Token vectors of two layers side by side, such as an encoder's and word shapes."""

from collections.abc import Callable
from typing import Any, Optional

from spacy.tokens import Doc
from spacy.util import registry
from thinc.api import Model
from thinc.types import Floats2d

Tok2Vec = Model[list[Doc], list[Floats2d]]


@registry.architectures("phantom.ConcatenatedTok2Vec.v1")
def build_concatenated_tok2vec(tok2vec: Tok2Vec, features: Tok2Vec) -> Tok2Vec:
    """Token vectors of both layers, concatenated.

    Most small sentence encoders read lower-cased text, so that "Target" and "target"
    have one vector. What only the letters' case tells comes from the other layer.
    thinc's `concatenate` adds up what the layers return for their input, which for a
    listener is nothing.

    tok2vec (Model[List[Doc], List[Floats2d]]): Usually a listener.
    features (Model[List[Doc], List[Floats2d]]): Such as spaCy's Tok2Vec of SHAPE.
    RETURNS (Model[List[Doc], List[Floats2d]]): As wide as both together.
    """
    return Model(
        "concatenated_tok2vec",
        _forward,
        init=_init,
        layers=[tok2vec, features],
        dims={"nO": None},
    )


def _init(model: Tok2Vec, X: Optional[list[Doc]] = None, Y: Any = None) -> None:
    for layer in model.layers:
        layer.initialize(X=X)
    if all(layer.has_dim("nO") for layer in model.layers):
        model.set_dim("nO", sum(layer.get_dim("nO") for layer in model.layers))


def _forward(
    model: Tok2Vec, docs: list[Doc], is_train: bool
) -> tuple[list[Floats2d], Callable[[list[Floats2d]], list[Doc]]]:
    first, second = model.layers
    left, backprop_left = first(docs, is_train)
    right, backprop_right = second(docs, is_train)
    xp, ops = model.ops.xp, model.ops
    Y = [xp.hstack(pair) for pair in zip(left, right, strict=True)]

    def backprop(dY: list[Floats2d]) -> list[Doc]:
        # A doc without a token may have width 0.
        width = max((array.shape[1] for array in left), default=0)
        backprop_left([ops.as_contig(d[:, :width]) for d in dY])
        backprop_right([ops.as_contig(d[:, width:]) for d in dY])
        return []

    return Y, backprop
