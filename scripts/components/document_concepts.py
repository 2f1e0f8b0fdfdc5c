"""The factory `concepts`: mentions of one thing, joined and named by id."""

import functools
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Optional

import srsly
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import registry

# Parts of other files, looked up once: components/README.md says why.
find_part = functools.cache(registry.misc.get)

# A list of {"label", "name", "id", "ids", "score", "how", "mentions": [[start, end]]}
# in token offsets, in the order of the first mentions; None means that nobody looked.
if not Doc.has_extension("concepts"):
    Doc.set_extension("concepts", default=None)
# A list of {"head", "tail", "label", "score"}, ends by their places in `_.concepts`.
if not Doc.has_extension("concept_relations"):
    Doc.set_extension("concept_relations", default=None)
_FILE = "names.msgpack"


class Concepts:
    """Joins mentions of one label that name the same thing.

    That is: a name of one id in the lexicons; else equal words; and a short form is
    what it stands for, where abbreviations were resolved.

    A relation between two concepts has the score of its surest pair of mentions, less
    where the document names other concepts of their labels more often: it is less
    likely what the document says. The odds are multiplied by the shares of both.

    threshold (float): Least similarity of a mention and a name that are not equal.
    salience (float): Power of the shares; 0 leaves the score as it is.
    least (float): Least score of a relation between concepts.
    inflections (Dict[str, Any]): Of names in the language; see `phantom.FoldName.v2`.
    """

    def __init__(
        self,
        threshold: float,
        salience: float,
        least: float,
        inflections: dict[str, Any],
    ) -> None:
        self.threshold, self.salience, self.least = threshold, salience, least
        self._inflections = inflections
        self._fold: Any = None
        self.tables: dict[str, list[list[str]]] = {}
        self._names: dict[str, Any] = {}

    def add_names(self, label: str, rows: Iterable[tuple[str, str]]) -> None:
        """Add names of a label's lexicon with their ids; "" is no id."""
        self.tables.setdefault(label, []).extend(list(row) for row in rows)
        self._names.clear()

    def __call__(self, doc: Doc) -> Doc:
        """Write `Doc._.concepts` and `Doc._.concept_relations`."""
        if self._fold is None:
            self._fold = find_part("phantom.FoldName.v2")(**self._inflections)
        longs = {
            tuple(entry["short"]): doc[slice(*entry["long"])].text
            for entry in doc._.abbreviations or ()
        }
        found: list[dict[str, Any]] = []
        known: dict[tuple[str, str], dict[str, Any]] = {}
        for ent in doc.ents:
            text = longs.get((ent.start, ent.end), ent.text)
            match = self._find(ent.label_, text)
            if match is None and text != ent.text:
                match = self._find(ent.label_, ent.text)
            ids = match.ids if match else ()
            keys = [
                (ent.label_, key) for key in ids or [f"={self._fold(text) or text}"]
            ]
            concept = next((known[key] for key in keys if key in known), None)
            if concept is None:
                concept = _begin(ent, text, match)
                found.append(concept)
            elif match and match.score > concept["score"]:
                concept.update(score=match.score, how=match.how, name=match.name)
            concept["mentions"].append([ent.start, ent.end])
            for key in keys:
                known.setdefault(key, concept)
        doc._.concepts = found
        doc._.concept_relations = list(self._relate(doc)) if found else []
        return doc

    def _relate(self, doc: Doc) -> Iterator[dict[str, Any]]:
        """Relations between concepts, in the order of the first pairs of mentions."""
        relations = doc._.relations if doc.has_extension("relations") else None
        if not relations:
            return
        concepts = doc._.concepts
        of = {tuple(m): i for i, c in enumerate(concepts) for m in c["mentions"]}
        most: Counter[str] = Counter()
        for concept in concepts:
            label = concept["label"]
            most[label] = max(most[label], len(concept["mentions"]))
        best: dict[tuple[int, int, str], float] = {}
        for relation in relations:
            head, tail = (of.get(tuple(relation[end])) for end in ("head", "tail"))
            if head is not None and tail is not None:
                key = (head, tail, relation["label"])
                best[key] = max(best.get(key, 0.0), float(relation["score"]))
        for (head, tail, label), score in best.items():
            shares = (
                len(concepts[i]["mentions"]) / most[concepts[i]["label"]]
                for i in (head, tail)
            )
            weight = math.prod(shares) ** self.salience
            score = score * weight / (score * weight + 1 - score)
            if head != tail and score >= self.least:
                yield {"head": head, "tail": tail, "label": label, "score": score}

    def _find(self, label: str, text: str) -> Any:
        if label not in self.tables:
            return None
        if label not in self._names:
            names = find_part("phantom.NearestName.v2")()
            self._names[label] = names(self.tables[label], self._fold)
        return self._names[label].find(text, self.threshold)

    def to_bytes(self, exclude: Any = ()) -> bytes:
        """The names of the lexicons."""
        return srsly.msgpack_dumps(self.tables)

    def from_bytes(self, data: bytes, exclude: Any = ()) -> "Concepts":
        """Take the names of the lexicons."""
        self.tables = srsly.msgpack_loads(data, use_list=True)
        self._names.clear()
        return self

    def to_disk(self, path: Any, exclude: Any = ()) -> None:
        """Write the names of the lexicons into a folder."""
        Path(path).mkdir(parents=True, exist_ok=True)
        (Path(path) / _FILE).write_bytes(self.to_bytes())

    def from_disk(self, path: Any, exclude: Any = ()) -> "Concepts":
        """Read the names of the lexicons."""
        return self.from_bytes((Path(path) / _FILE).read_bytes())


def _begin(ent: Span, text: str, match: Optional[Any]) -> dict[str, Any]:
    ids = list(match.ids) if match else []
    return {
        "label": ent.label_,
        "name": match.name if match else " ".join(text.split()),
        "id": ids[0] if ids else None,
        "ids": ids,
        "score": match.score if match else 0.0,
        "how": match.how if match else "none",
        "mentions": [],
    }


def make_concepts(
    nlp: Language,
    name: str,
    threshold: float,
    salience: float,
    least: float,
    inflections: dict[str, Any],
) -> Concepts:
    """Create the component; see `Concepts`."""
    return Concepts(threshold, salience, least, inflections)


# A wheel that is installed too would answer for the name by its entry points.
asks, registry.factories.entry_points = registry.factories.entry_points, False
if not Language.has_factory("concepts"):
    Language.factory(
        "concepts",
        assigns=["doc._.concepts", "doc._.concept_relations"],
        requires=["doc.ents"],
        default_config={
            "threshold": 0.8,
            "salience": 0.7,
            "least": 0.4,
            "inflections": {},
        },
        func=make_concepts,
    )
registry.factories.entry_points = asks
