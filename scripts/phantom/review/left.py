"""Which reviewed examples people left as they were."""

from collections.abc import Iterable

from phantom.records import Example
from phantom.review.corrections import Corrections
from phantom.review.decisions import DecisionLog


def left_as_they_were(log: DecisionLog, examples: Iterable[Example]) -> dict[str, bool]:
    """Whether people accepted each example without an edit.

    RETURNS (Dict[str, bool]): By id; without those in conflict, skipped, or whose text
        changed since.
    """
    corrections = Corrections(log)
    before, found = corrections.counts.copy(), {}
    seen = {x.id: x for x in examples if x.id in log.current()}
    for name, example in seen.items():
        list(corrections.apply([example]))
        new = corrections.counts - before
        if new["accepted"] or new["edited"] or new["rejected"]:
            found[name] = bool(new["accepted"])
        before = corrections.counts.copy()
    return found
