"""What adapt says: how passes were chosen, what was gained, what was forgotten."""

from wasabi import msg

from phantom.training.adapt import Adaptation
from phantom.training.scoring import Scores


def show_adaptation(done: Adaptation) -> None:
    """Print what was trained on, the cross-validation, and what was forgotten."""
    msg.info(
        f"{done.examples:,} examples with {done.mentions:,} mentions and "
        f"{done.relations:,} relations; {done.rehearsed:,} synthetic to rehearse on"
    )
    if done.validation is None:
        msg.warn(
            f"{done.passes} passes; not cross-validated: {done.not_validated}",
            "Nothing says yet whether it is better on your text",
        )
    else:
        points = done.validation.by_pass
        msg.info(
            f"Cross-validation over {done.settings.folds} folds chose "
            f"{done.passes} passes of at most {done.settings.most_passes}; the scores "
            "after them are of the same folds, so slightly too good"
        )
        show_before_after("held-out folds", points[0], points[done.validation.best])
    if done.passes == 0:
        msg.warn("The pipeline stays as it was: no pass over the examples helped")
    if done.before is None or done.after is None:
        msg.warn("What was forgotten was not measured: no synthetic dev set was given")
        return
    show_before_after("synthetic dev", done.before, done.after)
    if done.share < 1:
        msg.warn(
            f"Weights went {done.share:.0%} of the way; the whole way would forget "
            f"more than {100 * done.settings.max_forgetting:g} points"
        )
    lost = 100 * done.forgotten()
    forgot = f"{lost:.1f} points forgotten" if lost > 0 else "nothing forgotten"
    msg.good(f"Synthetic dev: {forgot}; {done.seconds:.0f} s")


def show_before_after(title: str, before: Scores, after: Scores) -> None:
    """Print precision, recall and F1 of entities and relations, both times."""
    rows = []
    for name, key in (("entities", "ents"), ("relations", "rel_micro")):
        pairs = [
            [getattr(scores, f"{key}_{x}") for scores in (before, after)] for x in "prf"
        ]
        if pairs[-1][0] is not None:
            rows.append((name, *(_percents(old, new) for old, new in pairs)))
    msg.table(
        rows,
        header=(title, "P before/after", "R before/after", "F1 before/after"),
        aligns=("l", "r", "r", "r"),
        divider=True,
    )


def _percents(old: float | None, new: float | None) -> str:
    return f"{100 * (old or 0):.1f} / {100 * (new or 0):.1f}"
