"""What refill and plan print of it: the changes as a diff, and what is left out."""

from collections.abc import Mapping, Sequence

from wasabi import msg

from phantom.feedback.hints import Hint
from phantom.feedback.refill import Ask, Refill


def print_refill(refill: Refill) -> None:
    """Print each change in the way of a diff, the reason above it."""
    for ask in refill.asks:
        msg.text(f"@@ {ask.because}", color="cyan")
        msg.text(f"  {name_cell(ask)}")
        msg.text(f"- {ask.was:,} examples", color="red")
        msg.text(f"+ {ask.now:,} examples", color="green")
    for hint in refill.hints:
        msg.text(f"+ note for the writer: {hint.text}", color="green")
    for reason, count in refill.left_out.items():
        msg.info(f"{count:,} left out: {reason}")


def print_asked(
    asks: Sequence[Ask], hints: Sequence[Hint], left_out: Mapping[str, int]
) -> None:
    """Print what a plan took up of a refill."""
    count = sum(ask.count for ask in asks)
    msg.info(f"{count:,} examples of {len(asks)} cells, {len(hints)} notes taken up")
    for reason, number in left_out.items():
        msg.info(f"{number:,} left out: {reason}")


def name_cell(ask: Ask) -> str:
    """A cell in words."""
    parts = [f"{name} = {value}" for name, value in ask.attributes.items()]
    if ask.kinds:
        parts.append("kind = " + " or ".join(ask.kinds))
    parts += [f"{len(x):,} {label} names to use" for label, x in ask.seeds.items()]
    return "; ".join(parts) or "any"
