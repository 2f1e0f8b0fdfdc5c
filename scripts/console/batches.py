"""What generate-batch prints while batches are open."""

from wasabi import msg

from console.step import print_counts
from phantom.llms import Summary


def print_batches(summary: Summary) -> None:
    """Print what was handed in, and what the provider said of earlier batches."""
    waiting = summary.reasons.pop("in an open batch", 0)
    if summary.reasons:
        print_counts("reason", summary.reasons, summary.reasons.total())
    states = f"{summary.completed:,} of {summary.asked:,} specs completed so far"
    if summary.failed:
        states += f", {summary.failed:,} failed"
    if summary.handed_in:
        title = _count(summary.handed_in, "handed in")
    else:
        title = _count(summary.open_batches, "still open")
    msg.good(title, f"{waiting:,} specs wait in {_count(summary.open_batches, 'open')}")
    msg.text(f"{states}. Run the same command again to collect.")


def _count(batches: int, state: str) -> str:
    return f"{batches:,} batch{'es' * (batches != 1)} {state}"
