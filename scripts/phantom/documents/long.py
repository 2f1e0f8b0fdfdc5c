"""A document of hundreds of pages, read in parts so that memory stays bounded."""

from collections.abc import Iterator
from typing import NamedTuple

from spacy.language import Language
from spacy.tokens import Doc, Span

from phantom.packs.document import COMPONENTS, RELATIONS

# Characters from which on a document is read so: some 60 pages.
LONG = 200_000
# Tokens of a part without its margins.
PART = 20_000
# What reads words by those near them; nothing else may be given a part of a document.
_LOCAL = {
    "transformer",
    "tok2vec",
    "ner",
    "entity_recognizer",
    "entity_ruler",
    RELATIONS,
}


class Part(NamedTuple):
    """A stretch of a document with margins, as a doc of its own.

    first, start, end (int): Tokens of the document: where the doc begins, and where
        what is its own begins and ends.
    """

    doc: Doc
    first: int
    start: int
    end: int


def find_margin(nlp: Language) -> int | None:
    """Tokens that parts of a document overlap by, such that no relation is lost.

    RETURNS (Optional[int]): None if the pipeline has to see documents whole: some
        component may look anywhere, or relations may be of any length.
    """
    names = [name for name in nlp.pipe_names if name not in COMPONENTS]
    if not {nlp.get_pipe_meta(name).factory for name in names} <= _LOCAL:
        return None
    if RELATIONS not in names:
        return 400
    config = nlp.config["components"][RELATIONS].get("candidates", {})
    distance = config.get("max_distance")
    # White space does not count in distances, and mentions have a length.
    return None if distance is None else 4 * distance + 100


def read_long(nlp: Language, text: str, margin: int, size: int = PART) -> Doc:
    """Read a document in parts; what is found over a border is there once.

    Components that look no further than a passage see one part after the other, those
    for documents see all of it, each at its place in the pipeline.

    margin (int): As `find_margin` gives it. size (int): Tokens of a part.
    """
    doc = nlp.make_doc(text)
    parts = list(_cut(nlp, doc, margin, size))
    for name, pipe in nlp.pipeline:
        if name in COMPONENTS:
            doc = pipe(doc)
            for part in parts:
                _give(doc, part)
            continue
        parts = [part._replace(doc=pipe(part.doc)) for part in parts]
        if name == RELATIONS:
            doc._.relations = list(_relations(doc, parts))
        else:
            doc.set_ents(list(_entities(doc, parts)))
    return doc


def _cut(nlp: Language, doc: Doc, margin: int, size: int) -> Iterator[Part]:
    """Parts that begin where the encoder's own windows do, so that it sees the same."""
    config = nlp.config["components"].get("transformer", {}).get("model", {})
    stride = config.get("get_spans", {}).get("stride", 1)
    size, margin = (-(-count // stride) * stride for count in (size, margin))
    for start in range(0, len(doc), size):
        end = min(start + size, len(doc))
        first, last = max(0, start - margin), min(len(doc), end + margin)
        yield Part(doc[first:last].as_doc(), first, start, end)


def _entities(doc: Doc, parts: list[Part]) -> Iterator[Span]:
    """Each mention from the part that it begins in."""
    after = 0
    for part in parts:
        for ent in part.doc.ents:
            start, end = ent.start + part.first, ent.end + part.first
            if part.start <= start < part.end and start >= after:
                yield Span(doc, start, end, label=ent.label_)
                after = end


def _give(doc: Doc, part: Part) -> None:
    """Give a part the mentions of the document that lie within it."""
    last = part.first + len(part.doc)
    part.doc.set_ents(
        [
            Span(part.doc, e.start - part.first, e.end - part.first, label=e.label_)
            for e in doc.ents
            if part.first <= e.start and e.end <= last
        ]
    )


def _relations(doc: Doc, parts: list[Part]) -> Iterator[dict]:
    """Each relation from the part that its first mention begins in."""
    known = {(ent.start, ent.end) for ent in doc.ents}
    for part in parts:
        for relation in part.doc._.relations or ():
            moved = {
                end: [place + part.first for place in relation[end]]
                for end in ("head", "tail")
            }
            first = min(moved["head"][0], moved["tail"][0])
            there = all(tuple(place) in known for place in moved.values())
            if part.start <= first < part.end and there:
                yield {**relation, **moved}
