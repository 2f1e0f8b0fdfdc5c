"""Labels of sites: those that each declares, and the union that all train on."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import srsly
from spacy.training import Example

from phantom.jsonl import write_json
from phantom.runtime import register_components
from phantom.training.federated.messages import Labels
from phantom.training.overrides import RELATIONS


def declare(corpus: Path, examples: Sequence[Example]) -> Labels:
    """The labels that a site's training text bears.

    corpus (Path): Folder that `convert` filled; what relations may join is from there.
    RAISES: ValueError if there are none.
    """
    entities = {ent.label_ for x in examples for ent in x.reference.ents}
    found = {r["label"] for x in examples for r in x.reference._.relations or ()}
    if not entities:
        raise ValueError(f"{corpus / 'train.spacy'}: no entity is marked in it")
    path = corpus / "labels" / f"{RELATIONS}.json"
    schema: dict[str, Any] = srsly.read_json(path) if path.is_file() else {}
    if not found <= schema.keys():
        infer = register_components()["relation_schema"].infer_schema
        schema = {**infer(examples), **schema}
    kept = {label: dict(schema[label]) for label in sorted(found)}
    return Labels(entities=tuple(sorted(entities)), relations=kept)


def unite(declared: Mapping[str, Labels]) -> Labels:
    """All labels of all sites.

    declared (Mapping[str, Labels]): By site.
    RAISES: ValueError if a relation has a direction at one site and none at another.
    """
    relations: dict[str, dict[str, Any]] = {}
    first: dict[str, str] = {}
    for site, labels in sorted(declared.items()):
        for label, rule in labels.relations.items():
            known = relations.setdefault(label, {"head": [], "tail": [], **rule})
            if known.get("symmetric") != rule.get("symmetric"):
                raise ValueError(
                    f"relation {label}: symmetric at one of {first[label]} and {site} "
                    "only; give it one rule in both packs, or two names"
                )
            first.setdefault(label, site)
            for side in ("head", "tail"):
                known[side] = sorted({*known[side], *rule.get(side, ())})
    entities = {x for labels in declared.values() for x in labels.entities}
    sides = {x for rule in relations.values() for x in (*rule["head"], *rule["tail"])}
    return Labels(
        entities=tuple(sorted(entities | sides)),
        relations={label: relations[label] for label in sorted(relations)},
    )


def write_labels(folder: Path, labels: Labels, tagger: bool) -> None:
    """Files that `initialize` reads, so that all sites have the same outputs.

    tagger (bool): Whether entities are found by tags, not by the states of a parser.
    """
    actions: dict[str, dict[str, int]] = {str(move): {} for move in range(6)}
    # As spaCy's own counts; with equal ones, labels stand in the order of their names.
    for move in _LABELLED:
        actions[move] = dict.fromkeys(labels.entities, 1)
    actions[_OUT], actions[_UNIT] = {"": 1}, {**actions[_UNIT], "": 1}
    write_json(folder / "ner.json", list(labels.entities) if tagger else actions)
    write_json(folder / f"{RELATIONS}.json", labels.relations)


# Moves of spaCy's recognizer: begin, in, last, unit, out; 0 is for what is not known.
_LABELLED = ("1", "2", "3", "4")
_UNIT, _OUT = "4", "5"
