"""What apply shows while it runs, and at the end."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from wasabi import msg

from phantom.documents.applier import Counts
from phantom.documents.job import Tell


class Run(NamedTuple):
    """What a run did. kept (int): Blocks that an earlier one had done."""

    counts: Counts
    kept: int
    seconds: float


@contextmanager
def track_bytes(total: int) -> Iterator[tuple[Tell, Callable[[], Run]]]:
    """Show a bar on a terminal. YIELDS: What is told of blocks; what they came to."""
    bar = Progress(
        BarColumn(None),
        DownloadColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
        console=Console(stderr=True),
        expand=True,
    )
    started = time.monotonic()
    counts, kept = Counts(), 0

    def tell(size: int, found: Counts | None) -> None:
        nonlocal counts, kept
        kept += found is None
        counts = counts.plus(found or Counts())
        rate = counts.words / max(time.monotonic() - started, 0.1)
        said = f"{counts.documents:,} documents, {rate:,.0f} words/s"
        bar.update(task, advance=size, description=said)

    def look() -> Run:
        return Run(counts, kept, time.monotonic() - started)

    with bar:
        task = bar.add_task("", total=total)
        yield tell, look


def conclude_applying(output: Path, run: Run, page: Path | None) -> None:
    """Print what was found, where it is, and which documents could not be read."""
    counts = run.counts
    if run.kept:
        msg.text(f"{run.kept:,} blocks were done by an earlier run")
    if counts.documents or run.kept:
        msg.good(
            f"{counts.documents:,} documents: {counts.entities:,} entities, "
            f"{counts.relations:,} relations, in {output / 'documents'}",
            f"{counts.words:,} words, "
            f"{counts.words / max(run.seconds, 0.1):,.0f} words/s, loading included",
        )
    if page and (counts.documents or run.kept):
        msg.text(f"Read them: {page}")
    bad = output / "bad.jsonl"
    if bad.is_file():
        with bad.open(encoding="utf-8") as file:
            lines = [json.loads(line) for line in islice(file, 5)]
            more = sum(1 for _ in file)
        for line in lines:
            msg.warn(line["key"], line["reason"])
        msg.warn(f"{len(lines) + more:,} documents were not read; all in {bad}")
