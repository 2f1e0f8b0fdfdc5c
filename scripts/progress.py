"""Progress of a generate run: a bar for people, JSON lines for machines."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from phantom.llms.job import Listener


@contextmanager
def show_progress(total: int, log: Path | None, currency: str) -> Iterator[Listener]:
    """Show a bar on a terminal and write events to a file.

    total (int): Specs of the run.
    log (Optional[Path]): One JSON line per event; "-" is the standard output.
    YIELDS (Listener): To be called with each event.
    """
    with ExitStack() as stack:
        listeners: list[Listener] = []
        console = Console(stderr=True)
        if console.is_terminal:
            listeners.append(stack.enter_context(_bar(total, currency, console)))
        if log is not None:
            file = sys.stdout
            if str(log) != "-":
                log.parent.mkdir(parents=True, exist_ok=True)
                file = stack.enter_context(log.open("a", encoding="utf-8"))

            def write(event: str, data: dict[str, Any]) -> None:
                line = {"time": round(time.time(), 3), "event": event, **data}
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
                file.flush()

            listeners.append(write)

        def tell(event: str, data: dict[str, Any]) -> None:
            for listener in listeners:
                listener(event, data)

        yield tell


@contextmanager
def _bar(total: int, currency: str, console: Console) -> Iterator[Listener]:
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[figures]}"),
        TimeRemainingColumn(),
        console=console,
    )
    task = progress.add_task("generate", total=total, figures="")
    started = time.monotonic()
    tokens = 0

    def update(event: str, data: dict[str, Any]) -> None:
        nonlocal tokens
        if event in ("stop", "pause", "breaker", "dialect"):
            shown = {k: data[k] for k in ("reason", "seconds", "change") if k in data}
            progress.console.print(f"{event}: {', '.join(map(str, shown.values()))}")
        if "completed" not in data:
            progress.advance(task, len(data.get("spec_ids", ())))
            return
        tokens += data.get("output_tokens", 0)
        rate = tokens / max(0.1, time.monotonic() - started)
        figures = [
            f"failed {data['total_failed']:,}",
            f"in flight {data['in_flight']}/{data['limit']}",
            f"{rate:,.0f} tokens/s",
        ]
        if data["cost"]:
            figures.append(f"{data['cost']:.2f} {currency}")
        done = data["completed"] + data["total_failed"]
        progress.update(task, completed=done, figures=" · ".join(figures))

    with progress:
        yield update
