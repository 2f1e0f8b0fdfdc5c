"""What diagnose prints: the weaknesses, and how errors are spread."""

from wasabi import msg

from phantom.evaluation.diagnosis.records import Diagnosis

MOST = 10


def print_diagnosis(diagnosis: Diagnosis) -> None:
    """Print how much is wrong, the first weaknesses and the largest clusters."""
    rows = [
        (name, f"{wrong:,}", f"{of:,}", f"{wrong / max(of, 1):.1%}")
        for name, (wrong, of) in diagnosis.families.items()
    ]
    msg.table(rows, header=("", "wrong", "of", ""), aligns=("l", *"rrr"), divider=True)
    lines = [
        (
            w.name[:70],
            f"{w.errors:,} of {w.of:,}",
            f"{w.errors / w.of:.0%}",
            f"{w.elsewhere:.0%}",
            f"{w.training:,} of {w.training_of:,}" if w.training_of else "-",
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
