"""Curation: raw answers become examples, or are rejected with a reason."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from phantom.completions.answers import Answer, split_answers
from phantom.curation.relations import RejectError, read_relation
from phantom.packs.language import load_language
from phantom.packs.pack import Pack
from phantom.passages.concepts import spread_relations
from phantom.passages.judgement import judge_passage
from phantom.passages.markup import find_markup
from phantom.passages.rewrite import Edit, rewrite
from phantom.passages.tags import Tagged, TagProblem, parse_tags
from phantom.passages.words import normalize
from phantom.records import Completion, Entity, Example, Rejected, Relation, Spec

if TYPE_CHECKING:
    from spacy.language import Language

# Soft hyphens, zero-width and control characters carry no text; tokenizers disagree
# about them, and about hyphens that are not "-". A minus before a figure is no hyphen.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u2060\ufeff]"
)
_HYPHEN = re.compile(
    r"[\u2010-\u2012\u2043\u02d7\ufe63\uff0d]|(?<=\w)\u2212(?=[^\W\d])"
)
_BLANK_LINE = re.compile(r"\n\s*\n")


class Curator:
    """Judges answers one by one; remembers only what duplicates need.

    pack (Pack): Labels, relation schema and kinds.
    specs (Mapping[str, Spec]): The plan, by id.
    nlp (Language): Its tokenizer decides which mentions can be found at all.
    """

    def __init__(self, pack: Pack, specs: Mapping[str, Spec], nlp: "Language") -> None:
        self.pack = pack
        self.specs = specs
        self.nlp = nlp
        self.language = load_language(pack.domain.lang, pack.path)
        self._answered: set[str] = set()
        self._texts: dict[str, str] = {}

    def curate(self, completions: Iterable[Completion]) -> Iterator[Example | Rejected]:
        """Judge every answer; each gives exactly one example or rejection."""
        for completion in completions:
            for answer in split_answers(completion):
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
        self._texts[normalize(example.text)] = example.id
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
        answered = clean(
            answer.item["text"], paragraphs=kind.document, lines=kind.lines
        )
        tagged = parse_tags(answered, self.pack.labels)
        if isinstance(tagged, TagProblem):
            raise RejectError(tagged.reason, tagged.detail)
        markup = find_markup(tagged.text, self.pack.labels)
        if markup:
            raise RejectError("markup", f"{markup!r} is left in the text")
        tidied = tidy(tagged)
        text, entities = tidied.text, list(tidied.entities)
        if not text:
            raise RejectError("empty", "no text but white space")
        relations = self._relations(answer.item["relations"], entities)
        spread = spread_relations(
            text,
            entities,
            relations,
            self.pack.relations,
            self.language,
        )
        wanted = (*spec.seeds, *spec.open)
        for shortfall in judge_passage(kind, wanted, entities, spread):
            raise RejectError(*shortfall)
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
        if spec.facts:
            meta["facts"] = spec.facts.model_dump(mode="json", exclude_defaults=True)
        if spec.reference:
            meta["reference"] = spec.reference.id
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
        found = (read_relation(item, entities, self.pack.relations) for item in raw)
        return list(dict.fromkeys(found))

    def _check_duplicate(self, text: str) -> None:
        if text in self._texts:
            raise RejectError("duplicate", f"same text as {self._texts[text]}")
        key = normalize(text)
        if key in self._texts:
            raise RejectError(
                "same_words",
                f"but for case and punctuation, same text as {self._texts[key]}",
            )

    def _misaligned(self, text: str, entities: Iterable[Entity]) -> list[str]:
        doc = self.nlp.make_doc(text)
        return [e.text for e in entities if doc.char_span(e.start, e.end) is None]


def clean(tagged: str, *, paragraphs: bool = False, lines: bool = False) -> str:
    """Make white space and hyphens plain and drop invisible characters; NFC.

    paragraphs (bool): Whether blank lines stay, as one.
    lines (bool): Whether other line breaks stay, too.
    """
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", tagged))
    text = _HYPHEN.sub("-", text)
    parts = _BLANK_LINE.split(text) if paragraphs else [text]
    rows = (part.splitlines() if lines else [part] for part in parts if part.strip())
    return "\n\n".join(
        "\n".join(" ".join(row.split()) for row in part if row.strip()) for part in rows
    )


def tidy(tagged: Tagged) -> Tagged:
    """Take white space off the ends of mentions and of the text, single it inside.

    RAISES: RejectError with empty_mention for a mention of white space.
    """
    trimmed = []
    for entity in tagged.entities:
        mention = entity.text.strip()
        if not mention:
            raise RejectError("empty_mention", f"a {entity.label} of white space")
        start = entity.start + entity.text.index(mention)
        end = start + len(mention)
        update = {"start": start, "end": end, "text": mention}
        trimmed.append(entity.model_copy(update=update))
    text = tagged.text
    end = len(text.rstrip())
    surplus = [
        Edit(i, i + 1, "")
        for i, character in enumerate(text)
        if character == " "
        and (i >= end or text[i - 1 : i] in ("", " ", "\n") or text[i + 1] == "\n")
    ]
    passage = rewrite(Example(id="", text=text, entities=tuple(trimmed)), surplus)
    return Tagged(passage.text, passage.entities)
