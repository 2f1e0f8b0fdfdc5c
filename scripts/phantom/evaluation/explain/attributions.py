"""Integrated gradients of several scores of one doc, with one pass through its path."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

STEPS = (10, 20, 40, 80, 160)
# How far the attributions may sum up to something else than the score's change, as a
# share of it; and the change below which that share says nothing.
TOLERANCE = 0.05
LEAST = 0.5


class Attributions(NamedTuple):
    """What each wordpiece adds to each score.

    values (ndarray): Shape (scores, rows, longest).
    score, blank (ndarray): Of the text, and of the text with all masked (scores,).
    error (ndarray): By how much the values miss the difference of the two, as a share
        of it (scores,).
    steps (ndarray): Points on the path that were taken (scores,).
    """

    values: np.ndarray
    score: np.ndarray
    blank: np.ndarray
    error: np.ndarray
    steps: np.ndarray


def integrate_gradients(
    score: Callable[[Tensor], Tensor], words: Tensor, blank: Tensor
) -> Attributions:
    """Layer integrated gradients of the layer of word embeddings.

    Sundararajan et al. 2017 (arXiv:1703.01365), by captum. Scores whose values do not
    sum up to the score's change are done again with more steps.

    score (Callable): From word embeddings (variants, rows, longest, width) to scores
        (variants, scores).
    words, blank (Tensor): The text's, and where the path begins; one variant each.
    RAISES: ValueError if captum is not installed.
    """
    ends = torch.cat([blank[None], words[None]])
    with torch.no_grad():
        low, high = score(ends).double().numpy()
    count = len(high)
    values = np.zeros((count, *words.shape[:2]))
    error, taken = np.full(count, np.inf), np.zeros(count, dtype=int)
    for steps in STEPS:
        open_ = np.flatnonzero(error > TOLERANCE)
        if not len(open_):
            break
        found = _integrate(score, words, blank, open_.tolist(), steps)
        change = (high - low)[open_]
        missed = np.abs(found.sum(axis=(1, 2)) - change)
        values[open_], taken[open_] = found, steps
        error[open_] = missed / np.maximum(np.abs(change), LEAST)
    return Attributions(values, high, low, error, taken)


def _integrate(
    score: Callable[[Tensor], Tensor],
    words: Tensor,
    blank: Tensor,
    which: list[int],
    steps: int,
) -> np.ndarray:
    try:
        from captum.attr import IntegratedGradients
    except ImportError:
        raise ValueError(
            "attributions need captum: pip install 'spacy-phantom[explain]'"
        ) from None
    points, speeds = (x.view(-1, 1, 1, 1).to(words) for x in spread_points(steps))
    path: dict[str, Tensor] = {}

    def gradients(
        forward_fn: Any, inputs: tuple[Tensor, ...], target_ind: Any, **_: Any
    ) -> tuple[Tensor, ...]:
        # The points on the path are the same for all scores of the doc, so that the
        # encoder reads them once.
        if not path:
            path["inputs"] = (blank + points * (words - blank)).requires_grad_()
            path["scores"] = forward_fn(path["inputs"])
        column = path["scores"][:, which[target_index(target_ind)]].sum()
        (found,) = torch.autograd.grad(column, path["inputs"], retain_graph=True)
        return (found * speeds,)

    method = IntegratedGradients(score)
    method.gradient_func = gradients
    rows = []
    for i in range(len(which)):
        values: Any = method.attribute(
            words[None],
            baselines=blank[None],
            target=i,
            n_steps=steps,
            method="riemann_middle",
        )
        rows.append(values[0].sum(-1).double().numpy())
    return np.stack(rows)


def spread_points(steps: int) -> tuple[Tensor, Tensor]:
    """Points on the path from 0 to 1, closer to each other where scores change most.

    Most of a score comes up between a tenth and two fifths of the way, so that the
    midpoints u of equal parts are taken to (u + u^3) / 2.

    RETURNS (Tuple[Tensor, Tensor]): The points (steps,), and the derivatives that
        gradients there are multiplied by.
    """
    middles = (torch.arange(steps, dtype=torch.float64) + 0.5) / steps
    return (middles + middles**3) / 2, (1 + 3 * middles**2) / 2


def target_index(target: Any) -> int:
    """The one index that captum has repeated for each point of the path."""
    return int(target) if isinstance(target, int) else int(target.flatten()[0])


def gradient_times_input(
    score: Callable[[Tensor], Tensor], words: Tensor, blank: Tensor
) -> np.ndarray:
    """The gradient at the text times the way from the baseline, in one pass.

    RETURNS (ndarray): Values of the wordpieces, shape (scores, rows, longest).
    """
    inputs = words[None].clone().requires_grad_()
    scores = score(inputs)[0]
    rows = [torch.autograd.grad(one, inputs, retain_graph=True)[0][0] for one in scores]
    return torch.stack([(g * (words - blank)).sum(-1) for g in rows]).detach().numpy()
