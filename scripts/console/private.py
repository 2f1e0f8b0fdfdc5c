"""What train-private says of what it cost and of what no epsilon covers."""

from wasabi import msg

from console.adapting import show_before_after
from phantom.training.private.before import Before
from phantom.training.scoring import Scores


def show_lost(mentions: int, cut: int, words: int, unit: str) -> None:
    """Warn of what of the records was not learned from.

    mentions (int): Not on token bounds. cut (int): Words behind the first `words` of
        a unit.
    """
    if mentions or cut:
        msg.warn(
            f"{mentions:,} mentions not on token bounds; {cut:,} words stand behind "
            f"the first {words:,} of a {unit}"
        )


def show_gain(
    title: str, before: Scores, after: Scores, earlier: Before | None
) -> None:
    """Print scores without and with private text, and what had been read before."""
    show_before_after(f"{title}, private text", before, after)
    if earlier:
        say = msg.info if earlier.known else msg.warn
        say(f"Epsilon is of the private records alone: {earlier.words()}")
