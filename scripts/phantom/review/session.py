"""One review: what the page asks for and what it saves, apart from any server."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from phantom.checks.models.statistics import wilson
from phantom.records import Example, Labelled, digest
from phantom.review.decisions import DecisionLog, Place
from phantom.review.lines import ExampleFile
from phantom.review.queue import Reasons
from phantom.review.records import Annotation, Decision, Role, Seen
from phantom.review.requests import Refused, Save
from phantom.review.validation import Schema

NO_PIPELINE = (
    "no pipeline was given that could tell why: name one, with --vars.review_pipeline "
    "in a project"
)


@dataclass
class Review:
    """The examples, their queue, and the decisions on them.

    queue (Reasons): Ids in their order, each with the reasons why.
    is_sample (bool): Whether the queue is a random sample, whose share tells that of
        all.
    predicted (Optional[ExampleFile]): What the pipeline found.
    why (Optional[Callable]): Explains what it finds in an example; see `Why`.
    """

    title: str
    guidelines: str
    schema: Schema
    examples: ExampleFile[Example]
    queue: Reasons
    log: DecisionLog
    is_sample: bool = False
    margin: float | None = None
    predicted: ExampleFile[Labelled] | None = None
    why: Callable[[Example], dict[str, Any]] | None = None
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    order: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.order = [key for key in self.queue if key in self.examples]
        self.unknown = len(self.queue) - len(self.order)

    def describe(self) -> dict[str, Any]:
        """What the page needs once."""
        return {
            "title": self.title,
            "guidelines": self.guidelines,
            "size": len(self.order),
            "sample": self.is_sample,
            "margin": self.margin,
            "ghosts": self.predicted is not None,
            **self.schema.describe(),
        }

    def find_next(self, annotator: str, position: int) -> int | None:
        """Position of the next example without a decision, from one on, around."""
        held, size = self.log.held(annotator), len(self.order)
        places = ((position + step) % size for step in range(size))
        return next((x for x in places if self.order[x] not in held), None)

    def show(self, annotator: str, position: int) -> dict[str, Any]:
        """One example of the queue, as the person left it or as it is."""
        example_id = self.order[position]
        return self._show(annotator, example_id, "annotator") | {"position": position}

    def show_conflict(self, annotator: str, example_id: str) -> dict[str, Any]:
        """An example on which people disagree, with what each of them decided."""
        by = self.log.current().get(example_id)
        if by is None or example_id not in self.examples:
            raise Refused("unknown", f"no decision on {example_id!r}")
        views = []
        for (name, role), place in by.items():
            decision = self.log.read(place)
            if role == "annotator" and decision.verdict != "skip":
                after = decision.after or Annotation()
                views.append(
                    {
                        "annotator": name,
                        "verdict": decision.verdict,
                        "time": decision.time,
                        "guided": decision.seen.predicted is not None,
                        "annotation": after.model_dump(mode="json"),
                    }
                )
        return self._show(annotator, example_id, "adjudicator") | {"views": views}

    def explain(self, example_id: str) -> dict[str, Any]:
        """Why the pipeline finds what it finds in an example, or why that isn't told.

        RETURNS (Dict[str, Any]): As `Why` gives it; or `problem`, a sentence.
        """
        if example_id not in self.examples:
            raise Refused("unknown", f"no example {example_id!r}")
        if self.why is None:
            return {"problem": NO_PIPELINE}
        try:
            return self.why(self.examples[example_id])
        except ValueError as error:
            return {"problem": str(error)}

    def progress(self, annotator: str) -> dict[str, Any]:
        """How far a person is, how fast, and what the sample says so far."""
        self.log.refresh()
        held = self.log.held(annotator)
        done = [place for key, place in held.items() if key in self.queue]
        pace = self.log.pace(annotator)
        result: dict[str, Any] = {
            "done": len(done),
            "size": len(self.order),
            "pace": round(pace, 1),
            "left": round(pace * (len(self.order) - len(done))),
            "conflicts": self.log.conflicts(),
        }
        judged = [place for place in done if place.verdict in ("accept", "reject")]
        if self.is_sample and judged:
            right = sum(p.verdict == "accept" and p.as_is for p in judged)
            low, high = wilson(right, len(judged))
            result["share"] = {
                "right": right,
                "of": len(judged),
                "low": round(low, 4),
                "high": round(high, 4),
            }
        return result

    def save(self, request: Save) -> dict[str, Any]:
        """Write a decision to disk. RAISES: Refused, with the reason."""
        if request.example not in self.examples:
            raise Refused("unknown", f"no example {request.example!r}")
        self.log.refresh()
        name, role = request.annotator, request.role
        if self.log.has(request.key):
            return {"saved": request.key, "repeated": True}
        latest = self.log.latest(name, request.example, role)
        if (latest.key if latest else None) != request.base:
            raise Refused(
                "stale", f"{name} decided on this example elsewhere; load it again"
            )
        if request.verdict == "undo" and latest is None:
            raise Refused("stale", "there is nothing to undo")
        example = self.examples[request.example]
        after = self._check(example, request)
        decision = Decision(
            key=request.key,
            example=request.example,
            annotator=name,
            role=role,
            verdict=request.verdict,
            time=self.clock().isoformat(timespec="milliseconds"),
            before=self._before(example, latest),
            after=after,
            seconds=min(max(request.seconds, 0.0), 86_400.0),
            seen=self._seen(example, request),
            undoes=request.base if request.verdict == "undo" else None,
        )
        written = self.log.append(decision)
        return {"saved": request.key, "repeated": not written}

    def _check(self, example: Example, request: Save) -> Annotation | None:
        if request.verdict != "accept":
            return None
        if request.after is None:
            raise Refused("invalid", "accept needs the annotation that is accepted")
        problems = self.schema.find_problems(example.text, request.after)
        errors = [problem for problem in problems if problem.severity == "error"]
        if errors:
            raise Refused("invalid", errors[0].detail, errors)
        return request.after

    def _before(self, example: Example, latest: Place | None) -> Annotation:
        decided = self.log.read(latest).after if latest else None
        return decided or Annotation.of(example)

    def _seen(self, example: Example, request: Save) -> Seen:
        told = request.ghosts or request.explained
        others: tuple[str, ...] = ()
        if request.role == "adjudicator":
            by = self.log.current().get(example.id, {})
            others = tuple(name for name, role in by if role == "annotator")
        return Seen(
            text=digest(example.text),
            guidelines=digest(self.guidelines),
            reasons=tuple(self.queue.get(example.id, ())),
            predicted=self._predicted(example) if told else None,
            explained=request.explained,
            others=others,
        )

    def _predicted(self, example: Example) -> Annotation | None:
        if self.predicted is None or example.id not in self.predicted:
            return None
        return Annotation.of(self.predicted[example.id])

    def _show(self, annotator: str, example_id: str, role: Role) -> dict[str, Any]:
        self.log.refresh()
        example = self.examples[example_id]
        latest = self.log.latest(annotator, example_id, role)
        predicted = self._predicted(example)
        asked: Mapping[str, Any] = example.meta.get("attributes") or {}
        kind = example.meta.get("kind")
        bounds = self.schema.token_bounds(example.text)
        return {
            "id": example_id,
            "text": example.text,
            "tokens": [at for pair in bounds for at in pair],
            "annotation": self._before(example, latest).model_dump(mode="json"),
            "predicted": predicted.model_dump(mode="json") if predicted else None,
            "reasons": self.queue.get(example_id, []),
            "asked": {**({"kind": kind} if kind else {}), **asked},
            "verdict": latest.verdict if latest else None,
            "base": latest.key if latest else None,
        }
