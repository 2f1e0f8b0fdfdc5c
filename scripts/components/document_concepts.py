"""The factory `concepts`: mentions of one thing, joined and named by id."""

import functools
from collections.abc import Iterable
from functools import cache
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
_FILE = "names.msgpack"


# The registry looks through the entry points of all packages at each call.
@cache
def _fold() -> Any:
    return find_part("phantom.FoldName.v1")()


class Concepts:
    """Joins mentions of one label that name the same thing.

    That is: a name of one id in the lexicons; else equal words; and a short form is
    what it stands for, where abbreviations were resolved.

    threshold (float): Least similarity of a mention and a name that are not equal.
    """

    def __init__(self, threshold: float) -> None:
        self.threshold = threshold
        self.tables: dict[str, list[list[str]]] = {}
        self._names: dict[str, Any] = {}

    def add_names(self, label: str, rows: Iterable[tuple[str, str]]) -> None:
        """Add names of a label's lexicon with their ids; "" is no id."""
        self.tables.setdefault(label, []).extend(list(row) for row in rows)
        self._names.clear()

    def __call__(self, doc: Doc) -> Doc:
        """Write `Doc._.concepts`."""
        fold = _fold()
        longs = {
            tuple(entry["short"]): doc[slice(*entry["long"])].text
            for entry in doc._.abbreviations or ()
        }
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for ent in doc.ents:
            text = longs.get((ent.start, ent.end), ent.text)
            match = self._find(ent.label_, text)
            if match is None and text != ent.text:
                match = self._find(ent.label_, ent.text)
            known = match is not None and match.ids
            key = match.ids[0] if known else f"={fold(text) or text}"
            concept = found.get((ent.label_, key))
            if concept is None:
                concept = found[ent.label_, key] = _begin(ent, text, match)
            elif match and match.score > concept["score"]:
                concept.update(score=match.score, how=match.how, name=match.name)
            concept["mentions"].append([ent.start, ent.end])
        doc._.concepts = list(found.values())
        return doc

    def _find(self, label: str, text: str) -> Any:
        if label not in self.tables:
            return None
        if label not in self._names:
            names = find_part("phantom.NearestName.v1")()
            self._names[label] = names(self.tables[label])
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


def make_concepts(nlp: Language, name: str, threshold: float) -> Concepts:
    """Create the component; see `Concepts`."""
    return Concepts(threshold)


# A wheel that is installed too would answer for the name by its entry points.
asks, registry.factories.entry_points = registry.factories.entry_points, False
if not Language.has_factory("concepts"):
    Language.factory(
        "concepts",
        assigns=["doc._.concepts"],
        requires=["doc.ents"],
        default_config={"threshold": 0.8},
        func=make_concepts,
    )
registry.factories.entry_points = asks
