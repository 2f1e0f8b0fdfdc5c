"""DocBin files for training: what may be in them, read back."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from phantom.corpora.origins import Permits, admit
from phantom.formats.docs import NOMINAL, Alignment, to_doc
from phantom.jsonl import replace_file
from phantom.runtime import load_component

if TYPE_CHECKING:
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

__all__ = ["NOMINAL", "Alignment", "read_docbin", "to_doc", "write_docbin"]


def write_docbin(
    path: Path, docs: "Iterable[Doc]", vocab: "Vocab", permits: Permits | None = None
) -> int:
    """Write docs with their user data, read the file back and count.

    docs (Iterable[Doc]): As `to_doc` makes them, with their provenance.
    permits (Optional[Permits]): Real text that may be among them; None: none.
    RETURNS (int): The number of docs.
    RAISES: ValueError if a doc may not be used for training, or if what was read
        differs from what was written.
    """
    from spacy.tokens import DocBin

    docbin = DocBin(store_user_data=True)
    entities = relations = 0
    for doc in docs:
        admit(doc.user_data.get("example") or {}, permits or Permits())
        docbin.add(doc)
        entities += _count_mentions(doc)
        relations += len(doc._.relations or [])
    with replace_file(path) as temporary:
        docbin.to_disk(temporary)
        back = list(read_docbin(temporary, vocab))
        found = (
            len(back),
            sum(map(_count_mentions, back)),
            sum(len(doc._.relations or []) for doc in back),
        )
        if found != (len(docbin), entities, relations):
            raise ValueError(
                f"{path}: wrote {len(docbin)} docs, {entities} entities, {relations} "
                f"relations, but read back {found}; check disk space and write again"
            )
    return len(docbin)


def _count_mentions(doc: "Doc") -> int:
    return len(doc.ents) + len(doc.spans.get(NOMINAL, ()))


def read_docbin(path: Path, vocab: "Vocab") -> "Iterator[Doc]":
    """Stream the docs of a DocBin file."""
    from spacy.tokens import DocBin

    load_component("relation_extension")
    load_component("register_codecs").look_up_codecs_once()
    yield from DocBin().from_disk(path).get_docs(vocab)
