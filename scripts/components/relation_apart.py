"""Names that share no sentence: the least score that relates them."""

import functools
from typing import Any

import numpy as np
from spacy.attrs import SENT_START
from spacy.tokens import Doc
from spacy.util import registry

# Parts of other files, looked up once: components/README.md says why.
find_part = functools.cache(registry.misc.get)

Candidates = dict[str, np.ndarray]


@registry.misc("phantom.LeastApart.v1")
def least_apart(
    settings: dict[str, Any],
    docs: list[Doc],
    candidates: Candidates,
    probabilities: np.ndarray,
    least: np.ndarray,
) -> np.ndarray:
    """The least probability of each pair and label that is written.

    What a text says of two names over the end of a sentence is less sure than what one
    sentence says of both, and scores lower where it is right, too.

    settings (Dict[str, Any]): `threshold_apart` for names that share no sentence, None
        for that of all; a label of `thresholds` keeps its own. `schema` has the labels.
    docs (List[Doc]): As the candidates count them.
    probabilities (ndarray): Shape (pairs, labels).
    least (ndarray): Of names that share a sentence, shape (labels,).
    RETURNS (ndarray): Shape (pairs, labels), or (labels,) if all pairs need the same.
    """
    apart = settings.get("threshold_apart")
    if apart is None or not len(probabilities):
        return least
    asked = find_part("phantom.LeastScores.v1")(
        {**settings, "threshold": apart}, tuple(settings["schema"])
    )
    depends = ((probabilities >= asked) != (probabilities >= least)).any(axis=1)
    if not depends.any():
        return least
    heads = candidates["heads"][depends]
    needed = set(candidates["mention_doc"][heads].tolist())
    rows = find_apart(docs, candidates, needed)
    return np.where(rows[:, None], asked, least)


def find_apart(docs: list[Doc], candidates: Candidates, needed: set[int]) -> np.ndarray:
    """Whether no pair of the same two names stands in one sentence, shape (pairs,).

    needed (Set[int]): Docs by number; of the others no pair is said to be apart.
    """
    places = np.zeros(len(candidates["mention_doc"]), dtype="int64")
    for number in needed:
        rows = candidates["mention_doc"] == number
        sentences = number_sentences(docs[number])
        places[rows] = sentences[candidates["mention_start"][rows]]
    together = places[candidates["heads"]] == places[candidates["tails"]]
    groups = find_part("phantom.NameGroups.v1")(docs, candidates)
    return np.bincount(groups, together)[groups] == 0


def number_sentences(doc: Doc) -> np.ndarray:
    """The number of each token's sentence, shape (tokens,).

    They are those of the doc, else those that the component `sentences` finds by
    spaCy's punctuation.
    """
    if doc.has_annotation("SENT_START"):
        return np.cumsum(doc.to_array(SENT_START) == 1)
    sentences = find_part("phantom.Sentences.v1")(None, [])
    return np.cumsum(sentences.find_starts(doc))
