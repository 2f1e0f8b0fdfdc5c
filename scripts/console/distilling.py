"""What distill shows while it runs, and at the end."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from wasabi import msg

from phantom.training.distill import Tell
from phantom.training.student import Told
from phantom.training.studentship import Studentship

SHOWN = {"ents_f": "entities F1", "rel_micro_f": "relations F1"}


@contextmanager
def track_steps() -> Iterator[Tell]:
    """Show a bar for each part of the work, on a terminal."""
    with ExitStack() as stack:

        def begin(title: str, total: int) -> Told:
            stack.close()
            bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(None),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                expand=True,
            )
            task = bar.add_task(title, total=total)
            stack.enter_context(bar)

            def tell(count: int) -> None:
                bar.advance(task, count)
                if bar.finished:
                    stack.close()

            return tell

        yield begin


def show_distillation(
    done: Studentship, teacher: dict[str, Any], student: dict[str, Any]
) -> None:
    """Print how near the states came, and both scores on synthetic dev.

    teacher, student (Dict[str, Any]): Their meta.json.
    """
    matching = done.matching
    if done.left_out:
        msg.info(f"Left out, having no weights: {', '.join(done.left_out)}")
    msg.info(
        f"{done.layers} of {done.of} layers; states are {matching.after:.3f} from the "
        f"teacher's (at first {matching.before:.3f}, 0 is the teacher), after "
        f"{matching.wordpieces:,} wordpieces"
    )
    scores = [meta.get("performance") or {} for meta in (teacher, student)]
    rows = [
        (name, *(f"{100 * x[key]:.1f}" if x.get(key) else "-" for x in scores))
        for key, name in SHOWN.items()
    ]
    msg.table(
        rows,
        header=("synthetic dev", "teacher", "student"),
        aligns=("l", "r", "r"),
        divider=True,
    )
