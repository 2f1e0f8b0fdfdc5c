"""From the JSON of a chat completion to a line of the journal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from phantom.llms.wire.faults import FaultError
from phantom.records import Completion, Usage


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
        content = message.get("content")
        finish = choice.get("finish_reason")
    except (KeyError, IndexError, TypeError, AttributeError):
        raise FaultError(
            "body", f"the response is no chat completion: {str(body)[:80]}"
        ) from None
    if message.get("refusal"):
        content, finish = content or message["refusal"], "refusal"
    if isinstance(content, list):
        content = "".join(
            str(p.get("text", "")) for p in content if isinstance(p, dict)
        )
    return Completion(
        spec_ids=tuple(spec_ids),
        completion=_printable(content),
        model=_printable(body.get("model")) or "?",
        recorded=datetime.now(UTC).isoformat(timespec="seconds"),
        prompt=prompt,
        request=reply.digest,
        finish_reason=_printable(finish) or None,
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


def _printable(value: Any) -> str:
    """As text that UTF-8 can hold: half surrogate pairs become U+FFFD."""
    if value is None:
        return ""
    return str(value).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
