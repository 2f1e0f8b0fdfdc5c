"""Curation: raw answers become examples, or are rejected with a reason."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from spacy.language import Language

from phantom.completions.answers import Answer, items
from phantom.packs.domain import Kind
from phantom.packs.pack import Pack
from phantom.passages.concepts import spread_relations
from phantom.passages.tags import TagProblem, parse_tags
from phantom.passages.words import normalise
from phantom.records import Completion, Entity, Example, Rejected, Relation, Spec

# Zero-width and control characters carry no text; tokenizers disagree about them.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200b-\u200f\u2060\ufeff]"
)


class RejectError(ValueError):
    """An answer that can't become an example. reason (str): short code."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class Curator:
    """Judges answers one by one; remembers only what duplicates need.

    pack (Pack): Labels, relation schema and kinds.
    specs (Mapping[str, Spec]): The plan, by id.
    nlp (Language): Its tokenizer decides which mentions can be found at all.
    """

    def __init__(self, pack: Pack, specs: Mapping[str, Spec], nlp: Language) -> None:
        self.pack = pack
        self.specs = specs
        self.nlp = nlp
        self._answered: set[str] = set()
        self._texts: dict[str, str] = {}

    def curate(self, completions: Iterable[Completion]) -> Iterator[Example | Rejected]:
        """Judge every answer; each gives exactly one example or rejection."""
        for completion in completions:
            for answer in items(completion):
                yield self.judge(answer, completion)

    def judge(self, answer: Answer, completion: Completion) -> Example | Rejected:
        """Make an example of one answer, or say why not."""
        try:
            example = self._example(answer, completion)
        except RejectError as error:
            return Rejected(
                spec_id=answer.spec_id,
                reason=error.reason,
                detail=str(error),
                raw=answer.raw,
                model=completion.model,
            )
        self._answered.add(example.id)
        self._texts[example.text] = example.id
        self._texts[normalise(example.text)] = example.id
        return example

    def _example(self, answer: Answer, completion: Completion) -> Example:
        if answer.item is None:
            reason = answer.reason or "unparsed"
            raise RejectError(reason, "the answer holds nothing to use for this spec")
        spec = self.specs.get(answer.spec_id)
        if spec is None:
            raise RejectError("not_planned", "the plan has no spec of this id")
        if spec.id in self._answered:
            raise RejectError("answered_twice", "an earlier answer was accepted")
        kind = self.pack.kinds.get(spec.kind)
        if kind is None:
            raise RejectError("unknown_kind", f"the pack has no kind {spec.kind!r}")
        tagged = parse_tags(clean(answer.item["text"]), self.pack.labels)
        if isinstance(tagged, TagProblem):
            raise RejectError(tagged.reason, tagged.detail)
        text, entities = _tidy(tagged.text, tagged.entities)
        if not text:
            raise RejectError("empty", "no text but white space")
        relations = self._relations(answer.item["relations"], entities)
        spread = spread_relations(text, entities, relations, self.pack.relations)
        check_spec(spec, kind, entities, spread)
        self._check_duplicate(text)
        meta: dict[str, Any] = {
            "kind": spec.kind,
            "attributes": spec.attributes,
            "stated": len(relations),
        }
        if completion.prompt:
            meta["prompt"] = completion.prompt
        if spec.seeds:
            meta["seeds"] = spec.seeds
        misaligned = self._misaligned(text, entities)
        if misaligned:
            meta["misaligned"] = misaligned
        return Example(
            id=spec.id,
            text=text,
            entities=tuple(entities),
            relations=tuple(spread),
            model=completion.model,
            meta=meta,
        )

    def _relations(self, raw: list[Any], entities: list[Entity]) -> list[Relation]:
        place = {entity.id: i for i, entity in enumerate(entities)}
        relations: dict[Relation, None] = {}
        for item in raw:
            if not isinstance(item, list) or len(item) != 3:
                raise RejectError("bad_relation", f"{item!r} is no [id, LABEL, id]")
            label = str(item[1])
            rule = self.pack.relations.get(label)
            if rule is None:
                known = ", ".join(self.pack.relations)
                raise RejectError("unknown_relation", f"{label!r}; known: {known}")
            ends = [place.get(_tag_id(end)) for end in (item[0], item[2])]
            if ends[0] is None or ends[1] is None:
                raise RejectError("unknown_tag_id", f"{item!r}: no tag has this id")
            head, tail = ends[0], ends[1]
            if head == tail:
                raise RejectError("bad_relation", f"{item!r} joins a mention to itself")
            types = entities[head].label, entities[tail].label
            if types[0] not in rule.head or types[1] not in rule.tail:
                raise RejectError(
                    "relation_types",
                    f"{label} may not join {types[0]} to {types[1]}; it joins "
                    f"{' or '.join(rule.head)} to {' or '.join(rule.tail)}",
                )
            if rule.symmetric and head > tail:
                head, tail = tail, head
            relations[Relation(head=head, tail=tail, label=label)] = None
        return list(relations)

    def _check_duplicate(self, text: str) -> None:
        if text in self._texts:
            raise RejectError("duplicate", f"same text as {self._texts[text]}")
        key = normalise(text)
        if key in self._texts:
            raise RejectError(
                "near_duplicate",
                f"but for case and punctuation, same text as {self._texts[key]}",
            )

    def _misaligned(self, text: str, entities: Iterable[Entity]) -> list[str]:
        doc = self.nlp.make_doc(text)
        return [e.text for e in entities if doc.char_span(e.start, e.end) is None]


def clean(tagged: str) -> str:
    """Make white space plain and drop invisible characters; NFC."""
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", tagged))
    return " ".join(text.split())


def check_spec(
    spec: Spec, kind: Kind, entities: list[Entity], relations: list[Relation]
) -> None:
    """Compare what came with what was asked for.

    RAISES: RejectError with unexpected_entity, label_missing, relation_missing or
        forbidden_relation.
    """
    labels = {entity.label for entity in entities}
    stated = {relation.label for relation in relations}
    if kind.empty and entities:
        found = ", ".join(repr(entity.text) for entity in entities[:3])
        raise RejectError("unexpected_entity", f"asked for none, got {found}")
    wanted = [label for label in (*spec.seeds, *spec.open) if label not in labels]
    if wanted:
        raise RejectError("label_missing", f"no {' or '.join(wanted)} is marked")
    if kind.relation and kind.relation not in stated:
        raise RejectError("relation_missing", f"{kind.relation} is not stated")
    forbidden = stated if "*" in kind.forbids else stated & set(kind.forbids)
    if forbidden:
        names = ", ".join(sorted(forbidden))
        raise RejectError("forbidden_relation", f"{names} stated, the spec forbids it")


def _tag_id(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    text = str(value).strip()
    is_number = text.isascii() and text.isdigit() and len(text) < 7
    return str(int(text)) if is_number else None


def _tidy(text: str, entities: Iterable[Entity]) -> tuple[str, list[Entity]]:
    """Take white space off the ends of mentions and of the text, single it inside."""
    kept: list[str] = []
    places = []  # of each character in the tidied text
    for character in text:
        if character == " " and (not kept or kept[-1] == " "):
            places.append(len(kept))
            continue
        places.append(len(kept))
        kept.append(character)
    tidied = "".join(kept).rstrip()
    trimmed = []
    for entity in entities:
        mention = entity.text.strip()
        if not mention:
            raise RejectError("empty_mention", f"a {entity.label} of white space")
        start = places[entity.start + entity.text.index(mention)]
        end = start + len(mention)
        update = {"start": start, "end": end, "text": tidied[start:end]}
        trimmed.append(entity.model_copy(update=update))
    return tidied, trimmed
