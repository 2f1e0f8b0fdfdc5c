"""A quick pipeline without an encoder, on disk, and documents for it."""

import json
from pathlib import Path

from spacy.language import Language

from phantom.documents.blocks import read_parts
from phantom.runtime import blank_pipeline

NAMES = {"DISEASE": ["gout", "acute renal failure"], "CHEMICAL": ["aspirin"]}


def quick_pipeline() -> Language:
    """Finds three names, and relates each chemical to the disease behind it."""
    nlp = blank_pipeline("en")
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns(  # type: ignore[attr-defined]
        [
            {"label": label, "pattern": [{"LOWER": word} for word in name.split()]}
            for label, names in NAMES.items()
            for name in names
        ]
    )
    if not Language.has_factory("quick_relations"):
        Language.component("quick_relations", func=_relate)
    nlp.add_pipe("quick_relations")
    return nlp


def _relate(doc):  # type: ignore[no-untyped-def]
    if "raise" in doc.text:
        raise RuntimeError("asked to")
    doc._.relations = [
        {
            "head": [a.start, a.end],
            "tail": [b.start, b.end],
            "label": "INDUCES",
            "score": 0.51234,
        }
        for a, b in zip(doc.ents, doc.ents[1:], strict=False)
        if (a.label_, b.label_) == ("CHEMICAL", "DISEASE")
    ]
    return doc


def read_rows(output: Path, folder: str = "documents") -> list[dict]:
    """All rows that a run wrote, in order."""
    return [
        json.loads(line)
        for part in read_parts(output, folder)
        for line in part.read_text(encoding="utf-8").splitlines()
    ]
