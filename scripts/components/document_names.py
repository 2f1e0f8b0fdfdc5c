"""Names of a lexicon, and which of them is nearest to a mention."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any, NamedTuple, Optional

import numpy as np
from spacy.util import registry

_PLURAL = re.compile(r"..+[^s]s")
_WORD = re.compile(r"[^\W_]+")


class Match(NamedTuple):
    """A name of the lexicon. ids (List[str]): All that bear it, in the lexicon's order.

    how (str): "name" (equal but for case), "words" (the same words but for order,
        hyphens and plurals) or "similar" (characters).
    """

    name: str
    ids: list[str]
    score: float
    how: str


@registry.misc("phantom.NearestName.v1")
def make_names() -> Callable[[list[list[str]]], Any]:
    """The class `Names`."""
    return Names


class Names:
    """Finds names by their words, else by characters: cosine of weighted trigrams.

    rows (List[Tuple[str, str]]): Name and id; "" is no id.
    """

    def __init__(self, rows: list[list[str]]) -> None:
        self.by_name: dict[str, list[int]] = defaultdict(list)
        self.by_words: dict[str, list[int]] = defaultdict(list)
        self.rows = rows
        for i, (name, _) in enumerate(rows):
            self.by_name[" ".join(name.lower().split())].append(i)
            self.by_words[fold(name)].append(i)
        self._grams: Optional[dict[str, int]] = None
        self._known: dict[str, Optional[tuple[int, float]]] = {}

    def find(self, text: str, threshold: float) -> Optional[Match]:
        """The name for a mention. threshold (float): Least cosine, over 1 for none."""
        lowered, words = " ".join(text.lower().split()), fold(text)
        for table, key, how in (
            (self.by_name, lowered, "name"),
            (self.by_words, words, "words"),
        ):
            rows = table.get(key) if key else None
            if rows:
                return self._match(rows, 1.0, how)
        if threshold > 1 or len(words) < 4 or not self.by_words:
            return None
        if words not in self._known:
            if len(self._known) > 50_000:
                self._known.clear()
            self._known[words] = self._nearest(words)
        nearest = self._known[words]
        if nearest is None or nearest[1] < threshold:
            return None
        key = self._keys[nearest[0]]
        return self._match(self.by_words[key], nearest[1], "similar")

    def _match(self, rows: list[int], score: float, how: str) -> Match:
        ids = dict.fromkeys(self.rows[i][1] for i in rows)
        found = [i for i in ids if i]
        return Match(self.rows[rows[0]][0], found, round(score, 3), how)

    def _nearest(self, words: str) -> Optional[tuple[int, float]]:
        if self._grams is None:
            self._build()
        assert self._grams is not None
        counts = Counter(_trigrams(words))
        known = [(self._grams[g], n) for g, n in counts.items() if g in self._grams]
        if not known:
            return None
        # What no name has weighs as much as the rarest trigram.
        rare = self._idf.max()
        unknown = [n * rare for g, n in counts.items() if g not in self._grams]
        own = [n * self._idf[g] for g, n in known]
        norm = float(np.linalg.norm([*own, *unknown]))
        parts = [slice(self._first[g], self._first[g + 1]) for g, _ in known]
        places = np.concatenate([self._places[part] for part in parts])
        weights = np.concatenate(
            [self._weights[part] * x for part, x in zip(parts, own, strict=True)]
        )
        scores = np.bincount(places, weights, minlength=len(self._keys))
        best = int(scores.argmax())
        return best, float(scores[best]) / norm

    def _build(self) -> None:
        """For each trigram the names that have it, and with what weight."""
        self._keys = list(self.by_words)
        grams: dict[str, int] = {}
        columns: list[int] = []
        places: list[int] = []
        counts: list[int] = []
        for i, key in enumerate(self._keys):
            for gram, count in Counter(_trigrams(key)).items():
                columns.append(grams.setdefault(gram, len(grams)))
                places.append(i)
                counts.append(count)
        column, place = np.asarray(columns), np.asarray(places)
        frequency = np.bincount(column, minlength=len(grams))
        self._idf = np.log(1 + len(self._keys) / frequency)
        weights = np.asarray(counts) * self._idf[column]
        norms = np.sqrt(np.bincount(place, weights**2, minlength=len(self._keys)))
        order = np.argsort(column, kind="stable")
        self._first = np.concatenate([[0], np.cumsum(frequency)])
        self._places = place[order].astype("int32")
        self._weights = (weights / norms[place])[order].astype("float32")
        self._grams = grams


@registry.misc("phantom.FoldName.v1")
def make_fold() -> Callable[[str], str]:
    """The function that makes names of one thing equal; see `fold`."""
    return fold


def fold(text: str) -> str:
    """The words of a name in alphabetical order, lower case, without a plural s."""
    words = _WORD.findall(text.lower().replace("'s", "").replace("\u2019s", ""))
    plain = (
        w[:-1] if len(w) > 3 and w[-1] == "s" and w[-2] != "s" else w for w in words
    )
    return " ".join(sorted(plain))


def _trigrams(words: str) -> list[str]:
    padded = [f" {word} " for word in words.split()]
    return [word[i : i + 3] for word in padded for i in range(len(word) - 2)]
