"""What travels between steps: specs, completions, examples and rejections."""

from hashlib import blake2b
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

Attribute = str | int


class Record(BaseModel):
    """Base of everything that is read from or written to disk."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Spec(Record):
    """What one example shall be, decided before a token is paid for.

    id (str): Content hash or name, unique within a plan.
    kind (str): A kind of the domain pack, such as "chemical treats disease".
    attributes (Dict[str, Union[str, int]]): Section, topic, length in words ...
    seeds (Dict[str, List[str]]): Terms to use, by entity label.
    open (List[str]): Entity labels whose terms the writer chooses.
    style (List[str]): Notes for the writer, from the hints of an earlier check; no
        part of the id.
    """

    id: str = Field(min_length=1)
    kind: str
    attributes: dict[str, Attribute] = {}
    seeds: dict[str, list[str]] = {}
    open: list[str] = []
    style: list[str] = []


class Usage(Record):
    """Tokens that one request cost, as the server counted them."""

    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0


class Completion(Record):
    """The raw answer to one request, as journalled; never edited.

    spec_ids (Tuple[str, ...]): The specs that the request asked for, in order.
        A line with `spec_id` (one spec) is read as well.
    completion (str): The answer, verbatim.
    model (str): The model's name as the server gave it.
    recorded (str): Date or time of arrival, ISO 8601.
    prompt (Optional[str]): Digest of guidelines and template; None if unknown.
    request (Optional[str]): Digest of the whole request.
    finish_reason (Optional[str]): "stop", "length", "content_filter" ...
    usage (Optional[Usage]): Tokens; None if unknown.
    latency (Optional[float]): Seconds from sending to the last byte.
    attempt (int): 1 for the first time these specs were asked for.
    estimate (Optional[int]): Input tokens as estimated before sending.
    """

    spec_ids: tuple[str, ...] = Field(min_length=1)
    completion: str
    model: str
    recorded: str
    prompt: str | None = None
    request: str | None = None
    finish_reason: str | None = None
    usage: Usage | None = None
    latency: float | None = None
    attempt: int = 1
    estimate: int | None = None

    @model_validator(mode="before")
    @classmethod
    def _read_single(cls, data: Any) -> Any:
        if isinstance(data, dict) and "spec_id" in data and "spec_ids" not in data:
            data = {**data, "spec_ids": [data["spec_id"]]}
            del data["spec_id"]
        return data


class Entity(Record):
    """One mention.

    start, end (int): Character offsets, end exclusive.
    id (Optional[str]): Concept in a terminology; "|" joins those of one mention.
    name (Optional[str]): What the mention stands for, where the source says it.
    group (Optional[List[int]]): The source's own links between mentions.
    """

    start: int = Field(ge=0)
    end: int = Field(gt=0)
    label: str
    text: str
    id: str | None = None
    name: str | None = None
    group: list[int] | None = None

    def moved(self, by: int) -> "Entity":
        """The same mention, so many characters further on."""
        return self.model_copy(update={"start": self.start + by, "end": self.end + by})


class Relation(Record):
    """A directed, labelled pair. head, tail (int): indexes into the entities."""

    head: int = Field(ge=0)
    tail: int = Field(ge=0)
    label: str


class Example(Record):
    """Text with its annotation; synthetic and real data share this form.

    id (str): The spec's id, or the record's id in a benchmark.
    text (str): The passage, without tags.
    entities (Tuple[Entity, ...]): Sorted by start, never overlapping.
    relations (Tuple[Relation, ...]): By index into `entities`.
    tokens (Optional[List[str]]): The source's own tokens, where it has them.
    orig (Optional[Dict[str, Any]]): The record before placeholders were put in.
    meta (Dict[str, Any]): Provenance: kind, attributes, model, source ...
    """

    id: str
    text: str
    entities: tuple[Entity, ...] = ()
    relations: tuple[Relation, ...] = ()
    tokens: list[str] | None = None
    orig: dict[str, Any] | None = None
    meta: dict[str, Any] = {}

    @model_validator(mode="after")
    def _check_offsets(self) -> "Example":
        end = 0
        for i, entity in enumerate(self.entities):
            if not end <= entity.start < entity.end <= len(self.text):
                raise ValueError(
                    f"example {self.id}: entity {i} ({entity.start}, {entity.end}) "
                    "overlaps the one before or leaves the text"
                )
            if self.text[entity.start : entity.end] != entity.text:
                raise ValueError(
                    f"example {self.id}: entity {i} reads "
                    f"{self.text[entity.start : entity.end]!r}, not {entity.text!r}"
                )
            end = entity.end
        for relation in self.relations:
            if max(relation.head, relation.tail) >= len(self.entities):
                raise ValueError(
                    f"example {self.id}: relation {relation.label} points to "
                    f"entity {max(relation.head, relation.tail)}, "
                    f"but there are {len(self.entities)}"
                )
        return self


class Rejected(Record):
    """An answer that did not become an example, with its reason.

    spec_id (str): The spec that was asked for, "" if the answer names none.
    reason (str): Short code, such as "unknown_label"; counted in the table.
    detail (str): What exactly and where, for a person.
    raw (str): The item as it came, verbatim.
    """

    spec_id: str
    reason: str
    detail: str
    raw: str
    meta: dict[str, Any] = {}


def hash_id(spec_id: str) -> int:
    """64-bit hash of a spec id, the same on every machine and run."""
    return int.from_bytes(
        blake2b(spec_id.encode("utf-8", "surrogatepass"), digest_size=8).digest(),
        "little",
    )
