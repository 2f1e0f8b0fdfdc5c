"""Where relations live: `Doc._.relations`; and docs joined with theirs."""

import warnings
from collections.abc import Callable, Iterable
from typing import Any, Optional

from spacy.errors import Warnings
from spacy.tokens import Doc
from spacy.util import registry

# A list of {"head": [start, end], "tail": [start, end], "label": str, "score": float}
# in token offsets, end exclusive; None means that nobody has annotated the doc. From
# bytes, and so from a DocBin or another process, lists come back as tuples.
if not Doc.has_extension("relations"):
    Doc.set_extension("relations", default=None)


@registry.misc("phantom.JoinDocs.v1")
def make_join_docs() -> Callable[..., Optional[Doc]]:
    """The function that joins docs; see `join_docs`."""
    return join_docs


def join_docs(docs: Iterable[Doc], **settings: Any) -> Optional[Doc]:
    """Join docs as `Doc.from_docs` does, and keep their relations.

    spaCy's own leaves out attributes of whole docs, with a warning (W101).

    settings (Any): Those of `Doc.from_docs`.
    RETURNS (Optional[Doc]): None without docs. Its relations are None, with a warning,
        if some docs are annotated and others are not: there would be nothing to tell
        a part without relations from one where nobody looked.
    """
    docs = list(docs)
    with warnings.catch_warnings():
        message = Warnings.W101.format(name="relations").partition(" ")[2]
        warnings.filterwarnings("ignore", message=rf"\[W101\] {message}")
        joined = Doc.from_docs(docs, **settings)
    if joined is None:
        return None
    found = [doc._.relations for doc in docs]
    if any(relations is None for relations in found):
        if any(found):
            warnings.warn(
                "docs that bear relations were joined with docs whose relations are "
                "None (not annotated); the relations are left out. Set them to [] "
                "where there are none",
                stacklevel=2,
            )
        return joined
    joined._.relations, start = [], 0
    for doc, relations in zip(docs, found, strict=True):
        for relation in relations:
            ends = {end: [i + start for i in relation[end]] for end in ("head", "tail")}
            joined._.relations.append({**relation, **ends})
        start += len(doc)
    return joined
