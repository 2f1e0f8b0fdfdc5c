"""What explain prints: each decision with the words that it rests on."""

from collections.abc import Sequence

from wasabi import msg

from phantom.evaluation.explain.attributions import TOLERANCE
from phantom.evaluation.explain.records import Explained, Explanation
from phantom.evaluation.explain.shortcut_records import Rate, Shortcut

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


def print_shortcuts(found: Sequence[Shortcut]) -> None:
    """Print the words that hold by a test, the strongest first."""
    lines = [
        (
            repr(s.word),
            s.label,
            f"{s.together:,} of {s.passages:,}",
            _rate(s.carried) + " *" * s.is_alone,
            _rate(s.lost) + " *" * s.is_needed,
        )
        for s in found
        if s.is_alone or s.is_needed
    ]
    if not lines:
        msg.info("No word carries a label, as far as these passages tell")
        return
    header = ("word", "label", "together", "put in: comes up", "taken out: is lost")
    msg.table(lines[:MOST], header=header, aligns=tuple("llrrr"), divider=True)
    msg.text("In brackets: with other words in its place. *: p < 0.05 after correction")


def _rate(rate: Rate) -> str:
    return (
        f"{rate.times} of {rate.of} ({rate.control} of {rate.control_of})"
        if rate.of
        else "-"
    )
