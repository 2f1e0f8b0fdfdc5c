"""What an endpoint understands: structured output and the names of settings."""

import json
import re
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from phantom.jsonl import read_jsonl, write_jsonl
from phantom.llms.wire.faults import FaultError, is_unsupported
from phantom.records import Record

MODES = ("schema", "json", "text")
LIMITS = ("max_tokens", "max_completion_tokens")
_REJECTED = frozenset({400, 415, 422, 500, 501})
_FORMAT = re.compile(r"format|schema|grammar|structured|guided", re.I)
_RENAME = re.compile(r"\buse [`'\"]?(\w+)[`'\"]? instead", re.I)
_AT_MOST = re.compile(
    r"(?:at most|less than or equal to|<=|\d+ >|maximum[^\d]{1,40}|\[\d+,) ?`?(\d+)"
)


class Learned(Record):
    """What an endpoint took in the end, for settings that it had refused.

    asked (str): Digest of the endpoint and the settings that were tried first.
    """

    asked: str
    mode: str
    options: dict[str, Any]


class Settings(NamedTuple):
    """How a request went out: its mode, and its options."""

    mode: str
    options: dict[str, Any]


@dataclass
class Dialect:
    """Settings of a request, as this endpoint takes them; learned from refusals.

    options (Dict[str, Any]): Model, temperature and the like.
    mode (str): "schema", then "json", then "text"; goes down on suspicion, and up
        again where the suspicion proves wrong.
    url (str): The endpoint. memory (Optional[Path]): Where what was learned about it
        stands, for the next run.
    """

    options: dict[str, Any]
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
        self._trusted = self.mode

    @property
    def settings(self) -> Settings:
        """As a request goes out now."""
        return Settings(self.mode, dict(self.options))

    @property
    def limit(self) -> int | None:
        """Most tokens of an answer, if the options say so."""
        named = (self.options.get(name) for name in LIMITS)
        return next((int(value) for value in named if value is not None), None)

    @property
    def probing(self) -> bool:
        """Whether the mode came of a suspicion, and no answer has borne it out."""
        return self.mode != self._trusted and self.mode not in self.proven

    @property
    def settled(self) -> bool:
        """Whether no other mode would be tried after a useless answer."""
        return self.mode in self.proven or self.mode == MODES[-1]

    def request(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Everything but the messages.

        schema (Dict[str, Any]): JSON schema of an answer.
        """
        if self.mode == "schema":
            format_: dict[str, Any] = {
                "type": "json_schema",
                "json_schema": {"name": "items", "strict": True, "schema": schema},
            }
        elif self.mode == "json":
            format_ = {"type": "json_object"}
        else:
            return dict(self.options)
        return {**self.options, "response_format": format_}

    def prove(self, mode: str) -> None:
        """An answer in this mode held an item, so that the mode is not to blame."""
        self.proven.add(mode)
        if MODES.index(mode) <= MODES.index(self.mode):
            self.mode = self._trusted = mode
        # Written down only once it works: a refusal may have had another cause.
        if self._changed and mode == self.mode:
            self.remember()

    def doubt(self, mode: str) -> str | None:
        """An answer in this mode held nothing.

        RETURNS (Optional[str]): What is different now; None if nothing is.
        """
        if mode != self.mode or self.settled:
            return None
        return self._lower()

    def adapt(
        self, fault: FaultError, sent: Settings, again: bool = True
    ) -> str | None:
        """Change something after a refused request.

        sent (Settings): With which the refused request went out; a refusal of
            settings that are no longer in use changes nothing.
        again (bool): Whether the same request was refused before. A refusal that
            does not say for what is no proof the first time.
        RETURNS (Optional[str]): What is different now, "" if only the request is;
            None if nothing can be.
        """
        if fault.status not in _REJECTED and not is_unsupported(fault):
            return None
        if sent != self.settings:
            return ""
        change = self._change_option(fault)
        if change is not None:
            self._changed = True
            return change
        clear = fault.says(_FORMAT) or bool(_FORMAT.search(fault.param))
        clear = clear or is_unsupported(fault)
        if self.mode in self.proven or (fault.status == 500 and not clear):
            return None
        if not clear and not again:
            return ""
        if self.mode == MODES[-1]:
            # Refused in every mode: the mode is not to blame.
            self.mode = self._trusted
            return None
        change = self._lower()
        if clear:
            self._trusted = self.mode
        return change

    def limit_to(self, tokens: int) -> str | None:
        """Ask for shorter answers. RETURNS (Optional[str]): As `adapt`."""
        for name in LIMITS:
            if name in self.options and int(self.options[name]) > tokens > 0:
                self.options[name] = tokens
                self._changed = True
                return f"{name} {tokens:,}"
        return None

    def remember(self) -> None:
        """Write down what was learned, if anything."""
        if self._changed and self.memory is not None:
            learned = Learned(asked=self._asked, mode=self.mode, options=self.options)
            write_jsonl(self.memory, (self._read() | {self._asked: learned}).values())
        self._changed = False

    def _lower(self) -> str:
        self.mode = MODES[MODES.index(self.mode) + 1]
        self._changed = True
        return f"structured output: {self.mode}"

    def _change_option(self, fault: FaultError) -> str | None:
        better = _RENAME.search(fault.message)
        refused = self._find_refused(fault)
        if refused is None and better and better.group(1) in LIMITS:
            refused = next((name for name in LIMITS if name in self.options), None)
        if refused is None:
            return None
        value = self.options.pop(refused)
        if better and better.group(1) not in (refused, "model"):
            self.options[better.group(1)] = value
            return f"{better.group(1)} instead of {refused}"
        most = _AT_MOST.search(fault.message) if refused in LIMITS else None
        if most and 0 < int(most.group(1)) < int(value):
            self.options[refused] = int(most.group(1))
            return f"{refused} {int(most.group(1)):,}"
        return f"no {refused}"

    def _find_refused(self, fault: FaultError) -> str | None:
        """The option that a refusal names: as its param, or in its words."""
        if fault.status not in (400, 422):
            return None
        names = [name for name in self.options if name != "model"]
        if fault.param:
            last = fault.param.rpartition(".")[2]
            return next((n for n in names if n in (fault.param, last)), None)
        if _FORMAT.search(fault.message):
            return None
        places = {
            name: found.start()
            for name in names
            if (found := re.search(rf"(?<![\w-]){name}(?![\w-])", fault.message))
        }
        return min(places, key=places.__getitem__, default=None)

    def _read(self) -> dict[str, Learned]:
        if self.memory is None or not self.memory.exists():
            return {}
        return {line.asked: line for line in read_jsonl(self.memory, Learned)}


def dialect_path(journal: Path) -> Path:
    """Beside the journal: completions.jsonl → completions.dialect.jsonl."""
    return journal.with_name(f"{journal.stem}.dialect.jsonl")
