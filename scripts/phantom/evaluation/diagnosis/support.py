"""The places of the training text that are nearest to mistakes, in encoder space."""

from collections.abc import Collection, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from phantom.evaluation.diagnosis.records import (
    Cluster,
    Mistake,
    Neighbour,
    Shown,
)
from phantom.evaluation.types import Span
from phantom.passages.words import TOKEN
from phantom.records import Example

# Passages of training text that are read; more would cost more time than they tell.
POOL = 1500
NEAREST = 2
# Below this, nothing in the training text is like the mistake. Cosine of mention
# vectors; two mentions of one kind in like sentences have 0.5 and more.
FAR = 0.45
_AROUND = 90


class WordEncoder(Protocol):
    """What vectors come from: `phantom.features.Encoder`."""

    def embed_words(
        self, texts: Sequence[str], spans: Sequence[Sequence[Span]]
    ) -> list[np.ndarray]:
        """Vectors of each text's spans, shape (spans, width)."""


class _Place(NamedTuple):
    example: Example
    spans: tuple[Span, ...]
    label: str


class Training:
    """Places of the training text with their vectors: mentions, words that are none,
    related pairs and pairs that are not.

    examples (Sequence[Example]): At most POOL of them are read, evenly spread.
    stops (Collection[str]): Words that are never taken for a mention.
    """

    def __init__(
        self,
        examples: Sequence[Example],
        encoder: WordEncoder,
        stops: Collection[str],
    ) -> None:
        unique = list({x.text: x for x in examples}.values())
        step = max(1, -(-len(unique) // POOL))
        chosen = unique[::step]
        self.size, self.of = len(chosen), len(unique)
        self.encoder = encoder
        spans = [_spans(x, stops) for x in chosen]
        vectors = [
            _unit(v) for v in encoder.embed_words([x.text for x in chosen], spans)
        ]
        places: dict[str, list[_Place]] = {"mentions": [], "relations": []}
        rows: dict[str, list[np.ndarray]] = {"mentions": [], "relations": []}
        for example, found, vector in zip(chosen, spans, vectors, strict=True):
            labels = {(e.start, e.end): e.label for e in example.entities}
            for span in found:
                places["mentions"].append(
                    _Place(example, (span,), labels.get(span, ""))
                )
            rows["mentions"].append(vector)
            index = {span: i for i, span in enumerate(found)}
            for head, tail, label in _pairs(example):
                places["relations"].append(_Place(example, (head, tail), label))
                pair = np.concatenate([vector[index[head]], vector[index[tail]]])
                rows["relations"].append(_unit(pair[None]))
        self.places = places
        self.vectors = {k: np.concatenate(v) for k, v in rows.items() if v}

    def explain(
        self,
        clusters: Sequence[Cluster],
        mistakes: Sequence[Mistake],
        texts: Sequence[Example],
    ) -> list[Cluster]:
        """The clusters with the places nearest to each mistake that they show.

        texts (Sequence[Example]): By the places that mistakes name.
        """
        wanted = [s.mistake for cluster in clusters for s in cluster.shown]
        asked = [_ends(mistakes[i]) for i in wanted]
        vectors = self.encoder.embed_words(
            [texts[mistakes[i].example].text for i in wanted], asked
        )
        near: dict[int, Shown] = {}
        for family in self.vectors:
            mine = [k for k, i in enumerate(wanted) if mistakes[i].family == family]
            if not mine:
                continue
            queries = np.concatenate(
                [_unit(_unit(vectors[k]).reshape(1, -1)) for k in mine]
            )
            similar = queries @ self.vectors[family].T
            labels = np.array([place.label for place in self.places[family]])
            for row, k in zip(similar, mine, strict=True):
                mistake = mistakes[wanted[k]]
                near[wanted[k]] = Shown(
                    mistake=wanted[k],
                    support=self._nearest(family, row, labels == mistake.predicted),
                    taught=self._nearest(family, row, labels == mistake.gold),
                )
        return [self._complete(cluster, near, mistakes) for cluster in clusters]

    def nearest(
        self, text: str, spans: Sequence[Span], family: str, label: str
    ) -> list[Neighbour]:
        """The places marked with a label that are nearest to one of another text.

        spans (Sequence[Tuple[int, int]]): A mention, or head and tail.
        family (str): "mentions" or "relations".
        """
        if family not in self.vectors:
            return []
        (vectors,) = self.encoder.embed_words([text], [spans])
        row = (_unit(_unit(vectors).reshape(1, -1)) @ self.vectors[family].T)[0]
        labels = np.array([place.label for place in self.places[family]])
        return self._nearest(family, row, labels == label)

    def _nearest(
        self, family: str, row: np.ndarray, fits: np.ndarray
    ) -> list[Neighbour]:
        places = np.flatnonzero(fits)
        best = places[np.argsort(-row[places])[:NEAREST]]
        return [_show(self.places[family][i], float(row[i])) for i in best]

    def _complete(
        self, cluster: Cluster, near: dict[int, Shown], mistakes: Sequence[Mistake]
    ) -> Cluster:
        shown = [near.get(s.mistake, s) for s in cluster.shown]
        best = [max((n.similarity for n in s.taught), default=0.0) for s in shown]
        gold = {mistakes[s.mistake].gold for s in shown} or {""}
        what = " or ".join(sorted(g or "unmarked" for g in gold))
        missing = ""
        if not any(s.taught for s in shown):
            missing = f"no training passage read has {what}"
        elif float(np.median(best)) < FAR:
            missing = (
                f"training passages with {what} are far from these: similarity "
                f"{np.median(best):.2f} at best, by the median"
            )
        return cluster.model_copy(update={"shown": shown, "missing": missing})


def _spans(example: Example, stops: Collection[str]) -> list[Span]:
    """Mentions, and the words outside of them that could be one."""
    inside = [(e.start, e.end) for e in example.entities]
    free = [
        match.span()
        for match in TOKEN.finditer(example.text)
        if len(match[0]) > 2
        and not match[0].isdigit()
        and match[0].lower() not in stops
        and not any(a < match.end() and match.start() < b for a, b in inside)
    ]
    return [*inside, *free]


def _pairs(example: Example) -> list[tuple[Span, Span, str]]:
    """Related pairs with their labels; the others of a passage with few mentions."""
    spans = [(e.start, e.end) for e in example.entities]
    related = [(spans[r.head], spans[r.tail], r.label) for r in example.relations]
    known = {frozenset((h, t)) for h, t, _ in related}
    if len(spans) > 8:
        return related
    labels = [e.label for e in example.entities]
    free = [
        (head, tail, "")
        for i, head in enumerate(spans)
        for j, tail in enumerate(spans)
        if labels[i] < labels[j] and frozenset((head, tail)) not in known
    ]
    return [*related, *free]


def _ends(mistake: Mistake) -> list[Span]:
    if mistake.head and mistake.tail:
        return [mistake.head, mistake.tail]
    return [mistake.span]


def _unit(vectors: np.ndarray) -> np.ndarray:
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-9))


def _show(place: _Place, similarity: float) -> Neighbour:
    """A place with the words around it."""
    text = place.example.text
    start = min(a for a, _ in place.spans)
    end = max(b for _, b in place.spans)
    left, right = max(0, start - _AROUND), min(len(text), end + _AROUND)
    left = text.find(" ", left, start) + 1 if left else 0
    cut = text.rfind(" ", end, right) if right < len(text) else right
    right = cut if cut > end else right
    return Neighbour(
        example=place.example.id,
        text=text[left:right],
        start=start - left,
        end=end - left,
        label=place.label,
        similarity=round(similarity, 3),
    )
