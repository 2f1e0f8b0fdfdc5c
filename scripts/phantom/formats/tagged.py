"""Token-per-line corpora with BIO or IO tags: IOB .tsv, CoNLL, FiNER-ORD .csv."""

import csv
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from phantom.formats.spacing import rejoin
from phantom.records import Entity, Example

Files = dict[str, Path]
FINER = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG")


def convert_iob(files: Files, prefix: str) -> Iterator[Example]:
    """`token<TAB>tag` lines, an empty line after each sentence (MTL-Bioinformatics)."""
    for i, (tokens, tags) in enumerate(read_tagged(files["iob"])):
        yield to_example(f"{prefix}-{i:05d}", tokens, tags)


def convert_conll(files: Files, prefix: str) -> Iterator[Example]:
    """CoNLL 2003 columns: the token first, the tag last; document lines left out."""
    doc, count = -1, 0
    for tokens, tags in read_tagged(files["conll"]):
        if tokens[0] == "-DOCSTART-":
            doc += 1
            tokens, tags = tokens[1:], tags[1:]
        if tokens:
            meta = {"doc": doc, "sent": count}
            yield to_example(f"{prefix}-{count:05d}", tokens, tags, meta)
            count += 1


def convert_finer(files: Files, prefix: str) -> Iterator[Example]:
    """FiNER-ORD: columns gold_label (0 to 6), gold_token, doc_idx, sent_idx."""
    path = files["csv"]
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        missing = {"gold_label", "gold_token", "doc_idx", "sent_idx"} - set(
            reader.fieldnames or ()
        )
        if missing:
            raise ValueError(f"{path}:1: no column {', '.join(sorted(missing))}")
        by_sentence = groupby(reader, key=lambda x: (x["doc_idx"], x["sent_idx"]))
        for (doc, sent), group in by_sentence:
            rows = [row for row in group if row["gold_token"].strip()]
            if not rows:
                continue
            tags = [FINER[int(float(row["gold_label"]))] for row in rows]
            tokens = [row["gold_token"].strip() for row in rows]
            place = int(float(doc)), int(float(sent))
            yield to_example(
                f"{prefix}-{place[0]:04d}-{place[1]:03d}",
                tokens,
                tags,
                {"doc": place[0], "sent": place[1]},
            )


def read_tagged(path: Path) -> Iterator[tuple[list[str], list[str]]]:
    """Stream sentences as tokens and tags, from the first and the last column.

    RAISES: ValueError with `path:line` if a line has one column.
    """
    tokens: list[str] = []
    tags: list[str] = []
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            cells = line.split("\t") if "\t" in line else line.split(" ")
            cells = [cell.strip() for cell in cells if cell.strip()]
            if len(cells) > 1:
                tokens.append(cells[0])
                tags.append(cells[-1])
            elif cells:
                raise ValueError(f"{path}:{number}: one column, expected token and tag")
            elif tokens:
                yield tokens, tags
                tokens, tags = [], []
    if tokens:
        yield tokens, tags


def read_spans(tags: Sequence[str]) -> list[tuple[int, int, str]]:
    """Tags to (first token, end token, LABEL); IO tags run on while the label lasts."""
    spans: list[tuple[int, int, str]] = []
    for i, tag in enumerate(tags):
        mark, _, label = tag.partition("-")
        label = label.upper()
        if mark == "O":
            continue
        if mark == "I" and spans and spans[-1][1:] == (i, label):
            spans[-1] = (spans[-1][0], i + 1, label)
        else:
            spans.append((i, i + 1, label))
    return spans


def to_example(
    name: str,
    tokens: list[str],
    tags: Sequence[str],
    meta: dict[str, int] | None = None,
) -> Example:
    """One sentence as a record, rejoined by rules."""
    text, spans = rejoin(tokens)
    entities = []
    for first, end, label in read_spans(tags):
        bounds = spans[first][0], spans[end - 1][1]
        entities.append(
            Entity(
                start=bounds[0],
                end=bounds[1],
                label=label,
                text=text[bounds[0] : bounds[1]],
            )
        )
    return Example(
        id=name,
        text=text,
        entities=tuple(entities),
        tokens=[text[start:end] for start, end in spans],
        meta=meta or {},
    )
