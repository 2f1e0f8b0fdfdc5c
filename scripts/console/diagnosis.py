"""What diagnose prints: the weaknesses, and how errors are spread."""

from collections import Counter
from itertools import groupby

from wasabi import msg

from phantom.evaluation.diagnosis.records import Diagnosis

MOST = 10
# Values told of one facet; the page has all.
VALUES = 3


def print_diagnosis(diagnosis: Diagnosis) -> None:
    """Print what goes wrong, the first weaknesses and the largest clusters."""
    rows = [
        (name, f"{wrong:,}", f"{of:,}", f"{wrong / max(of, 1):.1%}")
        for name, (wrong, of) in diagnosis.families.items()
    ]
    msg.table(rows, header=("", "wrong", "of", ""), aligns=("l", *"rrr"), divider=True)
    types = Counter((m.family, m.type) for m in diagnosis.mistakes)
    for family in ("mentions", "relations"):
        told = [f"{t} {n:,}" for (of, t), n in types.most_common() if of == family]
        if told:
            msg.text(f"Errors on {family}: {', '.join(told)}")
    print_slices(diagnosis)
    lines = [
        (
            w.name[:70],
            f"{w.errors:,} of {w.of:,}",
            f"{w.errors / w.of:.0%}",
            f"{w.elsewhere:.0%}",
            f"{w.training:,} of {w.training_of:,}"
            if w.training_of and w.facet != "surface"
            else "-",
        )
        for w in diagnosis.weaknesses[:MOST]
    ]
    header = ("weakness", "wrong", "share", "elsewhere", "in training text")
    if lines:
        msg.table(lines, header=header, aligns=("l", *"rrrr"), divider=True)
    else:
        msg.info("No weakness: errors are spread as chance has it")
    clusters = [(c.name, f"{len(c.mistakes):,}") for c in diagnosis.clusters[:MOST]]
    if clusters:
        msg.table(
            clusters, header=("cluster", "errors"), aligns=("l", "r"), divider=True
        )
    for note in diagnosis.notes:
        msg.info(note[0].upper() + note[1:])


def print_slices(diagnosis: Diagnosis) -> None:
    """Print for each facet the values of which most goes wrong."""
    rows = []
    for (family, facet), group in groupby(
        diagnosis.slices, key=lambda x: (x.family, x.facet)
    ):
        worst = [x for x in group if x.errors][:VALUES]
        told = [f"{x.value[:24]} {x.errors:,} of {x.of:,}" for x in worst]
        if told:
            rows.append((f"{family} by {facet}", " | ".join(told)))
    if rows:
        msg.table(rows, header=("", "most of the wrong ones"), divider=True)
