"""Examples as spaCy docs, and DocBin files that were read back."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, DocBin
from spacy.vocab import Vocab

from phantom.corpora.origins import Permits, admit
from phantom.jsonl import replace_file
from phantom.records import Example
from phantom.runtime import register_components

# What a doc keeps of its example beside the annotation.
PROVENANCE = {"id", "origin", "sources", "weight", "derived_from", "model", "meta"}


@dataclass
class Alignment:
    """What could not be said in tokens.

    mentions (List[Tuple[str, str]]): Example id and mention text.
    relations (int): Relations lost because an end is such a mention.
    """

    mentions: list[tuple[str, str]] = field(default_factory=list)
    relations: int = 0


def to_doc(nlp: Language, example: Example, lost: Alignment | None = None) -> Doc:
    """Make the reference doc of an example.

    A mention whose ends are no token bounds leaves its tokens without annotation
    (missing, not "outside"), so that nothing false is taught.

    nlp (Language): For its tokenizer.
    lost (Optional[Alignment]): Takes up what can't be aligned.
    RETURNS (Doc): With `ents`, `_.relations` and provenance in `user_data`.
    """
    register_components()
    doc = nlp.make_doc(example.text)
    spans: dict[int, Any] = {}
    missing = []
    for i, entity in enumerate(example.entities):
        span = doc.char_span(entity.start, entity.end, label=entity.label)
        if span is None:
            around = doc.char_span(entity.start, entity.end, alignment_mode="expand")
            missing.append(around)
            if lost is not None:
                lost.mentions.append((example.id, entity.text))
        else:
            spans[i] = span
    # An expanded span may reach into a neighbour that could be aligned.
    taken = {token.i for span in spans.values() for token in span}
    unknown = [
        doc[token.i : token.i + 1]
        for span in missing
        for token in (span or ())
        if token.i not in taken
    ]
    doc.set_ents(list(spans.values()), missing=_unique(unknown))
    relations = []
    for relation in example.relations:
        if relation.head in spans and relation.tail in spans:
            head, tail = spans[relation.head], spans[relation.tail]
            relations.append(
                {
                    "head": [head.start, head.end],
                    "tail": [tail.start, tail.end],
                    "label": relation.label,
                    "score": 1.0,
                }
            )
        elif lost is not None:
            lost.relations += 1
    doc._.relations = relations
    doc.user_data["example"] = example.model_dump(mode="json", include=PROVENANCE)
    return doc


def write_docbin(
    path: Path, docs: Iterable[Doc], vocab: Vocab, permits: Permits | None = None
) -> int:
    """Write docs with their user data, read the file back and count.

    docs (Iterable[Doc]): As `to_doc` makes them, with their provenance.
    permits (Optional[Permits]): Real text that may be among them; None: none.
    RETURNS (int): The number of docs.
    RAISES: ValueError if a doc may not be used for training, or if what was read
        differs from what was written.
    """
    docbin = DocBin(store_user_data=True)
    entities = relations = 0
    for doc in docs:
        admit(doc.user_data.get("example") or {}, permits or Permits())
        docbin.add(doc)
        entities += len(doc.ents)
        relations += len(doc._.relations or [])
    with replace_file(path) as temporary:
        docbin.to_disk(temporary)
        back = list(read_docbin(temporary, vocab))
        found = (
            len(back),
            sum(len(doc.ents) for doc in back),
            sum(len(doc._.relations or []) for doc in back),
        )
        if found != (len(docbin), entities, relations):
            raise ValueError(
                f"{path}: wrote {len(docbin)} docs, {entities} entities, {relations} "
                f"relations, but read back {found}; check disk space and write again"
            )
    return len(docbin)


def read_docbin(path: Path, vocab: Vocab) -> Iterator[Doc]:
    """Stream the docs of a DocBin file."""
    register_components()
    yield from DocBin().from_disk(path).get_docs(vocab)


def _unique(spans: list[Any]) -> list[Any]:
    return list({span.start: span for span in spans}.values())
