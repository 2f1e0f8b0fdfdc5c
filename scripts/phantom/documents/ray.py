"""A run over all documents as a Ray Data job; the same output as without."""

import pickle
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from phantom.documents.applier import Applier, Counts, Setup
from phantom.documents.blocks import Block, is_done
from phantom.documents.job import Job, Tell
from phantom.llms.ray import import_ray, start_ray

# Blocks that are handed to Ray at a time; memory stays flat however many there are.
WINDOW = 200


@dataclass(frozen=True)
class Place:
    """Where a worker finds all it needs; paths must mean the same on every node."""

    setup: Setup
    output: Path


class Worker:
    """A process of Ray's with a pipeline of its own.

    A block that is done is not done again: where a worker dies, Ray gives what it had
    to another, and nothing but the block that it had begun is repeated.
    """

    def __init__(self, place: Place) -> None:
        self.applier = Applier(place.setup, place.output)

    def __call__(self, rows: dict[str, Any]) -> dict[str, list[Any]]:
        """Run blocks, each written by this worker; their counts come back."""
        sizes, counts = [], []
        for packed in rows["block"]:
            block: Block = pickle.loads(packed)
            done = is_done(self.applier.output, block.number)
            counts.append(list(Counts() if done else self.applier.run(block)))
            sizes.append(block.size)
        return {"size": sizes, "counts": counts}


def run_ray(job: Job, tell: Tell, workers: int, address: str | None = None) -> None:
    """Run on Ray's workers.

    address (Optional[str]): Of a Ray cluster; None starts Ray in this process.
    RAISES: ValueError if Ray is not installed.
    """
    ray = import_ray("more --workers do the same without it.")
    place = Place(job.setup, job.output.resolve())
    start_ray(ray, address)
    try:
        left = job.left(tell)
        while window := list(islice(left, WINDOW)):
            packed = [{"block": pickle.dumps(block)} for block in window]
            data = ray.data.from_items(packed, override_num_blocks=len(packed))
            done = data.map_batches(
                Worker,
                fn_constructor_args=(place,),
                batch_size=1,
                concurrency=min(workers, len(packed)),
                num_cpus=1,
            )
            for row in done.iter_rows():
                tell(row["size"], Counts(*row["counts"]))
    finally:
        ray.shutdown()
