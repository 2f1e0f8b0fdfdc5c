"""The factory `abbreviations`: what short forms stand for, over a whole document."""

import functools
from functools import cache
from typing import Any, Optional

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import registry

# Parts of other files, looked up once: components/README.md says why.
find_part = functools.cache(registry.misc.get)

# A list of {"short": [start, end], "long": [start, end], "early": bool} in token
# offsets, one for each place of a short form; None means that nobody looked.
if not Doc.has_extension("abbreviations"):
    Doc.set_extension("abbreviations", default=None)


# The registry looks through the entry points of all packages at each call.
@cache
def _unify_labels() -> Any:
    return find_part("phantom.UnifyAbbreviations.v1")()


class Abbreviations:
    """Resolves short forms: a long form found once holds for later short forms.

    unify (bool): Whether each use of a short form gets the label of its long form, and
        is no mention where that is none. Stands before the relation extractor then.
    borrowed (Dict[str, List[str]]): Short forms of another language: what the words of
        the long form begin with.
    endings (List[str]): Of short forms in the plural, such as "s".
    """

    def __init__(
        self, unify: bool, borrowed: dict[str, list[str]], endings: list[str]
    ) -> None:
        self.unify = unify
        self._forms = borrowed, endings
        self._find: Any = None

    def __call__(self, doc: Doc) -> Doc:
        """Write `Doc._.abbreviations`, and `Doc.ents` where it is to unify them."""
        if self._find is None:
            self._find = find_part("phantom.AbbreviationUses.v2")(*self._forms)
        uses = list(self._find(doc.text))
        doc._.abbreviations = [
            {
                "short": _tokens(doc, use.start, use.end),
                "long": _tokens(doc, *use.definition.long),
                "early": use.early,
            }
            for use in uses
        ]
        if self.unify and uses:
            _unify(doc, uses)
        return doc


def _tokens(doc: Doc, start: int, end: int) -> list[int]:
    """The tokens that a stretch of characters touches."""
    span = doc.char_span(start, end, alignment_mode="expand")
    assert span is not None  # the offsets are those of the doc's own text
    return [span.start, span.end]


def _unify(doc: Doc, uses: list) -> None:
    """Give uses one label. A short form inside a token can be no mention."""
    unify = _unify_labels()
    known = {(ent.start_char, ent.end_char): ent for ent in doc.ents}
    found = [(*place, ent.label_) for place, ent in known.items()]
    ents: list[Optional[Span]] = []
    for start, end, label in unify(uses, found):
        ent = known.get((start, end))
        if ent is None or ent.label_ != label:
            ent = doc.char_span(start, end, label=label)
        ents.append(ent)
    doc.set_ents([ent for ent in ents if ent is not None])
    if doc.has_extension("relations") and doc._.relations:
        left = {(ent.start, ent.end) for ent in doc.ents}
        doc._.relations = [
            relation
            for relation in doc._.relations
            if all(tuple(relation[end]) in left for end in ("head", "tail"))
        ]


def make_abbreviations(
    nlp: Language,
    name: str,
    unify: bool,
    borrowed: dict[str, list[str]],
    endings: list[str],
) -> Abbreviations:
    """Create the component; see `Abbreviations`."""
    return Abbreviations(unify, borrowed, endings)


# A wheel that is installed too would answer for the name by its entry points.
asks, registry.factories.entry_points = registry.factories.entry_points, False
if not Language.has_factory("abbreviations"):
    Language.factory(
        "abbreviations",
        assigns=["doc._.abbreviations", "doc.ents"],
        default_config={"unify": True, "borrowed": {}, "endings": []},
        func=make_abbreviations,
    )
registry.factories.entry_points = asks
