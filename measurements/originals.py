"""How far converted originals agree with data that was prepared by other means.

    python measurements/originals.py ../shared/originals ../shared/data [--json]

A record agrees if its text, entities and relations (and the record before placeholders
were put in) are equal; ids may differ. Exit status 1 if a data set is below its bound.
"""

import argparse
import json
from collections.abc import Iterable
from itertools import zip_longest
from pathlib import Path
from typing import Any

from phantom.evaluation.originals import convert_split, missing_files
from phantom.formats.base import Report
from phantom.jsonl import read_jsonl
from phantom.packs.benchmarks import Dataset, load_benchmarks
from phantom.packs.pack import load_pack
from phantom.records import Example

DOMAINS = Path(__file__).resolve().parents[1] / "assets" / "domains"
BOUNDS = {"ncbi_disease": 0.97, "finer_ord": 0.97}
BOUND = 0.99


def compare(found: Iterable[Example], reference: Iterable[Example]) -> dict[str, Any]:
    """Count equal records, position by position; one that is missing is not equal."""
    counts = {"records": 0, "equal": 0, "texts": 0, "entities": 0, "relations": 0}
    differing: list[str] = []
    for one, other in zip_longest(found, reference):
        counts["records"] += 1
        if one is None or other is None:
            differing.append((one or other).id)
            continue
        same = {
            "texts": one.text == other.text and one.orig == other.orig,
            "entities": _entities(one) == _entities(other),
            "relations": _relations(one) == _relations(other),
        }
        for part, equal in same.items():
            counts[part] += equal
        counts["equal"] += all(same.values())
        if not all(same.values()):
            differing.append(other.id)
    return {**counts, "differing": differing[:10]}


def measure(
    name: str, dataset: Dataset, split: str, originals: Path, data: Path
) -> dict[str, Any] | None:
    """Agreement of one split; None if its original or reference is not there."""
    entry = dataset.splits[split]
    reference = data / entry.file
    if entry.original is None or not reference.is_file():
        return None
    if missing_files(entry.original, originals):
        dataset = _without_test_sheets(dataset, split, originals)
        if dataset is None:
            return None
    report = Report()
    found = compare(
        convert_split(name, dataset, split, originals, report),
        read_jsonl(reference, Example),
    )
    bound = BOUNDS.get(name, BOUND)
    share = found["equal"] / found["records"]
    return {
        "dataset": name,
        "split": split,
        **found,
        "share": round(share, 4),
        "bound": bound,
        "holds": share >= bound,
        "left_out": dict(report.left_out),
        "wrong": report.broken,
    }


def _without_test_sheets(
    dataset: Dataset, split: str, originals: Path
) -> Dataset | None:
    """The map with a workbook that lacks the held-out sheets in place of the whole."""
    entry = dataset.splits[split]
    assert entry.original
    files = {}
    for role, source in entry.original.files.items():
        path = Path(source.path)
        other = path.with_name(f"{path.stem}_without_test{path.suffix}")
        if not (originals / other).is_file():
            return None
        files[role] = {"path": str(other)}
    changed = dataset.model_dump()
    changed["splits"][split]["original"]["files"] = files
    return Dataset.model_validate(changed)


def _entities(example: Example) -> list[tuple[int, int, str]]:
    return [(x.start, x.end, x.label) for x in example.entities]


def _relations(example: Example) -> set[tuple[int, int, str]]:
    return {(x.head, x.tail, x.label) for x in example.relations}


def main() -> None:
    """Print a line per split, or all as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("originals", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = []
    for pack in sorted(DOMAINS.iterdir()):
        for name, dataset in load_benchmarks(load_pack(pack)).datasets.items():
            for split in dataset.splits:
                row = measure(name, dataset, split, options.originals, options.data)
                rows += [row] if row else []
    if options.json:
        print(json.dumps(rows, indent=1))
    else:
        for row in rows:
            print(
                f"{row['dataset']:14} {row['split']:6} {row['equal']:5} of "
                f"{row['records']:5} equal ({row['share']:.2%}, at least "
                f"{row['bound']:.0%}){'' if row['holds'] else '  BELOW'}"
            )
    if not rows or not all(row["holds"] for row in rows):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
