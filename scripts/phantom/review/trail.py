"""The trail of decisions: who decided what, when, and what stood on the screen."""

from collections.abc import Callable, Iterator

from phantom.completions.journal import read_appended
from phantom.records import Example, digest
from phantom.review.decisions import REMEDY, DecisionLog
from phantom.review.records import Annotation, Decision, Seen

# A cell that begins so is a formula to a spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def list_trail(
    log: DecisionLog, find: Callable[[str], Example | None]
) -> Iterator[dict[str, str]]:
    """One row per line of the file, in its order; nothing is left out.

    find (Callable[[str], Optional[Example]]): The example as it is now, by id.
    YIELDS (Dict[str, str]): Columns by name, ready for a table.
    """
    current = log.current()
    holds = {place.key for by in current.values() for place in by.values()}
    for _, _, decision in read_appended(log.path, Decision, REMEDY, 0):
        seen = decision.seen
        yield {
            "time": decision.time,
            "annotator": decision.annotator,
            "role": decision.role,
            "example": decision.example,
            "verdict": decision.verdict,
            "changes": "; ".join(_changes(decision)),
            "seconds": f"{decision.seconds:.1f}",
            "why shown": "; ".join(seen.reasons),
            "predictions shown": _told(seen),
            "decisions shown": ", ".join(seen.others),
            "guidelines": seen.guidelines,
            "text": _text(seen.text, find(decision.example)),
            "holds": "yes" if decision.key in holds else "no",
            "key": decision.key,
            "undoes": decision.undoes or "",
        }


def plain(cell: str) -> str:
    """A cell of a table that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _changes(decision: Decision) -> Iterator[str]:
    if decision.after is None:
        return
    before, after = _facts(decision.before), _facts(decision.after)
    for sign, one, other in (("removed", before, after), ("added", after, before)):
        yield from (f"{sign} {fact}" for fact in one if fact not in other)


def _facts(annotation: Annotation) -> list[str]:
    spans = [f"{x.label} {x.text!r} at {x.start}" for x in annotation.entities]
    links = [f"{spans[x.head]} {x.label} {spans[x.tail]}" for x in annotation.relations]
    return spans + links


def _told(seen: Seen) -> str:
    why = ["why they were made"] if seen.explained else []
    if seen.predicted is None:
        return "".join(why)
    mentions, relations = seen.predicted.entities, seen.predicted.relations
    return ", ".join([f"{len(mentions)} mentions", f"{len(relations)} relations", *why])


def _text(seen: str, example: Example | None) -> str:
    if example is None:
        return "not there"
    return "as it was" if digest(example.text) == seen else "another"
