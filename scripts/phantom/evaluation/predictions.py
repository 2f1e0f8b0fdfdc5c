"""What a pipeline finds: on its own, and given the gold entities."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from phantom.evaluation.types import Link, Mention, Prediction, Request, Span
from phantom.records import Example

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc


class Given(NamedTuple):
    """Mentions that a doc is given, and the list for the relations between them."""

    mentions: Sequence[Mention]
    links: list[Link]


def predict(
    nlp: "Language", requests: Sequence[Request], batch_size: int = 64
) -> list[Prediction]:
    """Run the pipeline once per distinct text, and what follows NER per given set.

    The components after the last one that assigns `doc.ents` are run again with the
    given entities; the encoder's output is still on the doc, so it is not. If no
    request wants relations between own entities, these components run for given sets
    alone. Texts are sorted by length, which saves padding.

    RETURNS (List[Prediction]): In the order of the requests.
    """
    from spacy.util import minibatch

    places: dict[str, list[int]] = {}
    for i, request in enumerate(requests):
        places.setdefault(request.text, []).append(i)
    late = late_components(nlp)
    unwanted = [] if any(request.relate for request in requests) else [*late]
    # The text beside the doc, since some tokenizers change it.
    texts = [(text, text) for text in sorted(places, key=len)]
    docs = nlp.pipe(texts, as_tuples=True, batch_size=batch_size, disable=unwanted)
    found: dict[int, Prediction] = {}
    for batch in minibatch(docs, batch_size):
        given: "list[tuple[Doc, list[Given]]]" = []
        for doc, text in batch:
            asked = {i: requests[i] for i in places[text]}
            made = {i: read_prediction(doc, request) for i, request in asked.items()}
            found.update(made)
            sets = [
                Given(mentions, links)
                for i, request in asked.items()
                for mentions, links in zip(request.given, made[i].given, strict=True)
            ]
            given.append((doc, sets))
        relate_given([*late.values()], given, batch_size)
    return [found[i] for i in range(len(requests))]


def relate_given(
    components: Sequence[Any],
    given: "Sequence[tuple[Doc, Sequence[Given]]]",
    batch_size: int,
) -> None:
    """Find relations among given mentions, in batches over the docs.

    The first set of every doc, then the second of those that have one, and so on.

    components (Sequence[Any]): That need entities; without any nothing is related.
    given (Sequence[Tuple[Doc, Sequence[Given]]]): Their links are filled in.
    """
    most = max((len(sets) for _, sets in given), default=0)
    for turn in range(most if components else 0):
        active = [(doc, sets[turn]) for doc, sets in given if turn < len(sets)]
        for doc, asked in active:
            set_entities(doc, asked.mentions)
        docs = _run(components, [doc for doc, _ in active], batch_size)
        for doc, (_, asked) in zip(docs, active, strict=True):
            asked.links.extend(read_links(doc))


def read_prediction(doc: "Doc", request: Request) -> Prediction:
    """What a doc holds for a request; nothing is related yet for its given sets."""
    lost = sum(doc.char_span(start, end) is None for start, end, _ in request.gold)
    given: list[list[Link]] = [[] for _ in request.given]
    return Prediction(read_entities(doc), read_links(doc), given, lost)


def late_components(nlp: "Language") -> dict[str, Any]:
    """The components that come after the last one that assigns `doc.ents`."""
    last = -1
    for i, name in enumerate(nlp.pipe_names):
        if "doc.ents" in nlp.get_pipe_meta(name).assigns:
            last = i
    return dict(nlp.pipeline[last + 1 :])


def set_entities(doc: "Doc", mentions: Iterable[Mention]) -> None:
    """Put entities on a doc; those not on token bounds are left out."""
    from spacy.util import filter_spans

    spans = [doc.char_span(start, end, label) for start, end, label in mentions]
    doc.set_ents(filter_spans([span for span in spans if span is not None]))
    if doc.has_extension("relations"):
        doc._.relations = []


def read_entities(doc: "Doc") -> list[Mention]:
    """The entities of a doc in character offsets."""
    return [(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents]


def read_links(doc: "Doc") -> list[Link]:
    """The relations of a doc in character offsets."""
    stored = doc._.relations if doc.has_extension("relations") else []
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


def _run(components: Iterable[Any], docs: "list[Doc]", batch_size: int) -> "list[Doc]":
    for component in components:
        if hasattr(component, "pipe"):
            docs = list(component.pipe(docs, batch_size=batch_size))
        else:
            docs = [component(doc) for doc in docs]
    return docs


def _characters(doc: "Doc", bounds: Sequence[int]) -> Span:
    last = doc[bounds[1] - 1]
    return doc[bounds[0]].idx, last.idx + len(last)
