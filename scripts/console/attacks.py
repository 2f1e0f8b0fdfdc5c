"""What attack prints: figures with intervals."""

from collections.abc import Mapping
from typing import Any

from wasabi import msg


def print_attacks(found: Mapping[str, Any]) -> None:
    """Print what each attack found."""
    rows = [
        (
            name,
            f"{x['auc']:.3f}",
            f"{x['low']:.3f} to {x['high']:.3f}",
            f"{x['caught']:.1%}",
        )
        for name in ("membership", "shadows")
        if (x := found.get(name))
    ]
    header = ("attack", "AUC", "95%", "caught at 1% false")
    msg.table(rows, header=header, aligns=("l", "r", "r", "r"), divider=True)
    for x in found.get("canaries", ()):
        most = f"of at most {len(bin(x['candidates'])) - 3} bits"
        msg.text(f"a canary with {x['copies']} copies: {x['bits']:.1f} {most}")
    if near := found.get("nearest"):
        msg.text(f"nearer to private than to held-out text: {near['share']:.1%}")
