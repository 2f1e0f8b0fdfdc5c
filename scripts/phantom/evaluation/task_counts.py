"""What scores are made of, unit by unit, so that two runs can be compared later."""

import json
from collections.abc import Mapping, Sequence

import numpy as np

from phantom.evaluation.cases import resample_units
from phantom.evaluation.metrics import Bootstrap, Floats, count_metrics
from phantom.evaluation.split_scores import LabelCounts
from phantom.packs.benchmarks import Dataset
from phantom.records import Example, Record, digest

Cell = tuple[int, int, int, int, int]


class TaskCounts(Record):
    """Counts of one task of one split; no text, no names.

    ours (Dict[str, List[str]]): Labels of the domain that count as each label.
    units (Tuple[str, ...]): A digest per unit of the bootstrap, over its text and gold:
        where either changed, it is another unit.
    cells (Tuple[Cell, ...]): (unit, label, true positives, false positives, false
        negatives), by index; what is missing is 0.
    """

    dataset: str
    split: str
    task: str
    labels: tuple[str, ...]
    ours: dict[str, list[str]] = {}
    units: tuple[str, ...]
    cells: tuple[Cell, ...] = ()

    @property
    def place(self) -> tuple[str, str, str]:
        """What it is compared by: data set, split and task."""
        return self.dataset, self.split, self.task

    @property
    def records_digest(self) -> str:
        """A digest of all units, whatever their order."""
        return digest("".join(sorted(self.units)))

    def table(
        self, labels: Sequence[str], units: Sequence[str] | None = None
    ) -> Floats:
        """Counts of some labels. RETURNS (Floats): Shape (units, labels, 3).

        labels (Sequence[str]): Those that it does not have are 0.
        units (Optional[Sequence[str]]): All of its own, in their order, if not given.
        """
        rows = {
            unit: i for i, unit in enumerate(self.units if units is None else units)
        }
        columns = {label: i for i, label in enumerate(labels)}
        table = np.zeros((len(rows), len(labels), 3), dtype=np.float32)
        for unit, label, *counts in self.cells:
            row, column = rows.get(self.units[unit]), columns.get(self.labels[label])
            if row is not None and column is not None:
                table[row, column] += counts
        return table


def count_tasks(
    place: tuple[str, str],
    dataset: Dataset,
    examples: Sequence[Example],
    counts: Mapping[str, LabelCounts],
) -> list[TaskCounts]:
    """Add up the counts of each task by the unit that is resampled.

    place (Tuple[str, str]): Names of data set and split.
    counts (Mapping[str, LabelCounts]): By task, each record a row.
    """
    names = resample_units(dataset, examples)
    held: dict[str, list[str]] = {}
    for name, example in zip(names, examples, strict=True):
        held.setdefault(name, []).append(_digest(example, dataset.concepts))
    # Two units of the same text and gold are one.
    keys = {name: digest("".join(sorted(held[name]))) for name in held}
    units = list(dict.fromkeys(keys.values()))
    index = {unit: i for i, unit in enumerate(units)}
    rows = np.array([index[keys[name]] for name in names], dtype=int)
    found = []
    for task, (labels, table) in counts.items():
        sums = np.zeros((len(units), *table.shape[1:]), dtype=int)
        np.add.at(sums, rows, table.astype(int))
        cells: list[Cell] = []
        for unit, label in np.argwhere(sums.any(axis=-1)).tolist():
            right, wrong, missed = sums[unit, label].tolist()
            cells.append((unit, label, right, wrong, missed))
        found.append(
            TaskCounts(
                dataset=place[0],
                split=place[1],
                task=task,
                labels=tuple(labels),
                ours=_ours(dataset, labels),
                units=tuple(units),
                cells=tuple(cells),
            )
        )
    return found


def sample_f1(table: Floats, resamples: int, seed: int) -> tuple[Floats, Floats]:
    """F1 of each column, as it is and over bootstrap resamples of the units.

    table (Floats): Shape (units, columns, 3).
    RETURNS (Tuple[Floats, Floats]): Shapes (columns,) and (resamples, columns). With
        one seed and one number of units, the resamples of two tables are paired.
    """
    boot = Bootstrap(range(len(table)), resamples, seed)
    padded = np.concatenate([table, np.zeros_like(table[..., :1])], axis=-1)
    point = count_metrics(padded.sum(axis=0))["f"]
    return point, count_metrics(boot.sums(padded))["f"]


def _digest(example: Example, concepts: str | None) -> str:
    gold = [
        example.text,
        [(e.start, e.end, e.label, e.id) for e in example.entities],
        [(r.head, r.label, r.tail) for r in example.relations],
        example.meta.get(concepts) if concepts else None,
    ]
    return digest(json.dumps(gold, ensure_ascii=False))


def _ours(dataset: Dataset, labels: Sequence[str]) -> dict[str, list[str]]:
    maps = dataset.relations
    return {x: maps[x].ours if x in maps else [x] for x in labels}
