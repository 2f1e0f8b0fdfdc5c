"""Rows and cells of `worth`: what is trained, what is scored, table and means."""

import statistics
from collections.abc import Iterator, Sequence
from typing import Any

# By the data set whose train split is the gold: dataset, split, task, label.
CELLS = {
    "medicine": {
        "ncbi_disease": [("ncbi_disease", "test", "entities", "DISEASE")],
        "bc5cdr": [
            ("bc5cdr", "dev", "entities", "DISEASE"),
            ("bc5cdr", "dev", "entities", "CHEMICAL"),
            ("bc5cdr", "dev", "relations, end to end", "CID"),
            ("bc5cdr_cid", "dev", "concepts, given entities", "CID"),
        ],
    },
    "finance": {
        "finer_ord": [("finer_ord", "dev", "entities", "micro")],
        "core": [("core", "train", "pairs, given pairs", "micro")],
        "kpi_edgar": [
            ("kpi_edgar", "dev", "entities", "micro"),
            ("kpi_edgar", "dev", "relations, given entities", "VALUE_OF"),
        ],
    },
}
# Whose mean is one number for a row; no other domain has one.
MEAN = {
    "medicine": (
        "ncbi_disease test entities DISEASE",
        "bc5cdr dev entities DISEASE",
        "bc5cdr dev entities CHEMICAL",
    )
}
SYNTHETIC, DOCUMENTS, UNLABELLED, TOP, ALONE, FULL = (
    *("synthetic only", "+ documents", "+ unlabelled public text"),
    *("+ {} gold on top", "{} gold alone", "all gold alone"),
)
# Rows without gold: one pipeline of each seed, whichever data set is scored.
WITHOUT_GOLD = (SYNTHETIC, DOCUMENTS, UNLABELLED)


def table(results: list[dict[str, Any]]) -> Iterator[str]:
    """A line for each row and cell: mean F1 over seeds, with sd, and what is real."""
    groups: dict[tuple[str, str, str], list[float]] = {}
    for result in results:
        for cell, score in result["cells"].items():
            key = (cell, result["row"], result["real"])
            groups.setdefault(key, []).append(100 * (score["f"] or 0.0))
    last = ""
    for (cell, row, real), values in sorted(groups.items(), key=lambda x: x[0][0]):
        if cell != last:
            yield f"\n{cell}"
            last = cell
        yield f"  {row:24} {show(values)}, real training data: {real}"


def show(values: Sequence[float]) -> str:
    """Mean and sd of a row, and of how many seeds."""
    sd = f" (sd {statistics.stdev(values):.1f})" if len(values) > 1 else ""
    return f"{statistics.fmean(values):5.1f}{sd}  seeds {len(values)}"


def average(
    results: list[dict[str, Any]], cells: Sequence[str]
) -> list[dict[str, Any]]:
    """The mean of some cells, for each row: taken of a seed first, then over seeds.

    A row's cells may be of several pipelines of a seed, one for each gold data set.

    RETURNS (List[Dict]): Row, "values" by seed in percent, their "mean" and "sd" (null
        where there are too few), and "without": seeds that lack one of the cells.
    """
    found: dict[str, dict[int, dict[str, float]]] = {}
    for result in results:
        scores = found.setdefault(result["row"], {}).setdefault(result["seed"], {})
        for cell, score in result["cells"].items():
            if cell in cells:
                scores[cell] = 100 * (score["f"] or 0.0)
    rows = []
    for row, seeds in found.items():
        values = {
            seed: statistics.fmean(scores.values())
            for seed, scores in seeds.items()
            if len(scores) == len(cells)
        }
        given = list(values.values())
        rows.append(
            {
                "row": row,
                "values": {str(seed): value for seed, value in values.items()},
                "mean": statistics.fmean(given) if given else None,
                "sd": statistics.stdev(given) if len(given) > 1 else None,
                "without": [seed for seed in seeds if seed not in values],
            }
        )
    return rows


def summary(rows: list[dict[str, Any]], cells: Sequence[str]) -> Iterator[str]:
    """A line for each row of `average`, below the names of the cells."""
    yield f"\nmean of {'; '.join(cells)}"
    for row in rows:
        values = list(row["values"].values())
        told = show(values) if values else "    -"
        if row["without"]:
            told += f"; not all were scored for seeds {row['without']}"
        yield f"  {row['row']:24} {told}"
