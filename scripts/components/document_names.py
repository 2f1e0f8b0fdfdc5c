"""Names of a lexicon, and which of them is nearest to a mention."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple, Optional

import numpy as np
from spacy.util import registry

_WORD = re.compile(r"[^\W_]+")
# Share of a mention's squared norm that its frequent trigrams may have.
_SPARE = 0.25


class Match(NamedTuple):
    """A name of the lexicon. ids (List[str]): All that bear it, in the lexicon's order.

    how (str): "name" (equal but for case), "words" (the same words but for order,
        hyphens and plurals) or "similar" (characters).
    """

    name: str
    ids: list[str]
    score: float
    how: str


@registry.misc("phantom.NearestName.v2")
def make_names() -> Callable[[list[list[str]], Callable[[str], str]], Any]:
    """The class `Names`."""
    return Names


class Names:
    """Finds names by their words, else by characters: cosine of weighted trigrams.

    rows (List[Tuple[str, str]]): Name and id; "" is no id.
    fold (Callable[[str], str]): Makes names of one thing equal; see `make_fold`.
    """

    def __init__(self, rows: list[list[str]], fold: Callable[[str], str]) -> None:
        self.fold = fold
        self.by_name: dict[str, list[int]] = defaultdict(list)
        self.by_words: dict[str, list[int]] = defaultdict(list)
        self.by_id: dict[str, list[int]] = defaultdict(list)
        self.rows = rows
        self.words = [fold(name) for name, _ in rows]
        for i, (name, id) in enumerate(rows):
            self.by_name[" ".join(name.lower().split())].append(i)
            self.by_words[self.words[i]].append(i)
            self.by_id[id].append(i)
        self._grams: Optional[dict[str, int]] = None
        self._known: dict[tuple[str, float], Optional[Match]] = {}

    def find(self, text: str, threshold: float) -> Optional[Match]:
        """The name for a mention. threshold (float): Least cosine, over 1 for none."""
        asked = text, threshold
        if asked not in self._known:
            if len(self._known) > 50_000:
                self._known.clear()
            self._known[asked] = self._find(text, threshold)
        return self._known[asked]

    def _find(self, text: str, threshold: float) -> Optional[Match]:
        words = self.fold(text)
        equal = self.by_words.get(words, []) if words else []
        rows = self.by_name.get(" ".join(text.lower().split()), [])
        if rows or equal:
            how = "name" if rows else "words"
            return self._match(rows or equal, equal, 1.0, how)
        if threshold > 1 or len(words) < 4 or not self.by_words:
            return None
        nearest = self._nearest(words, threshold)
        if nearest is None:
            return None
        rows = self.by_words[self._keys[nearest[0]]]
        return self._match(rows, [], nearest[1], "similar")

    def _match(
        self, rows: list[int], equal: list[int], score: float, how: str
    ) -> Match:
        """The name of some rows, with the ids that other vocabularies give it.

        equal (List[int]): Rows of the same words: one vocabulary has seizure, another
            Seizures. Within one these are two things, as symbols of genes may be.
        """
        ids = dict.fromkeys(self.rows[i][1] for i in rows)
        own = {_vocabulary(id) for id in ids if id}
        # Two vocabularies mean one thing by ids that have a name in common.
        names = [self.words[i] for id in ids if id for i in self.by_id[id]]
        same = [i for words in names for i in self.by_words[words]]
        others = (self.rows[i][1] for i in (*equal, *same))
        ids |= dict.fromkeys(i for i in others if _vocabulary(i) not in own)
        found = [i for i in ids if i]
        return Match(self.rows[rows[0]][0], found, round(score, 3), how)

    def _nearest(self, words: str, threshold: float) -> Optional[tuple[int, float]]:
        """The place of the nearest name and its cosine, if that is no less than asked.

        A name that is near enough has some of the rarest trigrams: what lacks all of
        them has the others alone, whose norm bounds its cosine.
        """
        if self._grams is None:
            self._build()
        assert self._grams is not None
        counts = Counter(_trigrams(words))
        known = [(self._grams[g], n) for g, n in counts.items() if g in self._grams]
        # What no name has weighs as much as the rarest trigram.
        unknown = sum(n * n for g, n in counts.items() if g not in self._grams)
        known.sort(key=lambda pair: self._size[pair[0]])
        own = [n * self._idf[g] for g, n in known]
        left = sum(x * x for x in own)
        norm = math.sqrt(left + unknown * self._rare**2)
        if left < (threshold * norm) ** 2 - 1e-9:
            return None
        # Some more than it takes, so that few of the names found are left to weigh.
        least = min(threshold**2, _SPARE) * norm**2 - 1e-9
        parts = [slice(self._first[g], self._first[g + 1]) for g, _ in known]
        first = 0
        while first < len(own) and left >= least:
            left -= own[first] ** 2
            first += 1
        pairs = list(zip(parts, own, strict=True))
        rows = np.concatenate([self._places[part] for part, _ in pairs[:first]])
        terms = np.concatenate([x * self._weights[part] for part, x in pairs[:first]])
        scores = np.bincount(rows, terms)
        bound = max(threshold * norm - math.sqrt(max(left, 0)) - 1e-6, 1e-9)
        places = np.flatnonzero(scores >= bound)
        scores = scores[places]
        if not len(places):
            return None
        for part, x in pairs[first:]:
            scores += x * self._weigh(part, places)
        best = int(scores.argmax())
        cosine = float(scores[best]) / norm
        return (int(places[best]), cosine) if cosine >= threshold else None

    def _weigh(self, part: slice, places: np.ndarray) -> np.ndarray:
        """Weights of one trigram in some names (N,), in ascending order."""
        own = self._places[part]
        at = np.searchsorted(own, places)
        at[at == len(own)] = 0
        return np.where(own[at] == places, self._weights[part][at], 0)

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
        self._size = np.bincount(column, minlength=len(grams)).tolist()
        frequency = np.asarray(self._size)
        self._idf = np.log(1 + len(self._keys) / frequency)
        self._rare = float(self._idf.max())
        weights = np.asarray(counts) * self._idf[column]
        norms = np.sqrt(np.bincount(place, weights**2, minlength=len(self._keys)))
        order = np.argsort(column, kind="stable")
        self._first = np.concatenate([[0], np.cumsum(frequency)])
        self._places = place[order].astype("int32")
        self._weights = (weights / norms[place])[order].astype("float32")
        self._grams = grams


# Partials, which can be pickled, as processes that are not forked need it.
def make_stem(
    endings: Sequence[str] = (), kept: Sequence[str] = (), least: int = 3
) -> Callable[[str], str]:
    """The function that cuts the ending off a word; see `make_fold`."""
    longest = tuple(sorted(endings, key=len, reverse=True))
    return partial(_stem, endings=longest, kept=tuple(kept), least=least)


@registry.misc("phantom.FoldName.v2")
def make_fold(
    endings: Sequence[str] = (),
    kept: Sequence[str] = (),
    genitive: Sequence[str] = (),
    least: int = 3,
) -> Callable[[str], str]:
    """The function that makes names of one thing equal.

    That is their words in alphabetical order, in lower case and without endings.

    endings (Sequence[str]): Of a word, such as "s"; the longest that fits is cut off.
    kept (Sequence[str]): What no ending is cut off of, such as "ss".
    genitive (Sequence[str]): What is left out wherever it stands, such as "'s".
    least (int): Letters that a word keeps.
    """
    longest = tuple(sorted(endings, key=len, reverse=True))
    return partial(_fold, rules=(longest, tuple(kept), least, tuple(genitive)))


@lru_cache(10_000)
def _fold(text: str, rules: tuple[Any, ...]) -> str:
    endings, kept, least, genitive = rules
    text = text.lower()
    for mark in genitive:
        text = text.replace(mark, "")
    words = _WORD.findall(text)
    return " ".join(sorted(_stem(word, endings, kept, least) for word in words))


def _stem(
    word: str, endings: tuple[str, ...], kept: tuple[str, ...], least: int
) -> str:
    for ending in endings:
        if word.endswith(ending) and len(word) - len(ending) >= least:
            return word if word.endswith(kept) else word[: -len(ending)]
    return word


def _vocabulary(id: str) -> str:
    """Of an id such as MESH:D012640."""
    return id.partition(":")[0] if ":" in id else ""


def _trigrams(words: str) -> list[str]:
    padded = [f" {word} " for word in words.split()]
    return [word[i : i + 3] for word in padded for i in range(len(word) - 2)]
