"""What a trained pipeline finds in examples, for the queue and as ghosts."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from phantom.evaluation.chances import find_chances
from phantom.evaluation.predictions import read_entities, read_links
from phantom.evaluation.types import Link, Mention
from phantom.jsonl import write_jsonl
from phantom.records import Entity, Example, Labelled, Relation
from phantom.review.lines import ExampleFile
from phantom.runtime import load_pipeline, register_components

if TYPE_CHECKING:
    from spacy.language import Language


def write_predicted(
    path: Path, pipeline: Path, examples: Iterable[Example]
) -> ExampleFile[Labelled]:
    """Run a pipeline over examples and keep what it finds, to be read by id.

    path (Path): The file to write (.jsonl); `meta.scores` has a relation's score each,
        `meta.chances` start, end, label and chance of mentions that it considered.
    """
    register_components()
    write_jsonl(path, _predict(load_pipeline(pipeline), examples))
    return ExampleFile(path, Labelled)


def _predict(nlp: "Language", examples: Iterable[Example]) -> Iterator[Labelled]:
    from spacy.util import minibatch

    pairs = ((example.text, example) for example in examples)
    for batch in minibatch(nlp.pipe(pairs, as_tuples=True), 64):
        found = [(read_entities(doc), read_links(doc)) for doc, _ in batch]
        chances = find_chances(nlp, [doc for doc, _ in batch])
        for (_, example), (mentions, links), likely in zip(
            batch, found, chances, strict=True
        ):
            yield _labelled(example, mentions, links, likely)


def _labelled(
    example: Example,
    mentions: list[Mention],
    links: list[Link],
    chances: list[tuple[int, int, str, float]],
) -> Labelled:
    mentions = sorted(mentions)
    place = {(start, end): i for i, (start, end, _) in enumerate(mentions)}
    links = [x for x in links if x.head in place and x.tail in place]
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
        meta={
            "scores": [round(float(x.score), 4) for x in links],
            "chances": [[*x[:3], round(x[3], 4)] for x in chances],
        },
    )
