"""A run over all documents: in this process, in several, or on Ray."""

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass
from pathlib import Path

from phantom.documents.applier import Applier, Counts, Setup
from phantom.documents.blocks import Block, Size, is_done, make_blocks, open_run
from phantom.documents.sources import Columns

# Told the bytes that a block had, and what it gave; None if an earlier run had done it.
Tell = Callable[[int, Counts | None], None]


@dataclass(frozen=True)
class Job:
    """Documents, what is run over them, and where the output goes."""

    inputs: list[Path]
    output: Path
    setup: Setup
    columns: Columns = Columns()
    size: Size = Size()

    def open(self) -> int:
        """Begin the run, or go on with it. RETURNS (int): Bytes of all inputs."""
        settings = {**asdict(self.setup), **asdict(self.columns)}
        settings["block"] = asdict(self.size)
        settings["pack"] = settings["pack"] and str(settings["pack"])
        settings["without"] = sorted(self.setup.without)
        return open_run(self.output, self.inputs, settings)

    def left(self, tell: Tell) -> Iterator[Block]:
        """The blocks that are not done yet; the others are told of."""
        for block in make_blocks(self.inputs, self.columns, self.size):
            if is_done(self.output, block.number):
                tell(block.size, None)
            else:
                yield block


def run_here(job: Job, tell: Tell, applier: Applier | None = None) -> None:
    """Run in this process, one block after the other."""
    for block in job.left(tell):
        # Loaded once there is something to do.
        applier = applier or Applier(job.setup, job.output)
        tell(block.size, applier.run(block))


def run_processes(job: Job, tell: Tell, workers: int) -> None:
    """Run in several processes, each with a pipeline of its own.

    RAISES: ValueError if one is killed, as where memory runs out; what is done stays.
    """
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, context, _begin, (job.setup, job.output))
    waiting: dict[Future, int] = {}

    def collect() -> None:
        done, _ = wait(waiting, return_when=FIRST_COMPLETED)
        for future in done:
            tell(waiting.pop(future), future.result())

    try:
        for block in job.left(tell):
            waiting[pool.submit(_run, block)] = block.size
            # No more are read than the workers need.
            if len(waiting) > 2 * workers:
                collect()
        while waiting:
            collect()
    except BrokenProcessPool as error:
        raise ValueError(f"a worker ended ({error}); run the command again") from None
    finally:
        pool.shutdown(cancel_futures=True)


_APPLIER: list[Applier] = []


def _begin(setup: Setup, output: Path) -> None:
    _APPLIER[:] = [Applier(setup, output)]


def _run(block: Block) -> Counts:
    return _APPLIER[0].run(block)
