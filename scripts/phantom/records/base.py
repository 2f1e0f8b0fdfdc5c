"""Base of all records, and what they have in common."""

from collections.abc import Container
from hashlib import blake2b
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Attribute = str | int
Origin = Literal["synthetic", "public", "private"]
# Where earlier versions had in `meta` what is a field of its own now.
_OLD = {
    "origin": "origin",
    "weight": "weight",
    "model": "model",
    "state": "state",
    "augmented_from": "derived_from",
    "joined_from": "derived_from",
    "labelled_by": "labelled_by",
    "varied": "varied",
}


class Record(BaseModel):
    """Base of everything that is read from or written to disk."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def move_provenance(data: Any, fields: Container[str]) -> Any:
    """Read a record of earlier versions, which had its provenance in `meta`.

    data (Any): As it stands in a file; it is not changed.
    fields (Container[str]): Those that the record has now.
    RETURNS (Any): With fields in the place of keys of `meta`.
    RAISES: ValueError if the two disagree.
    """
    meta = data.get("meta") if isinstance(data, dict) else None
    if not isinstance(meta, dict):
        return data
    moved = {old: new for old, new in _OLD.items() if old in meta and new in fields}
    if not moved:
        return data
    kept = {key: value for key, value in meta.items() if key not in moved}
    data = {**data, "meta": kept}
    for old, new in moved.items():
        value = (meta[old],) if old == "augmented_from" else meta[old]
        value = tuple(value) if isinstance(value, list) else value
        there = data.setdefault(new, value)
        if (tuple(there) if isinstance(there, list) else there) != value:
            raise ValueError(
                f"{data.get('id')}: {new} is {there!r}, but {value!r} in meta.{old}, "
                "where earlier versions had it; take it out of meta"
            )
    return data


def hash_id(spec_id: str) -> int:
    """64-bit hash of a spec id, the same on every machine and run."""
    return int.from_bytes(
        blake2b(spec_id.encode("utf-8", "surrogatepass"), digest_size=8).digest(),
        "little",
    )


def digest(text: str) -> str:
    """Sixteen hex digits by which a text is known again."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
