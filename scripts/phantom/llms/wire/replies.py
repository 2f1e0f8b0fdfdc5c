"""From the JSON of a chat completion to a line of the journal."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from phantom.completions.salvage import find_objects
from phantom.completions.thinking import after_thinking
from phantom.llms.wire.faults import FaultError
from phantom.records import Completion, Usage

# Where servers put thoughts: vLLM, SGLang, llama.cpp; OpenRouter, Ollama; its own API.
_THOUGHTS = ("reasoning_content", "reasoning", "thinking", "reasoning_details")
_BLOCKED = re.compile("block_?reason|content_filter|PROHIBITED_CONTENT", re.I)
_ENDS = dict.fromkeys(
    ("max_tokens", "model_length", "max_output_tokens", "context_length_exceeded"),
    "length",
) | dict.fromkeys(
    ("safety", "prohibited_content", "recitation", "blocklist", "spii", "sensitive")
    + ("guardrail_intervened", "content_filtered", "contentfilter"),
    "content_filter",
)


@dataclass(frozen=True)
class Reply:
    """A response.

    body (Any): Parsed JSON. digest (str): Of the request.
    latency (float): Seconds from sending to the last byte.
    """

    body: Any
    digest: str
    headers: Mapping[str, str]
    latency: float


def filtered_reply(digest: str = "") -> Reply:
    """The reply that a provider's content filter left out: an empty one.

    digest (str): Of the request, if known.
    """
    choice = {"message": {}, "finish_reason": "content_filter"}
    return Reply({"choices": [choice]}, digest, {}, 0.0)


def torn_reply(text: str) -> Reply:
    """The reply that a server withheld because it is no valid JSON.

    text (str): What the model wrote, "" if nothing.
    """
    choice = {"message": {"content": text}, "finish_reason": "stop"}
    return Reply({"choices": [choice]}, "", {}, 0.0)


def to_completion(
    reply: Reply, spec_ids: list[str], prompt: str, **fields: Any
) -> Completion:
    """Make the line for the journal.

    prompt (str): Digest of the prompt.
    RAISES: FaultError if the response is no chat completion.
    """
    body = reply.body
    try:
        choice = body["choices"][0]
        message = choice.get("message") or {}
        told = message.get("refusal")
    except (KeyError, IndexError, TypeError, AttributeError):
        if _BLOCKED.search(str(body)):
            choice, message, told = {"finish_reason": "content_filter"}, {}, None
        else:
            raise FaultError(
                "body", f"the response is no chat completion: {str(body)[:80]}"
            ) from None
    finish = _finish(choice.get("finish_reason"))
    content = _content(message, finish) or _printable(choice.get("text"))
    if told:
        content, finish = content or str(told), "refusal"
    return Completion(
        spec_ids=tuple(spec_ids),
        completion=content,
        model=_printable(body.get("model")) or "?",
        recorded=datetime.now(UTC).isoformat(timespec="seconds"),
        prompt=prompt,
        request=reply.digest,
        finish_reason=finish,
        usage=read_usage(body.get("usage")),
        latency=round(reply.latency, 3),
        **fields,
    )


def read_usage(usage: Any) -> Usage | None:
    """Token counts as servers give them; None if they give none."""
    if not isinstance(usage, dict):
        return None
    details = usage.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else 0
    counts = [usage.get("prompt_tokens"), cached, usage.get("completion_tokens")]
    whole = [c if isinstance(c, int) and c > 0 else 0 for c in counts]
    if not whole[0] and not whole[2]:
        return None
    return Usage(
        input_tokens=whole[0],
        cached_tokens=min(whole[1], whole[0]),
        output_tokens=whole[2],
    )


def _content(message: Any, finish: str | None) -> str:
    """What a message says: its text, else the arguments of a call, else its thoughts.

    Thoughts that were cut off, or that end in no item, stay marked as such: nothing
    in them is an answer.
    """
    content = _text(message.get("content"))
    if content.strip():
        return content
    calls = message.get("tool_calls") or [{"function": message.get("function_call")}]
    for call in (c.get("function") for c in calls if isinstance(c, dict)):
        if isinstance(call, dict) and call.get("arguments"):
            return _text(call["arguments"])
    told = (_text(message.get(name), thoughts=True) for name in _THOUGHTS)
    thoughts = next(filter(None, told), "")
    if not thoughts.strip():
        return content
    found, _ = find_objects(after_thinking(thoughts) or "")
    return thoughts if found and finish != "length" else f"<think>{thoughts}"


def _text(value: Any, thoughts: bool = False) -> str:
    """The text of a string, of a list of parts, or of JSON that came parsed."""
    if isinstance(value, list) and any(map(_is_part, value)):
        return "".join(_text(part, thoughts) for part in value)
    if _is_part(value):
        kind = str(value["type"])
        aloud = thoughts or not kind.startswith(("thinking", "reasoning", "redacted"))
        return _text(value.get("text") or value.get(kind)) if aloud else ""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return _printable(value)


def _is_part(value: Any) -> bool:
    return isinstance(value, dict) and "type" in value


def _finish(value: Any) -> str | None:
    """One name for each way to end, whatever the server calls it."""
    name = _printable(value)
    return _ENDS.get(name.lower(), name) or None


def _printable(value: Any) -> str:
    """As text that UTF-8 can hold: half surrogate pairs become U+FFFD."""
    if value is None:
        return ""
    return str(value).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
