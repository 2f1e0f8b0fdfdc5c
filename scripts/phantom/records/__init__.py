"""What travels between steps: specs, completions, examples and rejections."""

from phantom.records.base import Attribute, Origin, Record, hash_id, move_provenance
from phantom.records.completions import Completion, Rejected, Usage
from phantom.records.examples import Entity, Example, Labelled, Relation, State
from phantom.records.facts import Amount, Change, Fact, Facts, Link, Term
from phantom.records.specs import Reference, Spec

__all__ = [
    "Amount",
    "Attribute",
    "Change",
    "Completion",
    "Entity",
    "Example",
    "Fact",
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
