"""What soften shows at the end."""

from wasabi import msg

from phantom.training.doubt import Softened


def show_softening(done: Softened) -> None:
    """Print the teachers' scores, and what they changed."""
    rows = [
        (number, *("-" if x is None else f"{100 * x:.1f}" for x in scores.values()))
        for number, scores in enumerate(done.teachers, start=1)
    ]
    msg.table(
        rows,
        header=("teacher, on synthetic dev", "entities F1", "relations F1"),
        aligns=("l", "r", "r"),
        divider=True,
    )
    settings = done.settings
    msg.info(
        f"{done.lowered:,} of {done.passages:,} passages are in doubt and weigh "
        f"{settings.weight:g} of what they did; {done.pairs:,} pairs of mentions are "
        f"learnt softly, {settings.soft_labels:.0%} of it as the teacher says"
    )
    if 2 * done.lowered > done.passages:
        msg.warn(
            "Teachers doubt more than half of the passages: they are too weak to be "
            "believed",
            "train them for more steps (in the project: teacher_steps)",
        )
