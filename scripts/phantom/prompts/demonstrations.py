"""Worked examples for prompts: synthetic or hand-written, never real text."""

import json
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from phantom.jsonl import read_jsonl
from phantom.packs.pack import Pack
from phantom.passages.tags import write_tags
from phantom.records import Example, Record, hash_id


class Demonstration(Record):
    """A spec with a good answer.

    ask (Dict[str, Any]): What the spec says.
    text (str): The passage, tagged. relations (List): `[head id, LABEL, tail id]`.
    origin (str): "pack" if written by hand for the pack, else "synthetic".
    """

    ask: dict[str, Any] = {}
    text: str
    relations: list[list[int | str]] = []
    origin: str = "pack"

    @cached_property
    def question(self) -> str:
        """The spec as JSON."""
        return json.dumps(self.ask, ensure_ascii=False)

    @cached_property
    def answer(self) -> str:
        """The item as JSON, without id."""
        fields = {"text": self.text, "relations": self.relations}
        return json.dumps(fields, ensure_ascii=False)


class Demonstrations:
    """A pool of demonstrations that rotates from request to request.

    pool (Sequence[Demonstration]): Those to draw from.
    count (int): How many a prompt shows.
    """

    def __init__(self, pool: Sequence[Demonstration], count: int) -> None:
        self.pool = pool
        self.count = min(count, len(pool))

    def pick(self, key: str) -> list[Demonstration]:
        """The demonstrations for the request that begins with the spec `key`."""
        if not self.count:
            return []
        start = hash_id(key)
        return [self.pool[(start + i) % len(self.pool)] for i in range(self.count)]


def read_demonstrations(pack: Pack) -> list[Demonstration]:
    """The pack's hand-written ones, `prompts/demonstrations.jsonl`; may be none."""
    path = pack.path / "prompts" / "demonstrations.jsonl"
    return list(read_jsonl(path, Demonstration)) if path.is_file() else []


def from_examples(
    examples: Iterable[Example], path: Path, limit: int = 500
) -> list[Demonstration]:
    """Turn accepted synthetic examples into demonstrations.

    limit (int): How many to keep.
    RAISES: ValueError at an example that does not say which model wrote it, since
        it may be real text, which never goes into a prompt.
    """
    pool = []
    for example in examples:
        if example.model is None or example.origin != "synthetic":
            raise ValueError(
                f"{path}: example {example.id} does not say which model wrote it. "
                "Demonstrations are synthetic: give the accepted.jsonl of curate."
            )
        pool.append(
            Demonstration(
                ask={
                    "kind": example.meta.get("kind", ""),
                    **example.meta.get("attributes", {}),
                },
                **to_item(example),
                origin="synthetic",
            )
        )
        if len(pool) >= limit:
            break
    return pool


def to_item(example: Example) -> dict[str, Any]:
    """An example as an answer has it: tagged text, relations by the ids of tags."""
    entities = [
        entity.model_copy(update={"id": str(number)})
        for number, entity in enumerate(example.entities, start=1)
    ]
    relations = [[r.head + 1, r.label, r.tail + 1] for r in example.relations]
    return {"text": write_tags(example.text, entities), "relations": relations}
