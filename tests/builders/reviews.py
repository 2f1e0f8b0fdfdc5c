"""Decisions of people on examples."""

from typing import Any

from tests.builders.examples import example

from phantom.review.records import Annotation, Decision, Seen, digest


def annotated(text: str, *relations: tuple[int, str, int]) -> Annotation:
    """The annotation of a text with tags."""
    return Annotation.of(example(text, *relations))


def decide(
    example_id: str,
    annotator: str,
    number: int,
    verdict: str = "accept",
    *,
    before: Annotation | None = None,
    after: Annotation | None = None,
    text: str = "",
    **more: Any,
) -> Decision:
    """Decision number so-and-so; what is accepted stays as it was shown by default."""
    before = before or Annotation()
    return Decision.model_validate(
        {
            "key": f"key-{number:05}",
            "example": example_id,
            "annotator": annotator,
            "verdict": verdict,
            "time": "2026-01-02T03:04:05+00:00",
            "before": before,
            "after": (after or before) if verdict == "accept" else None,
            "seconds": 1.5,
            "seen": Seen(text=digest(text)),
            **more,
        }
    )
