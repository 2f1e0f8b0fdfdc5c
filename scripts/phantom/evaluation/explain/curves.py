"""How faithful an order of words is: scores while they are taken away or put in."""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from phantom.evaluation.explain.explainer import Target

# Points of a curve, evenly spread between none of the words and all.
POINTS = 11


class Areas(NamedTuple):
    """Areas under the curves of a decision's chance, 0 to 1.

    deletion (float): While words are masked, the most important first; low is better.
    insertion (float): While they are put into the masked text; high is better.
    """

    deletion: float
    insertion: float


def find_areas(
    target: Target, decision: int, values: np.ndarray, among: np.ndarray
) -> Areas:
    """Areas for one way to rank the words of a text.

    Petsiuk et al. 2018 (arXiv:1806.07421), with masked wordpieces for what is gone.

    values (ndarray): What each token is said to add, shape (tokens,).
    among (ndarray): Places of the tokens that are ranked; the others stay.
    """
    order = among[np.argsort(-values[among], kind="stable")]
    points = np.linspace(0, len(order), min(POINTS, len(order) + 1)).round()
    gone = np.zeros((2 * len(points), len(values)), dtype=bool)
    for row, count in enumerate(points.astype(int)):
        gone[row, order[:count]] = True
        gone[len(points) + row, order[count:]] = True
    with torch.no_grad():
        odds = target(target.embedded.masked(gone))[:, decision]
    deletion, insertion = torch.sigmoid(odds.double()).numpy().reshape(2, -1)
    return Areas(
        *(float(np.trapezoid(c) / (len(c) - 1)) for c in (deletion, insertion))
    )


def attention_to(target: Target, tokens: int, reads: np.ndarray) -> np.ndarray:
    """How much the last layer of the encoder attends from some tokens to all.

    Means over heads and over the wordpieces of those tokens, shape (tokens,). What is
    often shown in place of an explanation.

    reads (ndarray): Places of the tokens.
    RAISES: ValueError if the encoder gives no attention.
    """
    embedded, module = target.embedded, target.encoder.module
    given: dict[str, Tensor] = {"attention_mask": embedded.mask}
    if embedded.types is not None:
        given["token_type_ids"] = embedded.types
    with torch.no_grad():
        output = module(inputs_embeds=embedded.words, **given, output_attentions=True)
    if not output.attentions:
        raise ValueError("the encoder gives no attention")
    weights = output.attentions[-1].mean(1).numpy()
    rows, longest = weights.shape[:2]
    found = np.zeros((rows, longest))
    for piece in embedded.pieces[np.isin(embedded.owner, reads)]:
        found[piece // longest] += weights[piece // longest, piece % longest]
    return embedded.to_tokens(found, tokens)
