"""What becomes of a raw answer to a few specs."""

from typing import Any

from phantom.completions.answers import split_answers
from phantom.records import Completion


def ask(raw: str, n: int = 3, **fields: Any) -> list[tuple[str, str | None]]:
    """Spec id and reason (None for an item) of everything in an answer."""
    ids = tuple(f"s-{i}" for i in range(1, n + 1))
    completion = Completion(
        spec_ids=ids, completion=raw, model="m", recorded="", **fields
    )
    return [(answer.spec_id, answer.reason) for answer in split_answers(completion)]


def item(name: str | int | None, text: str = "t") -> dict[str, Any]:
    return ({} if name is None else {"id": name}) | {"text": text, "relations": []}
