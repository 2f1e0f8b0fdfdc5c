"""What explain prints: each decision with the words that it rests on."""

from collections.abc import Sequence

from wasabi import msg

from phantom.evaluation.explain.attributions import TOLERANCE
from phantom.evaluation.explain.records import Explained, Explanation

MOST = 12


def print_explained(texts: Sequence[Explained]) -> None:
    """Print the first decisions, and how far the attributions can be relied on."""
    rows = [(text, why) for text in texts for why in text.explanations]
    lines = [
        (
            f" {why.label} ".join(text.text[a:b] for a, b in why.spans)[:40],
            f"{why.chance:.2f}",
            _words(text, why)[:44],
            _flip(text, why),
        )
        for text, why in rows[:MOST]
    ]
    if lines:
        header = ("decision", "chance", "rests on", "changes without")
        msg.table(lines, header=header, aligns=tuple("lrll"), divider=True)
    if len(rows) > MOST:
        msg.text(f"and {len(rows) - MOST:,} more")
    off = sum(why.error > TOLERANCE for _, why in rows)
    seconds = sum(text.seconds for text in texts)
    msg.info(
        f"{len(rows) - off:,} of {len(rows):,} attributions sum up to the score's "
        f"change within {TOLERANCE:.0%}; {seconds / max(len(texts), 1):.2f} s of "
        "processor time a text"
    )


def _words(text: Explained, why: Explanation) -> str:
    order = sorted(range(len(why.values)), key=lambda i: -why.values[i])[:3]
    return ", ".join(text.text[slice(*text.tokens[i])] for i in order)


def _flip(text: Explained, why: Explanation) -> str:
    if why.flip is None:
        return "-"
    words = " ".join(text.text[a:b] for a, b in why.flip.words)
    return f"{words} -> {why.flip.by}"[:30] if why.flip.by else words[:30]
