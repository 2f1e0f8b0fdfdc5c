"""Given pairs as BioBERT has them: GAD and EU-ADR, with the tables of originals."""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from phantom.formats.base import Files, Format, Report, prefixed
from phantom.jsonl import read_lines
from phantom.records import Entity, Example, Relation
from phantom.registry import phantom_registry

PLACEHOLDERS = {"@GENE$": "GENE", "@DISEASE$": "DISEASE"}
ASSOCIATION = "ASSOCIATION"


class Columns(NamedTuple):
    """How a table of originals names its columns.

    gene, disease (Tuple[str, ...]): One column "start#end", or two.
    meta (Dict[str, str]): Column by key of `meta`.
    """

    sentence: str
    gene: tuple[str, ...]
    disease: tuple[str, ...]
    kind: str
    meta: dict[str, str]


TABLES = (
    Columns(
        "raw_sentence",
        ("GENE_ENTITY_OFFSET",),
        ("DISEASE_ENTITY_OFFSET",),
        "associationType",
        {
            "gad_id": "GAD_ID",
            "gene_id": "geneId",
            "gene_symbol": "geneSymbol",
            "disease_mesh": "diseaseId",
        },
    ),
    Columns(
        "SENTENCE",
        ("ENTITY1_INI", "ENTITY1_END"),
        ("ENTITY2_INI", "ENTITY2_END"),
        "ASSOCIATION_TYPE",
        {"pmid": "PMID", "sent": "NUM_SENTENCE", "entity1_type": "ENTITY1_TYPE"},
    ),
)
NOT_ASSOCIATED = ("F", "FA")


class Row(NamedTuple):
    """One original. spans: of gene and disease, by label."""

    text: str
    spans: dict[str, tuple[int, int]]
    kind: str
    meta: dict[str, Any]


@phantom_registry.phantom_formats("biobert_pairs")
@dataclass(frozen=True, kw_only=True)
class BiobertPairs(Format):
    """`sentence<TAB>label` with placeholders; `orig` from the table of originals.

    A sentence whose original is not found keeps its placeholders alone.
    """

    roles: ClassVar[tuple[str, ...]] = ("tsv",)
    optional: ClassVar[tuple[str, ...]] = ("csv",)

    def read(self, files: Files, prefix: str, report: Report) -> Iterator[Example]:
        path = files.pick("tsv")
        rows = read_originals(files["csv"], report) if "csv" in files else {}
        used: Counter[tuple[str, str]] = Counter()
        count = 0
        for number, line in enumerate(read_lines(path), start=1):
            cells = line.rstrip("\r\n").split("\t")
            heading = number == 1 and not cells[-1].strip().isdigit()
            if not line.strip() or heading:
                continue
            place, name = f"{path}:{number}", prefixed(prefix, f"{count:04d}")
            count += 1
            example = report.attempt(place, _convert, name, cells, rows, used)
            if example and "csv" in files and example.orig is None:
                report.leave_out("original names that the table does not have", place)
            if example:
                yield example


def read_originals(path: Path, report: Report) -> dict[str, list[Row]]:
    """Originals by the sentence with its names hidden and squashed.

    RAISES: ValueError if no known set of columns is there.
    """
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        first = file.readline()
        file.seek(0)
        reader = csv.DictReader(file, delimiter="\t" if "\t" in first else ",")
        header = reader.fieldnames or ()
        columns = next((x for x in TABLES if x.sentence in header), None)
        needed = columns and {*columns.gene, *columns.disease, columns.kind}
        if columns is None or not needed or needed - set(header):
            known = " or ".join(
                ", ".join([x.sentence, *x.gene, *x.disease, x.kind]) for x in TABLES
            )
            raise ValueError(
                f"{path}:1: the header has {', '.join(header)}; expected {known}"
            )
        found: dict[str, list[Row]] = {}
        for record in reader:
            place = f"{path}:{reader.line_num}"
            row = report.attempt(place, _read_row, record, columns)
            if row:
                found.setdefault(squash(hide(row)), []).append(row)
    return found


def squash(text: str) -> str:
    """A key that spacing and case do not change."""
    return re.sub(r"\s+", "", text).casefold()


def hide(row: Row) -> str:
    """The sentence with placeholders in the place of both names."""
    text = row.text
    masks = {label: mask for mask, label in PLACEHOLDERS.items()}
    for label, (start, end) in sorted(row.spans.items(), key=lambda x: -x[1][0]):
        text = text[:start] + masks[label] + text[end:]
    return text


def _read_row(record: Mapping[str, str], columns: Columns) -> Row:
    spans = {}
    for label, names in (("GENE", columns.gene), ("DISEASE", columns.disease)):
        numbers = [x for name in names for x in (record[name] or "").split("#")]
        if len(numbers) != 2 or not all(x.strip().isdigit() for x in numbers):
            raise ValueError(f"{' '.join(names)} is {numbers}, expected start and end")
        spans[label] = int(numbers[0]), int(numbers[1])
    (a, b), (c, d) = sorted(spans.values())
    if not 0 <= a < b <= c < d <= len(record[columns.sentence]):
        raise ValueError(f"the names lie at {a}-{b} and {c}-{d}, which does not fit")
    meta: dict[str, Any] = {
        key: record[name] for key, name in columns.meta.items() if record.get(name)
    }
    if meta.get("sent", "").isdigit():
        meta["sent"] = int(meta["sent"])
    return Row(record[columns.sentence], spans, record[columns.kind].strip(), meta)


def _convert(
    name: str,
    cells: list[str],
    rows: Mapping[str, list[Row]],
    used: Counter[tuple[str, str]],
) -> Example:
    if len(cells) < 2 or cells[-1].strip() not in ("0", "1"):
        raise ValueError(
            f"the label is {cells[-1][:20]!r}, expected a sentence, 0 or 1"
        )
    sentence, label = cells[-2].strip(), int(cells[-1])
    marks = list(re.finditer(r"@(?:GENE|DISEASE)\$", sentence))
    if sorted(x[0] for x in marks) != sorted(PLACEHOLDERS):
        raise ValueError(
            f"placeholders {' '.join(x[0] for x in marks) or 'missing'}, expected "
            "@GENE$ and @DISEASE$, each once"
        )
    spans = {PLACEHOLDERS[x[0]]: x.span() for x in marks}
    # Of several rows, those of our label come first, each in its turn.
    row = min(
        rows.get(squash(sentence), []),
        key=lambda x: (
            (x.kind in NOT_ASSOCIATED) == bool(label),
            used[x.text, str(x.spans)],
        ),
        default=None,
    )
    if row:
        used[row.text, str(row.spans)] += 1
    meta = {"label": label, **({"assoc_type": row.kind, **row.meta} if row else {})}
    return Example(
        id=name,
        **_pair(sentence, spans, label),
        orig=_plain(_pair(row.text, row.spans, label)) if row else None,
        meta=meta,
    )


def _pair(
    text: str, spans: Mapping[str, tuple[int, int]], label: int
) -> dict[str, Any]:
    entities = tuple(
        Entity(start=start, end=end, label=kind, text=text[start:end])
        for kind, (start, end) in sorted(spans.items(), key=lambda x: x[1])
    )
    head = next(i for i, x in enumerate(entities) if x.label == "GENE")
    relation = Relation(head=head, tail=1 - head, label=ASSOCIATION)
    return {
        "text": text,
        "entities": entities,
        "relations": (relation,) if label else (),
    }


def _plain(record: dict[str, Any]) -> dict[str, Any]:
    return {
        "text": record["text"],
        "entities": [x.model_dump(exclude_defaults=True) for x in record["entities"]],
        "relations": [x.model_dump() for x in record["relations"]],
    }
