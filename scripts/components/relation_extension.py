"""Where relations live: `Doc._.relations`."""

from spacy.tokens import Doc

# A list of {"head": [start, end], "tail": [start, end], "label": str, "score": float}
# in token offsets, end exclusive; None means that nobody has annotated the doc. From
# bytes, and so from a DocBin or another process, lists come back as tuples.
if not Doc.has_extension("relations"):
    Doc.set_extension("relations", default=None)
