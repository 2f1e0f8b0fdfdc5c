"""Entities as spaCy's greedy parser finds them, by whole arrays in place of its steps.

The parser of ner goes from token to token, and takes the interpreter's lock several
times at each (spaCy 3.8). What it does outside of an entity depends on the token alone,
and within one on the token and where the entity began: both are computed at once.
"""

from dataclasses import dataclass
from typing import Any, Optional

import numpy as np
from spacy.attrs import ENT_IOB, IS_SPACE, SENT_START
from spacy.pipeline import EntityRecognizer
from spacy.tokens import Doc
from spacy.util import registry
from thinc.api import NumpyOps

# Tokens after the first in which an entity ends; what goes on is left to the parser.
LONGEST = 100
Entity = tuple[int, int, str]


@dataclass
class Moves:
    """Numbers of the parser's moves, by label where there is one.

    outside (ndarray): Whether each may be taken where no entity is open (moves,).
    named (ndarray): Whether an entity begins with each (moves,).
    begins (ndarray): Whether the entity is one of several tokens (moves,).
    inside, last (ndarray): The move that goes on with the entity that each began, and
        the one that ends it (moves,).
    labels (List[str]): Of each move, empty without.
    """

    outside: np.ndarray
    named: np.ndarray
    begins: np.ndarray
    inside: np.ndarray
    last: np.ndarray
    labels: list[str]


@registry.misc("phantom.GreedyEntities.v1")
def find_entities(
    recognizer: EntityRecognizer, docs: list[Doc]
) -> Optional[list[list[Entity]]]:
    """The entities that the parser finds, to the bit.

    RETURNS (Optional[List[List[Tuple[int, int, str]]]]): First token, token after the
        last, and label, for each doc; None where only the parser can tell, such as
        between entities that are there, with a beam, or with another state.
    """
    model = recognizer.model
    lower, moves = model.get_ref("lower"), read_moves(recognizer)
    plain = recognizer.cfg["beam_width"] == 1 and isinstance(model.ops, NumpyOps)
    plain = plain and not (model.attrs["has_upper"] or model.attrs["unseen_classes"])
    plain = plain and lower.get_dim("nF") == 3 and not recognizer.postprocesses
    if moves is None or not plain:
        return None
    marks = np.concatenate(
        [np.zeros((0, 3), dtype="uint64")]
        + [doc.to_array([ENT_IOB, IS_SPACE, SENT_START]) for doc in docs]
    )
    if not len(marks) or marks[:, 0].any():
        return None
    ends = np.cumsum([len(doc) for doc in docs])
    stops = np.append(marks[1:, 2] == 1, True)
    stops[ends[ends > 0] - 1] = True
    features = lower.predict(model.get_ref("tok2vec").predict(docs))
    scorer = Scorer(features, lower.get_param("b"))
    choice = choose_outside(scorer, moves, stops, marks[:, 1] == 1)
    starts = np.flatnonzero(moves.begins[choice])
    last = find_ends(scorer, moves, stops, starts, choice[starts])
    if last is None:
        return None
    until = np.arange(len(choice))
    until[starts] = last
    return _collect(moves, choice, until, ends)


def _collect(
    moves: Moves, choice: np.ndarray, until: np.ndarray, ends: np.ndarray
) -> list[list[Entity]]:
    """Entities from the left to the right, none within another.

    choice, until (ndarray): Each token's move, if no entity is open there, and the last
        token of what it begins, shape (tokens,).
    ends (ndarray): Where each doc ends, among all tokens.
    """
    found: list[list[Entity]] = [[] for _ in ends]
    named = np.flatnonzero(moves.named[choice])
    docs = np.searchsorted(ends, named, "right").tolist()
    firsts = np.append(0, ends).tolist()
    columns = (named.tolist(), docs, choice[named].tolist(), until[named].tolist())
    after = 0
    for token, doc, move, last in zip(*columns, strict=True):
        if token >= after:
            after, first = last + 1, firsts[doc]
            found[doc].append((token - first, after - first, moves.labels[move]))
    return found


class Scorer:
    """Scores of the moves, summed in the parser's own order.

    features (Floats4d): Of a blank and of each token as the next one, the first of an
        entity, and the last of it: (1 + tokens, 3, moves, pieces).
    bias (Floats2d): (moves, pieces).
    """

    def __init__(self, features: Any, bias: Any) -> None:
        self.features, self.bias = features, bias

    def __call__(self, token: Any, first: Any, last: Any) -> np.ndarray:
        """Scores (states, moves) of states, each by places of its three tokens."""
        total = self.features[token, 0] + self.features[first, 1]
        total += self.features[last, 2]
        return (total + self.bias).max(axis=2)


def choose_outside(
    scorer: Scorer, moves: Moves, stops: np.ndarray, is_space: np.ndarray
) -> np.ndarray:
    """The best move at each token (tokens,), if no entity is open there.

    stops (ndarray): Whether an entity can't go on after each token (tokens,).
    is_space (ndarray): Whether it can't begin at each token (tokens,).
    """
    scores = scorer(slice(1, None), slice(0, 1), slice(0, 1))
    barred = ~moves.outside | (stops[:, None] & moves.begins)
    barred |= is_space[:, None] & moves.named
    return np.where(barred, -np.inf, scores).argmax(axis=1)


def find_ends(
    scorer: Scorer,
    moves: Moves,
    stops: np.ndarray,
    starts: np.ndarray,
    began: np.ndarray,
) -> Optional[np.ndarray]:
    """The last token of entities that begin at these tokens, by these moves.

    RETURNS (Optional[ndarray]): None if one is too long.
    """
    ends, open_ones = starts.copy(), np.arange(len(starts))
    for step in range(1, LONGEST):
        if not len(open_ones):
            return ends
        first, move = starts[open_ones], began[open_ones]
        token = first + step
        scores = scorer(token + 1, first + 1, token)
        row, on, end = np.arange(len(token)), moves.inside[move], moves.last[move]
        # Of equal scores the parser takes the move of the lower number.
        better = scores[row, on] > scores[row, end]
        better |= (scores[row, on] == scores[row, end]) & (on < end)
        ends[open_ones] = token
        open_ones = open_ones[better & ~stops[token]]
    return None if len(open_ones) else ends


def read_moves(recognizer: EntityRecognizer) -> Optional[Moves]:
    """The moves of a recognizer; None if those of a label are not all there."""
    system: Any = recognizer.moves
    names = [system.get_class_name(i) for i in range(system.n_moves)]
    kinds, labels = zip(*((name[:1], name[2:]) for name in names), strict=True)
    numbers = {pair: i for i, pair in enumerate(zip(kinds, labels, strict=True))}
    kind, has_label = np.array(kinds), np.array([bool(label) for label in labels])
    begins = (kind == "B") & has_label
    named = begins | ((kind == "U") & has_label)
    follow = {}
    for name in "IL":
        follow[name] = np.array([numbers.get((name, label), -1) for label in labels])
        if (follow[name][begins] < 0).any():
            return None
    outside = named | (kind == "O")
    return Moves(outside, named, begins, follow["I"], follow["L"], list(labels))
