"""A toy pipeline, a data set of four texts, and their scores."""

from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from tests.builders import example

from phantom.evaluation.cases import make_cases, make_requests, resample_units
from phantom.evaluation.metrics import Bootstrap
from phantom.evaluation.predictions import predict
from phantom.evaluation.report import SplitReport
from phantom.evaluation.split_scores import Baselines, SplitScores
from phantom.packs.benchmarks import Dataset
from phantom.packs.domain import RelationRule
from phantom.records import Example
from phantom.runtime import register_components

BOTH_LABELS = ["DRUG", "ILL"]
SCHEMA = {
    "HURTS": RelationRule(definition="", head=["DRUG"], tail=["ILL"]),
    "NEAR": RelationRule(
        definition="", head=BOTH_LABELS, tail=BOTH_LABELS, symmetric=True
    ),
}
SEEN_BY_ENCODER: list[str] = []


@Language.component("toy_encoder")
def toy_encoder(doc: Doc) -> Doc:
    SEEN_BY_ENCODER.append(doc.text)
    return doc


@Language.component("toy_relations", assigns=["doc._.relations"])
def toy_relations(doc: Doc) -> Doc:
    """Every drug hurts every illness after it, the nearer the surer."""
    doc._.relations = [
        {
            "head": [a.start, a.end],
            "tail": [b.start, b.end],
            "label": "HURTS",
            "score": 1 / (b.start - a.start),
        }
        for a in doc.ents
        for b in doc.ents
        if a.label_ == "DRUG" and b.label_ == "ILL" and a.start < b.start
    ]
    return doc


def make_toy() -> Language:
    """The encoder that counts, a ruler with two names, and the toy's relations."""
    register_components()
    nlp = spacy.blank("xx")
    nlp.add_pipe("toy_encoder")
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns(  # type: ignore[attr-defined]
        [{"label": "DRUG", "pattern": "aspirin"}, {"label": "ILL", "pattern": "rash"}]
    )
    nlp.add_pipe("toy_relations")
    return nlp


def record(text: str, *relations: tuple[int, str, int], **more: Any) -> Example:
    """An example whose id is its text, tags and all, unless one is given."""
    return example(text, *relations, **{"id": text, **more})


def dataset(*tasks: str, **changes: Any) -> Dataset:
    given = {
        "title": "t",
        "licence": "l",
        "train": "allowed",
        "tasks": tasks,
        "labels": {"DRUG": "DRUG", "ILL": "ILL"},
        "relations": {"CID": ["HURTS"]},
        "concepts": "cid",
        "splits": {"dev": {"file": "dev.jsonl", "use": "dev"}},
    }
    return Dataset.model_validate({**given, **changes})


def run(nlp: Language, entry: Dataset, records: list[Example], **extra: Any) -> Any:
    requests = make_requests(entry, records, SCHEMA)
    predictions = extra.pop("predictions", None) or predict(nlp, requests)
    report = SplitScores(
        entry,
        SCHEMA,
        make_cases(entry, records, requests, predictions),
        Baselines(extra.pop("dictionaries", {}), extra.pop("surfaces", set())),
        Bootstrap(resample_units(entry, records), 20, 0),
    ).score()
    seconds = {"predict": 0.0, "score": 0.0}
    # Its keys are those that the page of metrics tells of, and no other.
    SplitReport.model_validate({**report, "use": "dev", "note": "", "seconds": seconds})
    return report


RECORDS = [
    record("<DRUG id=1>aspirin</DRUG> and <ILL id=2>rash</ILL>", (1, "CID", 2)),
    record("<DRUG id=1>aspirin</DRUG> then <ILL id=2>fever</ILL>", (1, "CID", 2)),
    record("<ILL id=1>rash</ILL> without aspirin"),
    record("aspirin-<ILL id=1>induced</ILL> <ILL id=2>itch</ILL>"),
    record("micro-<DRUG id=1>aspi</DRUG>rin <ILL id=2>itch</ILL> rash", (1, "CID", 2)),
]
