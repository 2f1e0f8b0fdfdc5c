"""What a pipeline found in a document, as a row of JSON."""

from collections import defaultdict
from typing import Any

from spacy.tokens import Doc, Span

END = ("head", "tail")


def to_row(doc: Doc) -> dict[str, Any]:
    """Entities, relations and what the components for documents found.

    RETURNS (Dict[str, Any]): Offsets are characters of `text`. `head` and `tail` of a
        relation, and `concept` of an entity, are places in the lists beside them;
        those of `concept_relations` are places in `concepts`, `surest` is the place of
        the relation between mentions that says it most surely, `pairs` how many do.
    """
    ents = list(doc.ents)
    places = {(ent.start, ent.end): i for i, ent in enumerate(ents)}
    entities = [_entity(ent) for ent in ents]
    for entry in doc._.context or ():
        said = {key: value for key, value in entry.items() if key != "span"}
        entities[places[tuple(entry["span"])]]["context"] = said
    concepts: list[dict[str, Any]] = []
    for concept in doc._.concepts or ():
        for mention in concept["mentions"]:
            entities[places[tuple(mention)]]["concept"] = len(concepts)
        concepts.append({k: v for k, v in concept.items() if k != "mentions"})
    relations = _relations(doc, places)
    return {
        "text": doc.text,
        "entities": entities,
        "relations": relations,
        "sections": _sections(doc, entities, ents),
        "sentences": _sentences(doc),
        "abbreviations": _abbreviations(doc),
        "concepts": concepts,
        "concept_relations": _concept_relations(doc, entities, relations),
    }


def _concept_relations(
    doc: Doc, entities: list[dict[str, Any]], relations: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Relations between concepts, each with the pairs of mentions that say it."""
    said = defaultdict(list)
    for place, relation in enumerate(relations):
        head, tail = (entities[relation[end]].get("concept") for end in END)
        said[head, tail, relation["label"]].append((relation["score"], -place))
    rows = []
    for relation in doc._.concept_relations or ():
        pairs = said[relation["head"], relation["tail"], relation["label"]]
        rows.append(
            {
                **relation,
                "score": round(relation["score"], 4),
                "pairs": len(pairs),
                "surest": -max(pairs)[1],
            }
        )
    return rows


def _entity(ent: Span) -> dict[str, Any]:
    start, end = ent.start_char, ent.end_char
    return {"start": start, "end": end, "label": ent.label_, "text": ent.text}


def _relations(doc: Doc, places: dict[tuple[int, int], int]) -> list[dict[str, Any]]:
    found = doc._.relations if doc.has_extension("relations") else None
    return [
        {
            "head": places[tuple(relation["head"])],
            "tail": places[tuple(relation["tail"])],
            "label": relation["label"],
            "score": round(float(relation["score"]), 4),
        }
        for relation in found or ()
    ]


def _sections(
    doc: Doc, entities: list[dict[str, Any]], ents: list[Span]
) -> list[dict[str, Any]]:
    """Sections in order; the entities of each learn of it."""
    found, at = [], 0
    for section in doc.spans.get("sections", ()):
        start, end = section.start_char, section.end_char
        place = {"start": start, "end": end, "label": section.label_}
        found.append({**place, "heading": section.id_})
        while at < len(ents) and ents[at].start < section.end:
            if ents[at].start >= section.start:
                entities[at]["section"] = section.label_
            at += 1
    return found


def _sentences(doc: Doc) -> list[list[int]]:
    if not doc.has_annotation("SENT_START"):
        return []
    return [[sentence.start_char, sentence.end_char] for sentence in doc.sents]


def _abbreviations(doc: Doc) -> list[dict[str, Any]]:
    rows = []
    for entry in doc._.abbreviations or ():
        short, long = (doc[slice(*entry[form])] for form in ("short", "long"))
        rows.append(
            {
                "short": [short.start_char, short.end_char],
                "long": [long.start_char, long.end_char],
                "text": short.text,
                "means": " ".join(long.text.split()),
            }
        )
    return rows
