"""Given pairs: GAD and EU-ADR as BioBERT has them, CORE as JSON."""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from phantom.formats.spacing import Span, rejoin
from phantom.formats.tagged import Files
from phantom.records import Entity, Example, Relation

PLACEHOLDERS = {"@GENE$": "GENE", "@DISEASE$": "DISEASE"}
ASSOCIATION = "ASSOCIATION"
# The two original tables differ in their headers, and releases differ too, so that
# columns are found by what their names contain: sentence, gene text, disease text.
COLUMNS = (
    ("conclusion", "ner_gene_entity", "ner_disease_entity"),
    ("sentence", "entity1_text", "entity2_text"),
    ("sentence", "gene", "disease"),
)
NONE = ("undefined", "none", "no_relation", "")


def convert_biobert(files: Files, prefix: str) -> Iterator[Example]:
    """`sentence<TAB>label` with placeholders; `orig` from the table of originals.

    A sentence whose original is not found keeps its placeholders alone.
    """
    originals = read_originals(files["csv"]) if "csv" in files else {}
    with files["tsv"].open(encoding="utf-8") as file:
        rows = [line.rstrip("\r\n").split("\t") for line in file if line.strip()]
    if rows and not rows[0][-1].strip().isdigit():
        rows = rows[1:]
    for i, cells in enumerate(rows):
        sentence, label = cells[-2].strip(), int(cells[-1])
        spans = sorted(
            (match.start(), match.end(), PLACEHOLDERS[match[0]])
            for match in re.finditer(r"@(?:GENE|DISEASE)\$", sentence)
        )
        if len(spans) != 2:
            raise ValueError(
                f"{files['tsv']}: record {i}: {len(spans)} placeholders, expected two"
            )
        record = _pair(sentence, spans, label)
        original = originals.get(squash(sentence))
        yield Example(
            id=f"{prefix}-{i:04d}",
            **record,
            orig=_restore(sentence, spans, label, original) if original else None,
            meta={"label": label},
        )


def read_originals(path: Path) -> dict[str, dict[str, str]]:
    """The names behind placeholders, by the squashed sentence with placeholders.

    RAISES: ValueError if no known set of columns is there.
    """
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        reader = csv.DictReader(file)
        header = {name.strip().casefold(): name for name in reader.fieldnames or ()}
        for wanted in COLUMNS:
            found = [
                next((full for name, full in header.items() if part in name), None)
                for part in wanted
            ]
            if all(found):
                return _index(reader, [name for name in found if name])
    raise ValueError(
        f"{path}:1: none of the known columns {COLUMNS}; the header has "
        f"{', '.join(header.values())}"
    )


def squash(text: str) -> str:
    """A key that spacing and case do not change."""
    return re.sub(r"\s+", "", text).casefold()


def _index(
    rows: Iterable[Mapping[str, str]], columns: list[str]
) -> dict[str, dict[str, str]]:
    """Every way to hide one occurrence of each name leads to the row."""
    originals: dict[str, dict[str, str]] = {}
    for row in rows:
        sentence, first, second = (row[name] or "" for name in columns)
        # Which of the two is the gene is not told by every table.
        for gene, disease in ((first, second), (second, first)):
            if not gene or not disease:
                continue
            names = {"GENE": gene, "DISEASE": disease}
            for a in re.finditer(re.escape(gene), sentence):
                for b in re.finditer(re.escape(disease), sentence):
                    if a.end() <= b.start() or b.end() <= a.start():
                        spans = [(*a.span(), "@GENE$"), (*b.span(), "@DISEASE$")]
                        hidden = sentence
                        for start, end, mask in sorted(spans, reverse=True):
                            hidden = hidden[:start] + mask + hidden[end:]
                        originals.setdefault(squash(hidden), names)
    return originals


def _restore(
    sentence: str, spans: list[tuple[int, int, str]], label: int, names: dict[str, str]
) -> dict[str, Any]:
    text, last, shown = "", 0, []
    for start, end, kind in spans:
        text += sentence[last:start]
        shown.append((len(text), len(text) + len(names[kind]), kind))
        text += names[kind]
        last = end
    record = _pair(text + sentence[last:], shown, label)
    return {
        "text": record["text"],
        "entities": [x.model_dump(exclude_none=True) for x in record["entities"]],
        "relations": [x.model_dump() for x in record["relations"]],
    }


def _pair(text: str, spans: list[tuple[int, int, str]], label: int) -> dict[str, Any]:
    entities = tuple(
        Entity(start=start, end=end, label=kind, text=text[start:end])
        for start, end, kind in spans
    )
    head = next((i for i, x in enumerate(entities) if x.label == "GENE"), 0)
    relation = Relation(head=head, tail=1 - head, label=ASSOCIATION)
    return {
        "text": text,
        "entities": entities,
        "relations": (relation,) if label else (),
    }


def convert_core(files: Files, prefix: str) -> Iterator[Example]:
    """CORE: a list of records, or a mapping of id to record.

    Read from each: the tokens, the two entities' token ranges and names, the relation
    and `invert_relation`, which swaps head and tail. The keys are tried in turn.

    RAISES: ValueError that names the record and the keys it has.
    """
    path = files["json"]
    data = json.loads(path.read_text(encoding="utf-8"))
    items = data.items() if isinstance(data, dict) else enumerate(data)
    for key, record in items:
        name = str(record.get("id", key))
        try:
            tokens = _first(record, "tokens", "token", "context", "sentence")
            tokens = tokens.split() if isinstance(tokens, str) else tokens
            ends = [_range(record, first) for first in ("e1", "e2")]
            relation = str(_first(record, "relation", "label"))
        except KeyError as error:
            raise ValueError(
                f"{path}: record {name}: no key {error}; it has {', '.join(record)}"
            ) from None
        text, spans = rejoin(tokens)
        yield _core_example(f"{prefix}-{name}", text, spans, ends, relation, record)


def _core_example(
    name: str,
    text: str,
    spans: list[Span],
    ends: list[Span],
    relation: str,
    record: dict[str, Any],
) -> Example:
    mentions = []
    for number, (first, last) in enumerate(ends, start=1):
        start, end = spans[first][0], spans[last - 1][1]
        shown = record.get(f"e{number}_name")
        mentions.append(
            Entity(
                start=start, end=end, label="ENTITY", text=text[start:end], name=shown
            )
        )
    entities = sorted(mentions, key=lambda x: x.start)
    head, tail = (entities.index(x) for x in mentions)
    if int(record.get("invert_relation") or 0):
        head, tail = tail, head
    related = relation.casefold() not in NONE
    return Example(
        id=name,
        text=text,
        entities=tuple(entities),
        relations=(Relation(head=head, tail=tail, label=relation.upper()),)
        if related
        else (),
        tokens=[text[start:end] for start, end in spans],
        meta={"relation": relation},
    )


def _first(record: dict[str, Any], *keys: str) -> Any:
    for key in keys:
        if key in record:
            return record[key]
    raise KeyError(" or ".join(keys))


def _range(record: dict[str, Any], end: str) -> Span:
    """The token range of an entity, end exclusive."""
    if f"{end}_start" in record and f"{end}_end" in record:
        return int(record[f"{end}_start"]), int(record[f"{end}_end"])
    entity = _first(record, end, f"{end}_index", {"e1": "h", "e2": "t"}[end])
    if isinstance(entity, dict):
        entity = _first(entity, "pos", "index", "span", "tokens")
    if not isinstance(entity, list) or not all(isinstance(x, int) for x in entity):
        raise KeyError(f"{end} with token positions")
    if len(entity) == 2:
        return entity[0], entity[1]
    return entity[0], entity[-1] + 1
