"""Progress of a generate run: a bar for people, JSON lines for machines."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TimeRemainingColumn,
)
from rich.text import Text

from phantom.llms.job import Listener

NEWS = {
    "stop": "Stopping: {reason}",
    "breaker": "{failures} failures in a row: all requests pause",
    "dialect": "The server refused a request; from now on {change}",
}


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
        BarColumn(None),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        expand=True,
    )
    task = progress.add_task("", total=total)
    # On a line of their own, where a narrow terminal wraps them, not cuts them off.
    figures = Text()
    started = time.monotonic()
    tokens, paused = 0, started

    def update(event: str, data: dict[str, Any]) -> None:
        nonlocal tokens, paused
        now = time.monotonic()
        if event == "pause":
            # Requests that were together in flight are told to wait together.
            if data["seconds"] >= 2 and now >= paused:
                console.print(f"The server asks to wait for {data['seconds']:,.0f} s")
                paused = now + data["seconds"]
        elif event in NEWS:
            console.print(NEWS[event].format_map(data), markup=False)
        if event == "summary":
            # Of a part of a plan, the size was a guess.
            progress.update(task, total=data["asked"])
            return
        if "completed" not in data:
            progress.advance(task, len(data.get("spec_ids", ())))
            return
        tokens += data.get("output_tokens", 0)
        shown = [
            f"{data['total_failed']:,} failed",
            f"{data['in_flight']} of {data['limit']} in flight",
            f"{tokens / max(0.1, now - started):,.0f} tokens/s",
        ]
        if data["cost"]:
            shown.append(f"{data['cost']:,.4f} {currency} in all")
        figures.plain = " · ".join(shown)
        done = data["completed"] + data["total_failed"]
        progress.update(task, completed=done)

    with Live(Group(progress, figures), console=console):
        yield update
