"""What a pipeline finds: on its own, and given the gold entities."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import filter_spans, minibatch

from phantom.evaluation.types import Link, Mention, Prediction, Request, Span
from phantom.records import Example


def predict(
    nlp: Language, requests: Sequence[Request], batch_size: int = 64
) -> list[Prediction]:
    """Run the pipeline once per distinct text, and what follows NER per given set.

    The components after the last one that assigns `doc.ents` are run again with the
    given entities; the encoder's output is still on the doc, so it is not. If no
    request wants relations between own entities, these components run for given sets
    alone. Texts are sorted by length, which saves padding.

    RETURNS (List[Prediction]): In the order of the requests.
    """
    users: dict[str, list[int]] = {}
    for i, request in enumerate(requests):
        users.setdefault(request.text, []).append(i)
    found: list[Prediction | None] = [None] * len(requests)
    late = late_components(nlp)
    unwanted = [] if any(request.relate for request in requests) else [*late]
    texts = sorted(users, key=len)
    docs = nlp.pipe(texts, batch_size=batch_size, disable=unwanted)
    for batch in minibatch(docs, batch_size):
        rounds: dict[int, list[tuple[Doc, int, int]]] = {}
        for doc in batch:
            entities, links = read_entities(doc), read_links(doc)
            turn = 0
            for i in users[doc.text]:
                lost = sum(
                    doc.char_span(start, end) is None
                    for start, end, _ in requests[i].gold
                )
                given: list[list[Link]] = [[] for _ in requests[i].given]
                found[i] = Prediction(entities, links, given, lost)
                for j in range(len(given)):
                    rounds.setdefault(turn, []).append((doc, i, j))
                    turn += 1
        for active in rounds.values() if late else ():
            for doc, i, j in active:
                set_entities(doc, requests[i].given[j])
            related = [doc for doc, _, _ in active]
            for component in late.values():
                if hasattr(component, "pipe"):
                    related = list(component.pipe(related, batch_size=batch_size))
                else:
                    related = [component(doc) for doc in related]
            for doc, (_, i, j) in zip(related, active, strict=True):
                prediction = found[i]
                assert prediction is not None
                prediction.given[j].extend(read_links(doc))
    return [prediction for prediction in found if prediction is not None]


def late_components(nlp: Language) -> dict[str, Any]:
    """The components that come after the last one that assigns `doc.ents`."""
    last = -1
    for i, name in enumerate(nlp.pipe_names):
        if "doc.ents" in nlp.get_pipe_meta(name).assigns:
            last = i
    return dict(nlp.pipeline[last + 1 :])


def set_entities(doc: Doc, mentions: Iterable[Mention]) -> None:
    """Put entities on a doc; those not on token bounds are left out."""
    spans = [doc.char_span(start, end, label) for start, end, label in mentions]
    doc.set_ents(filter_spans([span for span in spans if span is not None]))
    if Doc.has_extension("relations"):
        doc._.relations = []


def read_entities(doc: Doc) -> list[Mention]:
    """The entities of a doc in character offsets."""
    return [(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents]


def read_links(doc: Doc) -> list[Link]:
    """The relations of a doc in character offsets."""
    stored = doc._.relations if Doc.has_extension("relations") else []
    return [
        Link(
            _characters(doc, item["head"]),
            _characters(doc, item["tail"]),
            item["label"],
            float(item.get("score", 1.0)),
        )
        for item in stored or []
    ]


def predictions_from_examples(
    examples: Mapping[str, Example], ids: Sequence[str], requests: Sequence[Request]
) -> Iterator[Prediction]:
    """Predictions that were made elsewhere and written as examples.

    examples (Dict[str, Example]): By record id; a record without one has nothing
        predicted.
    RAISES: ValueError if the text differs from the record's.
    """
    for name, request in zip(ids, requests, strict=True):
        example = examples.get(name)
        if example is None:
            empty: list[list[Link]] = [[] for _ in request.given]
            yield Prediction([], [], empty, missing=True)
            continue
        if example.text != request.text:
            raise ValueError(
                f"prediction {name}: its text differs from the record's, so offsets "
                "mean nothing; predict on the benchmark's text (on the original "
                "names, where the map says orig: true)."
            )
        spans = [(entity.start, entity.end) for entity in example.entities]
        links = [Link(spans[r.head], spans[r.tail], r.label) for r in example.relations]
        given = []
        for mentions in request.given:
            known = {(start, end) for start, end, _ in mentions}
            given.append([x for x in links if x.head in known and x.tail in known])
        entities = [(e.start, e.end, e.label) for e in example.entities]
        yield Prediction(entities, links, given)


def _characters(doc: Doc, bounds: Sequence[int]) -> Span:
    last = doc[bounds[1] - 1]
    return doc[bounds[0]].idx, last.idx + len(last)
