"""Relation schema: which entity labels each relation label may join."""

from collections.abc import Iterable
from typing import Any

from spacy.training import Example
from spacy.util import registry

Schema = dict[str, dict[str, Any]]


@registry.misc("phantom.CheckSchema.v1")
def check_schema(schema: Any) -> Schema:
    """Check a relation schema and fill in what it leaves out.

    schema (dict): `{label: {"head": [...], "tail": [...], "symmetric": bool}}`; no
        `head` or `tail`, or an empty list, allows every entity label.
    RETURNS (dict): The same with all three keys, lists sorted.
    RAISES: ValueError with the label and key that do not fit.
    """
    if not isinstance(schema, dict):
        raise ValueError(
            f"relation schema: {type(schema).__name__} given; write "
            '{"LABEL": {"head": [...], "tail": [...], "symmetric": false}}'
        )
    checked = {}
    for label, rule in schema.items():
        if not isinstance(rule, dict) or set(rule) - {"head", "tail", "symmetric"}:
            raise ValueError(
                f"relation schema, {label}: {rule!r} given; "
                "write a dict with the keys head, tail and symmetric"
            )
        for side in ("head", "tail"):
            types = rule.get(side, [])
            if not isinstance(types, list | tuple) or not all(
                isinstance(name, str) for name in types
            ):
                raise ValueError(
                    f"relation schema, {label}.{side}: {types!r} given; "
                    "write a list of entity labels, empty for any"
                )
        checked[str(label)] = {
            "head": sorted(rule.get("head", [])),
            "tail": sorted(rule.get("tail", [])),
            "symmetric": bool(rule.get("symmetric", False)),
        }
    return checked


@registry.misc("phantom.InferSchema.v1")
def infer_schema(examples: Iterable[Example]) -> Schema:
    """A schema with the entity labels that gold relations join, all directed."""
    sides: dict[str, dict[str, set[str]]] = {}
    for example in examples:
        doc = example.reference
        mentions = registry.misc.get("phantom.GoldMentions.v1")(doc)
        types = {(span.start, span.end): span.label_ for span in mentions}
        for relation in doc._.relations or ():
            rule = sides.setdefault(relation["label"], {"head": set(), "tail": set()})
            for side in rule:
                if tuple(relation[side]) in types:
                    rule[side].add(types[tuple(relation[side])])
    return {
        label: {
            "head": sorted(rule["head"]),
            "tail": sorted(rule["tail"]),
            "symmetric": False,
        }
        for label, rule in sorted(sides.items())
    }
