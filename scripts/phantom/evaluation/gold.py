"""Gold data by its path: a split of a benchmark, or a file in our own labels."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from phantom.evaluation.benchmarks import map_example, read_split
from phantom.evaluation.evaluator import synthetic_dataset
from phantom.formats.base import Report, read_format
from phantom.packs.benchmarks import Dataset, Split, load_benchmarks
from phantom.packs.pack import Pack
from phantom.records import Example, Origin


class Gold(NamedTuple):
    """A split and where it lies. name (str): Of the dataset.

    origin (str): "public" for a benchmark of the map, else "private".
    """

    name: str
    dataset: Dataset
    split: str
    folder: Path
    origin: Origin = "private"

    def read(
        self, limit: int | None = None, *, nominal: bool = False
    ) -> Iterator[Example]:
        """Its records in our labels.

        nominal (bool): With nominal mentions, which training knows what to do with.
        RAISES: ValueError with `path:line`.
        """
        for example in read_split(
            self.dataset,
            self.split,
            self.folder,
            limit,
            origin=self.origin,
            source=self.name,
        ):
            yield example if nominal else example.named()

    def read_as(self, format_: str, path: Path, report: Report) -> Iterator[Example]:
        """Records of a file of the catalogue of formats, in our labels.

        report (Report): Told what is left out and what is wrong.
        RAISES: ValueError if nothing could be read.
        """
        for example in read_format(format_, {"file": path}, path.stem, report):
            mapped = map_example(
                self.dataset, example.from_people(self.origin, self.name)
            )
            gone = len(example.entities) - len(mapped.entities)
            if gone:
                report.leave_out("entity of another label", example.id, gone)
            yield mapped


def find_gold(pack: Pack, path: Path) -> Gold:
    """Find the benchmark that a file belongs to, by the end of its path.

    RETURNS (Gold): For a file that no benchmark of the domain names, one whose
        labels are taken to be ours.
    """
    for name, dataset in load_benchmarks(pack).datasets.items():
        for split, entry in dataset.splits.items():
            tail = Path(entry.file).parts
            if path.resolve().parts[-len(tail) :] == tail:
                folder = path.resolve().parents[len(tail) - 1]
                return Gold(name, dataset, split, folder, "public")
    splits = {path.stem: Split(file=path.name, use="dev")}
    own = synthetic_dataset(pack, path.name).model_copy(update={"splits": splits})
    return Gold(path.parent.name, own, path.stem, path.parent)
