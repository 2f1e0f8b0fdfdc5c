"""What travels between steps: specs, completions, examples and rejections."""

from phantom.records.base import (
    Attribute,
    Origin,
    Record,
    digest,
    hash_id,
    move_provenance,
)
from phantom.records.comparisons import Candidate, Comparison, Pick
from phantom.records.completions import Completion, Rejected, Usage
from phantom.records.examples import Entity, Example, Labelled, Relation, State
from phantom.records.facts import Amount, Change, Fact, Facts, Link, Term
from phantom.records.specs import Reference, Spec

__all__ = [
    "Amount",
    "Attribute",
    "Change",
    "Candidate",
    "Comparison",
    "Completion",
    "Entity",
    "Example",
    "Fact",
    "Facts",
    "Labelled",
    "Link",
    "Origin",
    "Pick",
    "Record",
    "Reference",
    "Rejected",
    "Relation",
    "Spec",
    "State",
    "Term",
    "Usage",
    "digest",
    "hash_id",
    "move_provenance",
]
