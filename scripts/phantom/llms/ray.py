"""The generate stage as a Ray Data job: many workers ask, one process journals."""

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from phantom.completions.failures import rewrite_failed
from phantom.completions.journal import Journal, read_journal
from phantom.completions.ledger import AGAIN, DONE, FAILED, read_ledger
from phantom.jsonl import to_line
from phantom.llms import load_backend
from phantom.llms.job import Job, Summary, make_ledger, make_prompter, unfinished
from phantom.packs.pack import load_pack
from phantom.records import Completion, Spec

# Specs that are handed to Ray at a time; memory stays flat however many there are.
WINDOW = 50_000


@dataclass(frozen=True)
class Worker:
    """What a worker needs; paths must mean the same on every node.

    config (Path): The back-end. overrides (Mapping[str, Any]): Its changes.
    """

    pack: Path
    config: Path
    overrides: Mapping[str, Any]

    def __call__(self, block: dict[str, Any]) -> dict[str, list[str]]:
        """Complete a block of specs; the lines of its journal come back."""
        specs = [Spec.model_validate_json(line) for line in block["spec"]]
        backend = load_backend(self.config, self.overrides)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "completions.jsonl"
            with Journal(path) as journal:
                summary = backend.generate(Job(load_pack(self.pack), specs, journal))
            lines = [to_line(completion) for _, completion in read_journal(path)]
        stopped = [f"!{summary.stopped}"] if summary.stopped else []
        return {"line": lines + stopped}


def run_ray(
    worker: Worker,
    specs: Iterable[Spec],
    journal: Journal,
    address: str | None = None,
    workers: int = 2,
    block: int = 200,
) -> Summary:
    """Complete what a journal lacks.

    address (Optional[str]): Of a Ray cluster; None starts Ray in this process.
    workers (int): Tasks at a time; the back-end's concurrency is shared by them.
    block (int): Specs per task; this many are lost if a node dies.
    RAISES: ValueError if Ray is not installed, or the back-end lacks its key.
    """
    ray = import_ray("`generate` does the same without it.")
    backend = load_backend(worker.config, worker.overrides)
    backend.check_ready()
    shared = {**worker.overrides, **backend.share(workers)}
    worker = replace(worker, overrides=shared)
    job = Job(load_pack(worker.pack), (), journal)
    ledger = read_ledger(journal.path, make_ledger(make_prompter(job), job))
    summary = Summary(remedy="Run the same command again: what is done is kept.")
    todo = unfinished(specs, ledger, summary)
    lacking = 0
    start_ray(ray, address)
    try:
        while window := list(islice(todo, WINDOW)):
            lacking += len(window)
            if summary.stopped:
                continue
            for line in _run_window(ray, worker, window, workers, block):
                if line.startswith("!"):
                    summary.stopped = line[1:]
                    continue
                completion = Completion.model_validate_json(line)
                summary.count(completion)
                for outcome in ledger.add(completion, journal.append(completion)):
                    lacking -= outcome.state != AGAIN
                    summary.completed += outcome.state == DONE
                    summary.failed += outcome.state == FAILED
    finally:
        ray.shutdown()
    rewrite_failed(journal.path, ledger)
    summary.pending = lacking
    if lacking:
        summary.reasons["no answer"] += lacking
    return summary


def _run_window(
    ray: Any, worker: Worker, window: list[Spec], workers: int, block: int
) -> Iterator[str]:
    rows = [{"spec": spec.model_dump_json()} for spec in window]
    blocks = -(-len(rows) // block)
    data = ray.data.from_items(rows, override_num_blocks=blocks)
    done = data.map_batches(worker, batch_size=block, concurrency=workers, num_cpus=1)
    for row in done.iter_rows():
        yield row["line"]


def start_ray(ray: Any, address: str | None) -> None:
    """Join a cluster, or start Ray here. Workers find phantom where we do."""
    scripts = str(Path(__file__).parents[2])
    variables = {"PYTHONPATH": os.pathsep.join([scripts, *_python_path()])}
    ray.init(
        address=address,
        include_dashboard=False if address is None else None,
        runtime_env={"env_vars": variables},
        log_to_driver=False,
        logging_level="ERROR",
    )


def _python_path() -> list[str]:
    return [part for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part]


def import_ray(instead: str) -> Any:
    """Ray with Ray Data. RAISES: ValueError if it is not installed.

    instead (str): What does the same on one machine.
    """
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise ValueError(
            f"Ray is not installed ({error}): pip install 'spacy-phantom[ray]'. "
            f"On one machine, {instead}"
        ) from None
    return ray
