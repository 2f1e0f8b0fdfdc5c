"""What an endpoint understands: structured output and the names of settings."""

from dataclasses import dataclass, field
from typing import Any

from phantom.llms.egress import FaultError

MODES = ("schema", "json", "text")
_REJECTED = frozenset({400, 415, 422, 500, 501})
_OPTIONAL = ("seed", "temperature", "max_tokens", "max_completion_tokens")


@dataclass
class Dialect:
    """Settings of a request, as this endpoint takes them; learned from refusals.

    options (Dict[str, Any]): Model, temperature and the like.
    schema (Dict[str, Any]): JSON schema of an answer.
    mode (str): "schema", then "json", then "text"; goes down, never up.
    """

    options: dict[str, Any]
    schema: dict[str, Any]
    mode: str = "schema"
    proven: set[str] = field(default_factory=set)

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

    def adapt(self, fault: FaultError, mode: str) -> str | None:
        """Change something after a refused request.

        mode (str): In which the refused request was sent.
        RETURNS (Optional[str]): What is different now; None if nothing can be.
        """
        if fault.status not in _REJECTED:
            return None
        if mode != self.mode:
            return f"structured output: {self.mode}"
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
