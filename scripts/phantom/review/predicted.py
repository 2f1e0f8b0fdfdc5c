"""What a trained pipeline finds in examples, for the queue and as ghosts."""

from collections.abc import Iterable
from pathlib import Path

import spacy

from phantom.evaluation.predictions import predict
from phantom.evaluation.types import Prediction, Request
from phantom.jsonl import write_jsonl
from phantom.records import Entity, Example, Labelled, Relation
from phantom.review.lines import ExampleFile
from phantom.runtime import register_components


def write_predicted(
    path: Path, pipeline: Path, examples: Iterable[Example]
) -> ExampleFile[Labelled]:
    """Run a pipeline over examples and keep what it finds, to be read by id.

    path (Path): The file to write (.jsonl); `meta.scores` has a relation's score each.
    """
    if not (pipeline / "config.cfg").is_file():
        raise ValueError(f"{pipeline}: no pipeline here; `train` makes one")
    register_components()
    nlp = spacy.load(pipeline)
    examples = list(examples)
    predictions = predict(nlp, [Request(example.text) for example in examples])
    rows = zip(examples, predictions, strict=True)
    write_jsonl(path, (_labelled(example, found) for example, found in rows))
    return ExampleFile(path, Labelled)


def _labelled(example: Example, found: Prediction) -> Labelled:
    mentions = sorted(found.entities)
    place = {(start, end): i for i, (start, end, _) in enumerate(mentions)}
    links = [x for x in found.relations if x.head in place and x.tail in place]
    return Labelled(
        id=example.id,
        text=example.text,
        entities=tuple(
            Entity(start=start, end=end, label=label, text=example.text[start:end])
            for start, end, label in mentions
        ),
        relations=tuple(
            Relation(head=place[x.head], tail=place[x.tail], label=x.label)
            for x in links
        ),
        origin=example.origin,
        model=example.model,
        meta={"scores": [round(float(x.score), 4) for x in links]},
    )
