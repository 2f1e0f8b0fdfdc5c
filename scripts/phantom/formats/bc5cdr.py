"""BC5CDR: abstracts, and their sentences by way of the IOB release."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import ClassVar

from phantom.formats.base import Files, Format, Report, prefixed
from phantom.formats.columns import Sentence, read_sentences
from phantom.formats.concepts import project
from phantom.formats.pubtator import (
    Abstract,
    convert,
    find_pairs,
    read_pubtator,
    unique,
)
from phantom.formats.spacing import Span, align
from phantom.formats.tags import read_spans
from phantom.records import Entity, Example, Relation
from phantom.registry import phantom_registry

HEAD, TAIL, RELATION = "CHEMICAL", "DISEASE", "CID"


@phantom_registry.phantom_formats("bc5cdr_abstracts")
@dataclass(frozen=True, kw_only=True)
class Bc5cdrAbstracts(Format):
    """Whole abstracts; each gold concept pair joins its two closest mentions.

    With the IOB release (role `iob`) its sentences tell which mentions are close, and
    abstracts come in its order; else sentences end at their stops.
    """

    roles: ClassVar[tuple[str, ...]] = ("pubtator",)
    optional: ClassVar[tuple[str, ...]] = ("iob",)

    def read(self, files: Files, prefix: str, report: Report) -> Iterator[Example]:
        path = files.pick("pubtator")
        docs = _read_docs(path, report)
        starts: dict[str, list[int]] = {}
        if "iob" in files:
            for doc, spans, _ in place_sentences(files["iob"], docs, path, report):
                starts.setdefault(doc.name, []).append(spans[0][0])
        for name in [*starts, *(x for x in docs if x not in starts)]:
            doc = docs[name]
            example = report.attempt(
                f"{path}:{doc.line}", convert, doc, prefixed(prefix, name), path, "|",
                report,
            )  # fmt: skip
            if example is None:
                continue
            example = project(
                example, find_pairs(doc, path, report), report, starts.get(name)
            )
            pairs = [
                [x["head"], x["tail"]] for x in example.meta.pop("concept_pairs", ())
            ]
            yield example.model_copy(update={"meta": {**example.meta, "cid": pairs}})


@phantom_registry.phantom_formats("bc5cdr_sentences")
@dataclass(frozen=True, kw_only=True)
class Bc5cdrSentences(Format):
    """Sentences of the IOB release with the spacing and concepts of the abstracts.

    Every chemical and disease of a sentence are related whose concepts are a gold
    pair of the abstract: a projection, not a judgement on the sentence.
    """

    roles: ClassVar[tuple[str, ...]] = ("iob", "pubtator")

    def read(self, files: Files, prefix: str, report: Report) -> Iterator[Example]:
        path = files["pubtator"]
        docs = _read_docs(path, report)
        placed = place_sentences(files["iob"], docs, path, report)
        for i, (doc, spans, sentence) in enumerate(placed):
            example = report.attempt(
                f"{files['iob']}:{sentence.line}", _convert_sentence,
                prefixed(prefix, f"{i:05d}"), doc, sentence, spans,
            )  # fmt: skip
            if example:
                yield example


def place_sentences(
    iob: Path, docs: dict[str, Abstract], path: Path, report: Report
) -> Iterator[tuple[Abstract, list[Span], Sentence]]:
    """Where the sentences of the IOB release lie in the abstracts.

    A sentence that is in no abstract is reported.
    """
    waiting = list(docs.values())
    doc, place = Abstract("", 0), 0
    for sentence in read_sentences(iob, report):
        tokens = sentence.tokens
        spans = align(tokens, doc.text, place)
        if spans is None:
            found = ((x, align(tokens, x.text, 0)) for x in waiting)
            begun, spans = next((x for x in found if x[1]), (doc, None))
            if spans is None:
                report.fail(
                    f"{iob}:{sentence.line}",
                    f"{' '.join(tokens)[:60]!r} neither goes on nor begins an abstract "
                    f"of {path}",
                )
                continue
            doc = begun
            waiting.remove(doc)
        place = spans[-1][1]
        yield doc, spans, sentence


def _read_docs(path: Path, report: Report) -> dict[str, Abstract]:
    """Abstracts by id, labels in capitals."""
    docs = dict(unique(read_pubtator(path, report), path, report))
    for doc in docs.values():
        for _, cells in doc.mentions:
            cells[4] = cells[4].upper()
        for _, cells in doc.pairs:
            cells[1] = cells[1].upper()
    return docs


def _convert_sentence(
    name: str, doc: Abstract, sentence: Sentence, spans: list[Span]
) -> Example:
    offset, end = spans[0][0], spans[-1][1]
    concepts = {
        (int(x[1]), int(x[2])): x[5] if len(x) > 5 else None for _, x in doc.mentions
    }
    entities = []
    for first, last, label in read_spans([tag.upper() for tag in sentence.tags]):
        start, stop = spans[first][0], spans[last - 1][1]
        entities.append(
            Entity(
                start=start - offset,
                end=stop - offset,
                label=label,
                text=doc.text[start:stop],
                id=concepts.get((start, stop)),
            )
        )
    pairs = {(x[2], x[3]) for _, x in doc.pairs}
    relations = [
        Relation(head=a, tail=b, label=RELATION)
        for (a, x), (b, y) in product(enumerate(entities), repeat=2)
        if x.label == HEAD and y.label == TAIL
        if pairs & set(product((x.id or "").split("|"), (y.id or "").split("|")))
    ]
    return Example(
        id=name,
        text=doc.text[offset:end],
        entities=tuple(entities),
        relations=tuple(relations),
        tokens=sentence.tokens,
        meta={"pmid": doc.name},
    )
