"""GLiNER's training data: tokens, spans of tokens, relations between spans."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

from phantom.formats.base import Files, Format, Report, prefixed
from phantom.formats.lines import read_any, to_json, whole, write_lines
from phantom.formats.mentions import Document, Link, Mention, to_example
from phantom.formats.spacing import align, rejoin
from phantom.formats.tagged import RULES
from phantom.formats.tokens import split_tokens, tokens_of
from phantom.records import Example
from phantom.registry import phantom_registry


@phantom_registry.phantom_formats("gliner")
@dataclass(frozen=True, kw_only=True)
class Gliner(Format):
    """GLiNER's JSON (`tokenized_text`, `ner`, `relations`), a list or an object a line.

    The end of a span is its last token. A relation names two spans by their place in
    `ner`, as GLiNER has it, or holds their tokens (`head`, `tail`, `relation_text`) as
    GLiREL has it. The text and the id are written beside them, under keys that GLiNER
    does not read; concepts have no place in it.

    spacing (str): How text is put together where it is not given: "split", "unsplit"
        or "biomedical".
    """

    spacing: Literal["split", "unsplit", "biomedical"] = "split"
    roles: ClassVar[tuple[str, ...]] = ("json",)

    def read(self, files: Files, prefix: str, report: Report) -> Iterator[Example]:
        for i, (place, record) in enumerate(read_any(files.pick("json"), report), 1):
            name = prefixed(prefix, str(i))
            example = report.attempt(place, self._convert, record, name, place, report)
            if example:
                yield example

    def write(self, examples: Iterable[Example], path: Path, report: Report) -> int:
        return write_lines(path, (to_json(_render(x)) for x in examples))

    @staticmethod
    def recognise(record: Mapping[str, Any]) -> bool:
        return "tokenized_text" in record

    def _convert(
        self, record: Mapping[str, Any], name: str, place: str, report: Report
    ) -> Example:
        tokens = record["tokenized_text"]
        given = record.get("text")
        text, spans = rejoin(tokens, RULES[self.spacing])
        if given is not None:
            found = align(tokens, given, 0)
            if found is None:
                raise ValueError("the tokens are not those of `text`")
            text, spans = given, found
        document = Document(str(record.get("id", name)), text, place)
        for i, item in enumerate(record.get("ner") or ()):
            first, last = whole(item[0], "first token"), whole(item[1], "last token")
            if not 0 <= first <= last < len(spans):
                raise ValueError(f"span {item!r} of {len(spans)} tokens, from 0")
            bounds = (spans[first][0], spans[last][1])
            # GLiREL has the words, too, and the label before them.
            document.mentions.append(
                Mention(str(i), (bounds,), str(item[2]), place=place)
            )
        places = {(x[0], x[1]): str(i) for i, x in enumerate(record.get("ner") or ())}
        for relation in record.get("relations") or ():
            if isinstance(relation, Mapping):
                ends = [
                    places.get(tuple(relation[x]["position"]), "none")
                    for x in ("head", "tail")
                ]
                label = relation["relation_text"]
            else:
                *ends, label = map(str, relation)
            document.links.append(Link(ends[0], ends[1], str(label), place))
        return to_example(document, report)


def _render(example: Example) -> dict[str, Any]:
    spans = split_tokens(example)
    ends = [tokens_of(spans, x.start, x.end) for x in example.entities]
    return {
        "tokenized_text": [example.text[a:b] for a, b in spans],
        "ner": [
            [a, b - 1, x.label]
            for (a, b), x in zip(ends, example.entities, strict=True)
        ],
        "relations": [[x.head, x.tail, x.label] for x in example.relations],
        "id": example.id,
        "text": example.text,
    }
