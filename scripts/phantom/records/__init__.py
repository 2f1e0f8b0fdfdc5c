"""What travels between steps: specs, completions, examples and rejections."""

from phantom.records.base import Attribute, Origin, Record, hash_id, move_provenance
from phantom.records.completions import Completion, Rejected, Usage
from phantom.records.examples import Entity, Example, Labelled, Relation, State
from phantom.records.specs import Amount, Facts, Link, Reference, Spec, Term

__all__ = [
    "Amount",
    "Attribute",
    "Completion",
    "Entity",
    "Example",
    "Facts",
    "Labelled",
    "Link",
    "Origin",
    "Record",
    "Reference",
    "Rejected",
    "Relation",
    "Spec",
    "State",
    "Term",
    "Usage",
    "hash_id",
    "move_provenance",
]
