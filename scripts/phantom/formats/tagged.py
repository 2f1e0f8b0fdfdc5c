"""Corpora with a tag per token: columns of any kind (CoNLL, IOB), FiNER-ORD's table."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, ClassVar, Literal

from phantom.formats.base import Files, Format, Report, prefixed
from phantom.formats.biomedical import join_biomedical
from phantom.formats.columns import DOCUMENT, Sentence, read_sentences
from phantom.formats.lines import write_lines
from phantom.formats.spacing import (
    Rule,
    Span,
    align,
    join_split,
    join_unsplit,
    rejoin,
)
from phantom.formats.tags import (
    is_tag,
    name_scheme,
    read_spans,
    report_scheme,
    write_tags,
)
from phantom.formats.tokens import split_tokens
from phantom.jsonl import open_text
from phantom.records import Entity, Example
from phantom.registry import phantom_registry

FINER = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG")
RULES: dict[str, Rule] = {
    "split": join_split,
    "unsplit": join_unsplit,
    "biomedical": join_biomedical,
}


@phantom_registry.phantom_formats("conll")
@dataclass(frozen=True, kw_only=True)
class Columns(Format):
    """A token per line, the token in the first column and its tag in the last.

    Reads IOB1, IOB2, BIOES, BILOU and IO tags; writes IOB2, with the text and the id
    in comments. Relations have no place in it.

    spacing (str): How text is put together where no `# text =` comment holds it:
        "split" (hyphens touch their words), "unsplit" (they stood between blanks) or
        "biomedical".
    upper (bool): Write labels in capitals; else they are kept as written.
    """

    spacing: Literal["split", "unsplit", "biomedical"] = "split"
    upper: bool = False
    roles: ClassVar[tuple[str, ...]] = ("conll",)

    def read(self, files: Files, prefix: str, report: Report) -> Iterator[Example]:
        path = files.pick(self.roles[0])
        sentences = read_sentences(path, report)
        if self.upper:
            for sentence in sentences:
                for row in sentence.rows:
                    row[-1] = row[-1].upper()
        scheme = name_scheme(x.tags for x in sentences)
        report_scheme(scheme, path, report)
        document, count = -1, 0
        for sentence in sentences:
            document += sentence.document
            name = sentence.comments.get("id") or prefixed(prefix, f"{count:05d}")
            meta = {"doc": document} if document >= 0 else {}
            example = report.attempt(
                f"{path}:{sentence.line}",
                _convert,
                sentence,
                name,
                scheme,
                RULES[self.spacing],
                {**meta, "sent": count},
            )
            count += 1
            if example:
                yield example

    def write(self, examples: Iterable[Example], path: Path, report: Report) -> int:
        return write_lines(path, (render(x, report) for x in examples))

    @staticmethod
    def recognise_file(path: Path, head: str) -> bool:
        rows = (line for line in head.splitlines() if line.strip())
        row = next((x for x in rows if not x.startswith(("#", DOCUMENT))), "")
        return len(row.split()) > 1 and is_tag(row.split()[-1])


@phantom_registry.phantom_formats("mtl_iob")
@dataclass(frozen=True, kw_only=True)
class MtlColumns(Columns):
    """The columns of MTL-Bioinformatics-2016 (NCBI-Disease): abstracts."""

    spacing: Literal["split", "unsplit", "biomedical"] = "biomedical"
    upper: bool = True
    roles: ClassVar[tuple[str, ...]] = ("iob",)

    @staticmethod
    def recognise_file(path: Path, head: str) -> bool:
        return False  # nothing tells it from other columns


@phantom_registry.phantom_formats("finer_csv")
@dataclass(frozen=True, kw_only=True)
class Finer(Format):
    """FiNER-ORD: columns gold_label (0 to 6), gold_token, doc_idx, sent_idx."""

    roles: ClassVar[tuple[str, ...]] = ("csv",)

    def read(self, files: Files, prefix: str, report: Report) -> Iterator[Example]:
        path = files.pick("csv")
        with open_text(path, newline="") as file:
            reader = csv.DictReader(file)
            missing = {"gold_label", "gold_token", "doc_idx", "sent_idx"} - set(
                reader.fieldnames or ()
            )
            if missing:
                raise ValueError(f"{path}:1: no column {', '.join(sorted(missing))}")
            numbered = ((reader.line_num, row) for row in reader)
            for _, group in groupby(
                numbered, key=lambda x: (x[1]["doc_idx"], x[1]["sent_idx"])
            ):
                lines = list(group)
                place = f"{path}:{lines[0][0]}"
                rows = [row for _, row in lines if row["gold_token"].strip()]
                if len(rows) < len(lines):
                    report.leave_out("blank token", place, len(lines) - len(rows))
                if not rows:
                    continue
                example = report.attempt(place, _convert_finer, rows, prefix)
                if example:
                    yield example


def to_example(
    name: str,
    tokens: Sequence[str],
    spans: Sequence[Span],
    text: str,
    found: Sequence[tuple[int, int, str]],
    meta: dict[str, Any],
) -> Example:
    """One sentence as a record. found: (first token, end token, label) of entities."""
    entities = []
    for first, end, label in found:
        start, stop = spans[first][0], spans[end - 1][1]
        entities.append(
            Entity(start=start, end=stop, label=label, text=text[start:stop])
        )
    return Example(
        id=name,
        text=text,
        entities=tuple(entities),
        tokens=[text[start:end] for start, end in spans],
        meta=meta,
    )


def render(example: Example, report: Report) -> str:
    """A sentence as lines of token and IOB2 tag.

    The source's own tokens are parted where an entity begins or ends within one.
    """
    if example.relations:
        report.leave_out("relation", example.id, len(example.relations))
    if _has_breaks(example.text):
        report.leave_out("spacing of a text with breaks", example.id)
    text, pieces = example.text, split_tokens(example)
    found = []
    for entity in example.entities:
        inside = [
            i for i, (a, b) in enumerate(pieces) if entity.start <= a < b <= entity.end
        ]
        found.append((inside[0], inside[-1] + 1, entity.label))
    tags = write_tags(len(pieces), found)
    lines = [f"# id = {example.id}"]
    if not _has_breaks(text):
        lines.append(f"# text = {text}")
    lines += [f"{text[a:b]}\t{tag}" for (a, b), tag in zip(pieces, tags, strict=True)]
    return "\n".join([*lines, "", ""])


def _has_breaks(text: str) -> bool:
    return "\n" in text or "\r" in text


def _convert(
    sentence: Sentence, name: str, scheme: str, rule: Rule, meta: dict[str, Any]
) -> Example:
    tokens = sentence.tokens
    text, spans = rejoin(tokens, rule)
    given = sentence.comments.get("text")
    if given is not None:
        found = align(tokens, given, 0)
        if found is None:
            raise ValueError("the tokens are not those of the `# text` comment")
        text, spans = given, found
    return to_example(
        name, tokens, spans, text, read_spans(sentence.tags, scheme), meta
    )


def _convert_finer(rows: Sequence[dict[str, str]], prefix: str) -> Example:
    codes = [int(float(row["gold_label"])) for row in rows]
    if not all(0 <= code < len(FINER) for code in codes):
        raise ValueError(f"gold_label {max(codes)}, expected 0 to {len(FINER) - 1}")
    doc, sent = (int(float(rows[0][key])) for key in ("doc_idx", "sent_idx"))
    tokens = [row["gold_token"].strip() for row in rows]
    text, spans = rejoin(tokens)
    return to_example(
        prefixed(prefix, f"{doc:04d}-{sent:03d}"),
        tokens,
        spans,
        text,
        read_spans([FINER[code] for code in codes]),
        {"doc": doc, "sent": sent},
    )
