"""Picking between candidates: what the page shows side by side and what it saves."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from phantom.records import Candidate, Comparison, Pick
from phantom.review.picks import PickLog
from phantom.review.records import Annotation
from phantom.review.requests import PickSave, Refused
from phantom.review.validation import Schema

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def read_comparison(path: Path) -> Comparison:
    """The comparison of a file. RAISES: ValueError with the path and what is wrong."""
    if not path.is_file():
        raise ValueError(
            f"{path}: no file of candidates here; name one, with --vars.comparison in "
            "a project"
        )
    try:
        return Comparison.model_validate_json(path.read_bytes())
    except ValidationError as error:
        item = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, item["loc"])) or "the file"
        raise ValueError(
            f"{path}: no comparison: {where}: {item['msg']}; see docs/review.md"
        ) from None


@dataclass
class Comparing:
    """Candidates and the picks between them.

    People see the candidates under letters, each person in another order; names and
    scores are told after the person picked, so that they don't lead the choice.
    """

    comparison: Comparison
    schema: Schema
    log: PickLog
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def order(self, annotator: str) -> list[Candidate]:
        """The candidates as they stand side by side for a person."""
        found = list(self.comparison.candidates)
        random.Random(f"{self.comparison.digest()} {annotator}").shuffle(found)
        return found

    def describe(self, annotator: str) -> dict[str, Any]:
        """All that the page shows to a person."""
        latest = self.log.latest(self.comparison)
        own = latest.get(annotator)
        order = self.order(annotator)
        names = [candidate.name for candidate in order]
        counts = Counter(pick.picked for pick in latest.values())
        return {
            "title": self.comparison.title,
            "question": self.comparison.question,
            "comparison": self.comparison.digest(),
            **self.schema.describe(),
            "candidates": [
                {
                    "letter": LETTERS[i],
                    "prompt": candidate.prompt,
                    "passages": [
                        {
                            "id": passage.id,
                            "text": passage.text,
                            "annotation": Annotation.of(passage).model_dump(
                                mode="json"
                            ),
                        }
                        for passage in candidate.passages
                    ],
                }
                | (_tell(candidate, counts) if own else {})
                for i, candidate in enumerate(order)
            ],
            "decided": own is not None,
            "position": names.index(own.picked) if own and own.picked else None,
            "note": own.note if own else "",
            "none": counts[None] if own else 0,
            "people": len(latest),
        }

    def save(self, request: PickSave) -> dict[str, Any]:
        """Write a pick to disk. RAISES: Refused, with the reason."""
        if request.comparison != self.comparison.digest():
            raise Refused(
                "stale", "these are other candidates now; load the page again"
            )
        names = tuple(x.name for x in self.order(request.annotator))
        if request.position is not None and request.position >= len(names):
            raise Refused("unknown", f"there are {len(names)} candidates")
        pick = Pick(
            key=request.key,
            comparison=request.comparison,
            annotator=request.annotator,
            picked=None if request.position is None else names[request.position],
            shown=names,
            note=request.note,
            time=self.clock().isoformat(timespec="milliseconds"),
            seconds=min(max(request.seconds, 0.0), 86_400.0),
        )
        return {"saved": request.key, "repeated": not self.log.append(pick)}


def _tell(candidate: Candidate, counts: Counter[str | None]) -> dict[str, Any]:
    return {
        "name": candidate.name,
        "scores": candidate.scores,
        "picks": counts[candidate.name],
    }
