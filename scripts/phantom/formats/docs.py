"""Examples as spaCy docs, and back."""

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from phantom.formats.base import Report
from phantom.formats.beside import read_beside
from phantom.formats.mentions import Document, Link, Mention, to_example
from phantom.records import Example
from phantom.records.examples import BESIDE
from phantom.runtime import load_component

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span

# The span group that the components know, too.
NOMINAL = "nominal"


@dataclass
class Alignment:
    """What could not be said in tokens.

    mentions (List[Tuple[str, str]]): Example id and mention text.
    relations (int): Relations lost because an end is such a mention.
    """

    mentions: list[tuple[str, str]] = field(default_factory=list)
    relations: int = 0


def to_doc(nlp: "Language", example: Example, lost: Alignment | None = None) -> "Doc":
    """Make the reference doc of an example.

    A mention whose ends are no token bounds leaves its tokens without annotation
    (missing, not "outside"), so that nothing false is taught. So do mentions beside
    the entities, from the first of their pieces to the last. Nominal mentions are
    ends of relations and no entities: to the recognizer they are outside.

    nlp (Language): For its tokenizer.
    lost (Optional[Alignment]): Takes up what can't be aligned.
    RETURNS (Doc): With `ents` (concepts as `kb_id_`), `spans["nominal"]` where there
        are such, `_.relations`, and provenance in `user_data`.
    """
    load_component("relation_extension")
    doc = nlp.make_doc(example.text)
    spans: dict[int, Any] = {}
    missing = []
    for i, entity in enumerate(example.entities):
        span = doc.char_span(
            entity.start, entity.end, label=entity.label, kb_id=entity.id or ""
        )
        if span is None:
            around = doc.char_span(entity.start, entity.end, alignment_mode="expand")
            missing.append(around)
            if lost is not None:
                lost.mentions.append((example.id, entity.text))
        else:
            spans[i] = span
    missing += _beside(doc, example)
    # An expanded span may reach into a neighbour that could be aligned.
    taken = {token.i for span in spans.values() for token in span}
    unknown = [
        doc[token.i : token.i + 1]
        for span in missing
        for token in (span or ())
        if token.i not in taken
    ]
    nominal = {i for i in spans if example.entities[i].nominal}
    entities = [span for i, span in spans.items() if i not in nominal]
    doc.set_ents(entities, missing=_unique(unknown))
    if nominal:
        doc.spans[NOMINAL] = [spans[i] for i in sorted(nominal)]
    relations = []
    for relation in example.relations:
        if relation.head in spans and relation.tail in spans:
            head, tail = spans[relation.head], spans[relation.tail]
            relations.append(
                {
                    "head": [head.start, head.end],
                    "tail": [tail.start, tail.end],
                    "label": relation.label,
                    "score": 1.0,
                }
            )
        elif lost is not None:
            lost.relations += 1
    doc._.relations = relations
    doc.user_data["example"] = example.model_dump(mode="json", include=BESIDE)
    return doc


def from_doc(
    doc: "Doc", name: str, place: str, report: Report, group: str = ""
) -> Example:
    """The example that a doc holds: its entities, `_.relations` and provenance.

    name (str): Id, unless the doc has one.
    group (str): Span group to read in the place of the entities; "" for those.
    RAISES: ValueError if there is no such group.
    """
    load_component("relation_extension")
    if group and group not in doc.spans:
        has = ", ".join(doc.spans) or "no span groups"
        raise ValueError(f"no span group {group!r}; the doc has {has}")
    for other, spans in doc.spans.items():
        if other not in (group, NOMINAL) and len(spans):
            report.leave_out(f"span of the group {other!r}", place, len(spans))
    # From DocBin lists come back as tuples.
    said: dict[str, Any] = json.loads(json.dumps(doc.user_data.get("example") or {}))
    document = Document(said.pop("id", name), doc.text, place)
    document.meta = said.pop("meta", {})
    for span in doc.spans[group] if group else doc.ents:
        if span.label_:
            document.mentions.append(_to_mention(span, place))
        else:
            report.leave_out("span without a label", place)
    if not group:
        nominal = (_to_mention(span, place) for span in doc.spans.get(NOMINAL, ()))
        document.mentions += (replace(mention, nominal=True) for mention in nominal)
    for relation in doc._.relations or ():
        head, tail = ("{}-{}".format(*relation[x]) for x in ("head", "tail"))
        document.links.append(Link(head, tail, relation["label"], place))
    example = to_example(document, report)
    return Example.model_validate({**example.model_dump(exclude_unset=True), **said})


def _to_mention(span: "Span", place: str) -> Mention:
    return Mention(
        f"{span.start}-{span.end}",
        ((span.start_char, span.end_char),),
        span.label_,
        id=span.kb_id_ or span.ent_id_ or None,
        place=place,
    )


def _beside(doc: "Doc", example: Example) -> list[Any]:
    marks, _ = read_beside(example, Report())
    hulls = [(min(a for a, _ in x.pieces), max(b for _, b in x.pieces)) for x in marks]
    return [doc.char_span(a, b, alignment_mode="expand") for a, b in hulls]


def _unique(spans: list[Any]) -> list[Any]:
    return list({span.start: span for span in spans}.values())
