"""What attacks print: figures with intervals beside their limits, and the verdict."""

from pathlib import Path
from typing import Any

from wasabi import msg

from phantom.attacks.verdicts import Limits, judge, tell_failures
from phantom.jsonl import write_json


def finish_attacks(found: dict[str, Any], limits: Limits, report: Path) -> None:
    """Write the figures with their verdicts, print them, and fail if one failed.

    RAISES: ValueError that says which attacks are surely beyond their limits.
    """
    verdicts = judge(found, limits, found["seed"])
    write_json(report, {**found, "verdicts": [x.model_dump() for x in verdicts]})
    rows = [
        (
            x.attack,
            x.figure,
            f"{x.value:.3f}",
            f"{x.low:.3f} to {x.high:.3f}",
            f"{x.guess:g}",
            f"{x.limit:g}",
        )
        for x in verdicts
    ]
    header = ("attack", "figure", "value", "95%", "a guess", "limit")
    msg.table(rows, header=header, aligns=("l", "l", *"rrrr"), divider=True)
    for x in found.get("canaries", ()):
        most = f"of at most {len(bin(x['candidates'])) - 3} bits"
        msg.text(f"a canary with {x['copies']} copies: {x['bits']:.1f} {most}")
    if found.get("canaries") and "canaries" not in {x.attack for x in verdicts}:
        msg.warn("Too few canaries for a verdict: 21 or more have five planted once")
    if failed := tell_failures(verdicts):
        raise ValueError(
            f"{report}: {failed}. Train on more text, for fewer passes, or privately "
            "(docs/privacy.md); this may not be released"
        )
    msg.good("No attack is surely beyond its limit", str(report))
