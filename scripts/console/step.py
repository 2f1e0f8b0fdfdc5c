"""What every step does at its edge: parse the command line, end with a message."""

import sys
from collections.abc import Callable, Mapping
from typing import Any

import typer
from wasabi import msg

from console.faults import tell_fault
from phantom.runtime import leave_out_torch


def run_step(function: Callable[..., Any], torch: bool = True) -> None:
    """Run a step's function as its command line program.

    A ValueError or OSError ends in a message and exit status 1, without a traceback:
    the library's errors say what, where and how to mend it.

    torch (bool): False spares a step that only reads and writes documents the seconds
        that spaCy takes to import torch.
    """
    if not torch:
        leave_out_torch()
    try:
        sys.argv[1:] = map(unquote, sys.argv[1:])
        make_app(function)()
    except (ValueError, OSError) as error:
        said = tell_fault(error) if isinstance(error, OSError) else str(error)
        title, _, detail = said.partition("\n")
        msg.fail(title, detail, exits=1)


def unquote(argument: str) -> str:
    """An argument without single quotes around it.

    On Windows, `project run` hands on the quotes of a script line as they are.
    """
    quoted = len(argument) > 1 and argument[0] == argument[-1] == "'"
    return argument[1:-1] if quoted else argument


def make_app(function: Callable[..., Any]) -> typer.Typer:
    """A step's function as a command line program; locals are never shown."""
    app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)
    app.command()(function)
    return app


def print_counts(title: str, counts: Mapping[str, int], total: int) -> None:
    """Print a table of counts with their shares, most frequent first."""
    rows = [
        (name, f"{count:,}", f"{count / max(total, 1):.1%}")
        for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]
    msg.table(
        rows, header=(title, "count", "share"), aligns=("l", "r", "r"), divider=True
    )
