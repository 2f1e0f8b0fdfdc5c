"""One score for all mentions of two names, made of their pairs, near ones first."""

from collections.abc import Callable
from typing import Any

import numpy as np
from spacy.tokens import Doc
from spacy.util import registry
from thinc.types import Floats2d

Candidates = dict[str, np.ndarray]
# A pair with n tokens between counts (1 + n / NEAR) ** -STEEP: what a sentence says is
# not outvoted by the many pairs of the same names from all over a long text. Chosen on
# synthetic dev, whole documents and windows, for each pooling.
NEAR = 4
STEEP = {"mean": 3, "logsumexp": 2}


@registry.misc("phantom.ShareNames.v1")
def share_names(
    docs: list[Doc],
    candidates: Candidates,
    logits: Floats2d,
    ops: Any,
    pooling: str = "mean",
) -> tuple[Floats2d, Callable[[Floats2d], Floats2d]]:
    """Give pairs whose heads bear one name, and whose tails do, one logit in common.

    A text says of a drug what it does, not of each place where the drug is named; so
    gold relations hold between all mentions of two names. Near pairs weigh more. In the
    weighted mean, what one sentence says is weighed against what the next one seems to
    say; in the logarithm of the weighted mean of exponentials, a soft maximum, what
    states the relation counts for most (as in ATLOP, Zhou et al. 2021,
    arXiv:2010.11304, which pools mentions so).

    candidates (Dict[str, ndarray]): As the relation model takes them.
    logits (Floats2d): Of the pairs (P, L).
    pooling (str): "mean" or "logsumexp".
    RETURNS (Tuple[Floats2d, Callable]): Logits (P, L), and from their gradient that of
        the logits given.
    """
    groups = name_groups(docs, candidates)
    weights = near_weights(candidates, groups, pooling)
    weights = ops.asarray2f(weights[:, None].astype("float32"))
    rows = ops.xp.asarray(groups)

    def add_up(values: Floats2d) -> Floats2d:
        sums = ops.alloc2f(int(groups.max()) + 1, values.shape[1])
        ops.scatter_add(sums, rows, values)
        return sums[rows]

    if pooling == "mean":
        return add_up(weights * logits), lambda gradient: weights * add_up(gradient)
    # Less the greatest of its group, so that no exponential overflows.
    greatest = np.full((int(groups.max()) + 1, logits.shape[1]), -np.inf, "float32")
    np.maximum.at(greatest, groups, ops.to_numpy(logits))
    top = ops.asarray2f(greatest)[rows]
    parts = weights * ops.xp.exp(logits - top)
    sums = add_up(parts)
    shares = parts / sums
    return top + ops.xp.log(sums), lambda gradient: shares * add_up(gradient)


def near_weights(
    candidates: Candidates, groups: np.ndarray, pooling: str
) -> np.ndarray:
    """How much each pair (P,) counts among those of its group, which add up to one."""
    heads, tails = candidates["heads"], candidates["tails"]
    starts, ends = candidates["mention_start"], candidates["mention_end"]
    between = np.maximum(starts[tails] - ends[heads], starts[heads] - ends[tails])
    weights = (1 + np.maximum(between, 0) / NEAR) ** -STEEP[pooling]
    return weights / np.bincount(groups, weights)[groups]


def bare_name(text: str) -> str:
    """A mention's letters and digits, in small letters; all of it if it has none."""
    text = text.casefold()
    return "".join(filter(str.isalnum, text)) or text


@registry.misc("phantom.NameGroups.v1")
def name_groups(docs: list[Doc], candidates: Candidates) -> np.ndarray:
    """The number of the pair of names that each pair (P,) is of, within its doc.

    A name is a mention's letters and digits, whatever their case, and its entity type.
    """
    columns = ("mention_doc", "mention_start", "mention_end", "mention_type")
    rows = zip(*(candidates[key].tolist() for key in columns), strict=True)
    numbers: dict[tuple[int, int, str], int] = {}
    names = []
    for doc, start, end, kind in rows:
        name = bare_name(docs[doc][start:end].text)
        names.append(numbers.setdefault((doc, kind, name), len(numbers)))
    of = np.asarray(names, dtype="int64")
    pairs = of[candidates["heads"]] * len(numbers) + of[candidates["tails"]]
    return np.unique(pairs, return_inverse=True)[1]


@registry.misc("phantom.NameWeights.v1")
def name_weights(docs: list[Doc], candidates: Candidates) -> np.ndarray:
    """Weight of each pair in the loss (P, 1): all pairs of two names weigh one.

    Else what a document names often, and so in many pairs, would count for most of it.
    """
    groups = name_groups(docs, candidates)
    return (1 / np.bincount(groups)[groups]).astype("float32")[:, None]
