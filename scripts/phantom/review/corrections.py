"""What people decided, put in the place of the examples that they looked at."""

from collections import Counter
from collections.abc import Iterable, Iterator

from phantom.records import Example, Rejected, digest
from phantom.review.decisions import DecisionLog, is_conflict
from phantom.review.records import Annotation, Decision


class Corrections:
    """The decisions of a file, applied to a stream of examples.

    log (DecisionLog): Its current state counts.
    counts (Counter): What became of the examples that a decision names, and of
        decisions that could not be used, by a name for people.
    rejected (List[Rejected]): Examples that people rejected.
    edits (List[Tuple[Example, Example]]): Raw and edited.
    decided (Set[str]): Ids of those that people accepted or edited, as they are now.
    """

    def __init__(self, log: DecisionLog) -> None:
        self.log = log
        self.counts: Counter[str] = Counter()
        self.rejected: list[Rejected] = []
        self.edits: list[tuple[Example, Example]] = []
        self.decided: set[str] = set()

    def apply(self, examples: Iterable[Example]) -> Iterator[Example]:
        """Yield each example as people left it; rejected ones are left out.

        An edited example is a new one that is derived from the old. One with an open
        conflict, or whose text is no longer what was looked at, stays as it is.
        """
        current = self.log.current()
        named = 0
        for example in examples:
            by = current.get(example.id)
            if by is None:
                yield example
                continue
            named += 1
            if is_conflict(by):
                self.counts["in conflict, kept as it was"] += 1
                yield example
                continue
            places = [place for place in by.values() if place.verdict != "skip"]
            judged = [p for p in places if p.role == "adjudicator"]
            if not places:
                self.counts["skipped, kept as it was"] += 1
                yield example
                continue
            final = max(judged or places, key=lambda place: place.offset)
            yield from self._use(example, self.log.read(final))
        missing = len(current) - named
        if missing:
            self.counts["not among the examples"] = missing

    def take_decided(self, examples: Iterable[Example]) -> Iterator[Example]:
        """Yield what people accepted or edited, and nothing else."""
        for example in self.apply(examples):
            if example.id in self.decided:
                yield example
            else:
                self.counts["not decided"] += 1

    def _use(self, example: Example, decision: Decision) -> Iterator[Example]:
        if decision.seen.text != digest(example.text):
            self.counts["text changed since, kept as it was"] += 1
            yield example
        elif decision.after is None:
            self.counts["rejected"] += 1
            self.rejected.append(
                Rejected(
                    spec_id=example.id,
                    reason="review.rejected",
                    detail=f"by {decision.annotator}, {decision.time}",
                    raw=example.text,
                    model=example.model,
                    meta={"example": example.model_dump(mode="json")},
                )
            )
        elif decision.after.facts() == Annotation.of(example).facts():
            self.counts["accepted"] += 1
            self.decided.add(example.id)
            yield example
        else:
            self.counts["edited"] += 1
            edited = _edited(example, decision)
            self.edits.append((example, edited))
            self.decided.add(edited.id)
            yield edited


def _edited(example: Example, decision: Decision) -> Example:
    assert decision.after is not None
    fields = {name: getattr(example, name) for name in type(example).model_fields}
    fields |= {
        "id": f"{example.id}-reviewed",
        "entities": decision.after.entities,
        "relations": decision.after.relations,
        "derived_from": (*example.derived_from, example.id),
        "meta": {
            **example.meta,
            "review": {"by": decision.annotator, "decision": decision.key},
        },
    }
    return type(example)(**fields)
