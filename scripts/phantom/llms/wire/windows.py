"""Requests that the model's window can't hold, and what would fit."""

import re
from typing import NamedTuple

from phantom.llms.wire.faults import FaultError

_REFUSED = frozenset({0, 400, 413, 422, 500})
_TOO_LONG = re.compile(
    r"context[ _](?:length|window|size|limit)|maximum (?:context|prompt length)"
    r"|exceed_context"
    r"|ContextWindowExceeded|(?:prompt|input|request) (?:is )?too (?:long|large)"
    r"|maximum model length|max_total_tokens|must be <= \d+|must have less than \d+"
    r"|(?:number of|input) tokens? .{0,40}exceed|exceeds? .{0,40}number of tokens"
    r"|input token count|too many (?:input )?tokens|reduce the length of"
    r"|string_above_max_length|overflows the context",
    re.I | re.S,
)
# A limit of the answer alone, whatever else the refusal says of windows.
_ANSWER = re.compile(
    r"max_(?:completion_)?tokens`? must be less than or equal to"
    r"|range of max_(?:completion_)?tokens",
    re.I,
)
_WINDOW = [
    r"\d+ \+ \d+ > (\d+)",
    r"> (\d+) maximum",
    r"\((?:\d+) > (\d+) - \d+\)",
    r"with (\d+) maximum",
    r"must be <= (\d+)",
    r"must have less than (\d+)",
    r"cannot exceed (\d+)",
    r"maximum prompt length is (\d+)",
    r"(?:context|model|sequence)(?:'s)?[ _](?:\w+ )?(?:length|window|size|limit)"
    r"\D{0,40}?(\d+)",
    r"tokens allowed \((\d+)",
    r"\blimit:? (\d+)",
    r"maximum\D{0,30}(\d+)",
]
_PROMPT = [
    r"(\d+) \+ \d+ > \d+",
    r"(\d+)(?: tokens)? (?:in|from) the (?:messages|input|prompt)",
    r"has (\d+) input tokens",
    r"resulted in (\d+)",
    r"(?:prompt|request) contains (\d+)",
    r"received (\d+)",
    r"(?:length|request|input|prompt)\s*\(?(?:length )?(\d+)(?: tokens)?\)",
    r"input token count \((\d+)",
    r"too (?:long|large)\D{0,20}(\d+)",
    r"given:? (\d+)",
    r"requested:? (\d+)",
    r"first (\d+) tokens",
    r"(\d+) (?:tokens )?(?:exceeds|is longer than)",
]
_FIELDS = (("n_ctx", "max_context_length"), ("n_prompt_tokens", "prompt_tokens"))
REMEDY = (
    "Start the server with a larger window (llama.cpp --ctx-size, vLLM "
    "--max-model-len, Ollama OLLAMA_CONTEXT_LENGTH), or lower specs_per_request, "
    "max_tokens or the number of demonstrations"
)


class Overflow(NamedTuple):
    """A window that is too small. window, prompt (Optional[int]): Tokens, if told."""

    window: int | None
    prompt: int | None


class Fit(NamedTuple):
    """What a window holds. specs (int): Per request; room (int): For the answer."""

    specs: int
    room: int


def read_overflow(fault: FaultError) -> Overflow | None:
    """What a refusal says of the model's window; None if that is not its cause."""
    if fault.status not in _REFUSED or fault.kind not in ("status", "error"):
        return None
    if not fault.says(_TOO_LONG) or fault.says(_ANSWER):
        return None
    text = re.sub(r"(?<=\d)[,_](?=\d{3})", "", fault.message)
    window, prompt = (
        _find_number(fault.body, names) or _first(patterns, text)
        for names, patterns in zip(_FIELDS, (_WINDOW, _PROMPT), strict=True)
    )
    return Overflow(window, prompt)


def find_fit(
    window: int, prompt: int, fixed: float, output: float, specs: int
) -> Fit | None:
    """The most specs of a request that a window holds with their answers.

    prompt (int): Tokens of the request as it was. fixed (float): The share of them
        that does not come from its specs.
    output (float): Tokens of the answer to one spec, most likely.
    specs (int): In the request as it was.
    RETURNS (Optional[Fit]): None if one spec alone is too much.
    """
    for count in range(specs, 0, -1):
        share = fixed + (1 - fixed) * count / specs
        # Prompts of other specs are somewhat longer.
        room = window - int(prompt * share * 1.03) - 16
        if room >= output * count * 1.5:
            return Fit(count, room)
    return None


def describe(overflow: Overflow, prompt: int, specs: int, answer: int | None) -> str:
    """Why nothing fits, in figures, and which settings would help."""
    window = f"{overflow.window:,}" if overflow.window else "too few"
    more = f", max_tokens asks for {answer:,} more" if answer else ""
    return (
        f"the model's window holds {window} tokens; a prompt of {specs} specs takes "
        f"{overflow.prompt or prompt:,}{more}. {REMEDY}"
    )


def _first(patterns: list[str], text: str) -> int | None:
    for pattern in patterns:
        found = re.search(pattern, text, re.I)
        if found:
            return int(found.group(1))
    return None


def _find_number(value: object, names: tuple[str, ...], depth: int = 0) -> int | None:
    if isinstance(value, dict) and depth < 4:
        for name in names:
            if isinstance(value.get(name), int):
                return int(value[name])
        found = (_find_number(inner, names, depth + 1) for inner in value.values())
        return next((number for number in found if number), None)
    return None
