"""What an endpoint understands: structured output and the names of settings."""

import json
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from phantom.jsonl import read_jsonl, write_jsonl
from phantom.llms.wire.faults import FaultError
from phantom.records import Record

MODES = ("schema", "json", "text")
_REJECTED = frozenset({400, 415, 422, 500, 501})
_OPTIONAL = ("seed", "temperature", "max_tokens", "max_completion_tokens")


class Learned(Record):
    """What an endpoint took in the end, for settings that it had refused.

    asked (str): Digest of the endpoint and the settings that were tried first.
    """

    asked: str
    mode: str
    options: dict[str, Any]


@dataclass
class Dialect:
    """Settings of a request, as this endpoint takes them; learned from refusals.

    options (Dict[str, Any]): Model, temperature and the like.
    schema (Dict[str, Any]): JSON schema of an answer.
    mode (str): "schema", then "json", then "text"; goes down, never up.
    url (str): The endpoint. memory (Optional[Path]): Where what was learned about it
        stands, for the next run.
    """

    options: dict[str, Any]
    schema: dict[str, Any]
    mode: str = "schema"
    url: str = ""
    memory: Path | None = None
    proven: set[str] = field(default_factory=set)
    _changed: bool = False

    def __post_init__(self) -> None:
        asked = [self.url, self.mode, self.options]
        self._asked = sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
        learned = self._read().get(self._asked)
        if learned is not None:
            self.mode, self.options = learned.mode, dict(learned.options)

    def request(self) -> dict[str, Any]:
        """Everything but the messages."""
        if self.mode == "schema":
            format_: dict[str, Any] = {
                "type": "json_schema",
                "json_schema": {"name": "items", "strict": True, "schema": self.schema},
            }
        elif self.mode == "json":
            format_ = {"type": "json_object"}
        else:
            return dict(self.options)
        return {**self.options, "response_format": format_}

    def accept(self, mode: str) -> None:
        """A request in this mode was answered, so that mode is not to blame."""
        self.proven.add(mode)
        # Written down only once it works: a refusal may have had another cause.
        if self._changed and mode == self.mode and self.memory is not None:
            learned = Learned(asked=self._asked, mode=mode, options=self.options)
            write_jsonl(self.memory, (self._read() | {self._asked: learned}).values())
            self._changed = False

    def adapt(self, fault: FaultError, mode: str) -> str | None:
        """Change something after a refused request.

        mode (str): In which the refused request was sent.
        RETURNS (Optional[str]): What is different now; None if nothing can be.
        """
        if fault.status not in _REJECTED:
            return None
        if mode != self.mode:
            return f"structured output: {self.mode}"
        change = self._change(fault, mode)
        self._changed = self._changed or change is not None
        return change

    def _change(self, fault: FaultError, mode: str) -> str | None:
        named = fault.param or fault.message
        if fault.status == 400 and "max_completion_tokens" in fault.message:
            limit = self.options.pop("max_tokens", None)
            if limit is not None:
                self.options["max_completion_tokens"] = limit
                return "max_completion_tokens instead of max_tokens"
        if "format" not in named and fault.status in (400, 422):
            for name in _OPTIONAL:
                if name in named and name in self.options:
                    del self.options[name]
                    return f"no {name}"
        # A 500 may have any cause, so it must name the format to count.
        clear = "format" in named or "schema" in named or "grammar" in named
        if mode in self.proven or (fault.status == 500 and not clear):
            return None
        if self.mode == MODES[-1]:
            return None
        self.mode = MODES[MODES.index(self.mode) + 1]
        return f"structured output: {self.mode}"

    def _read(self) -> dict[str, Learned]:
        if self.memory is None or not self.memory.exists():
            return {}
        return {line.asked: line for line in read_jsonl(self.memory, Learned)}


def dialect_path(journal: Path) -> Path:
    """Beside the journal: completions.jsonl → completions.dialect.jsonl."""
    return journal.with_name(f"{journal.stem}.dialect.jsonl")
