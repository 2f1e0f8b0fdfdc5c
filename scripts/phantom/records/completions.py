"""What was answered: completions and their cost, answers that can't be used."""

from typing import Any, Self

from pydantic import Field, model_validator

from phantom.records.base import Record, move_provenance


class Usage(Record):
    """Tokens of one request, as the server counted them, or of several added up.

    cached_tokens (int): Those of the input that the server had read before.
    """

    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0

    def __add__(self, other: Self) -> Self:
        return type(self)(
            input_tokens=self.input_tokens + other.input_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
        )


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
    model: str | None = None
    meta: dict[str, Any] = {}

    @model_validator(mode="before")
    @classmethod
    def _read_old(cls, data: Any) -> Any:
        return move_provenance(data, cls.model_fields)
