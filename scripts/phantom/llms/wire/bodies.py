"""The bytes of a response: JSON, a stream that nobody asked for, or a web page."""

import json
from typing import Any

from phantom.llms.wire.errors import describe_page, read_error
from phantom.llms.wire.faults import FaultError


def read_body(content: bytes) -> Any:
    """Read a response whose status says that all is well.

    content (bytes): Of the whole response.
    RETURNS (Any): Parsed JSON; events of a stream are put together.
    RAISES: FaultError for what is neither, and for an error that it holds.
    """
    text = content.decode("utf-8", "replace").lstrip("\ufeff")
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        body = _join_events(text)
    if body is None:
        page = describe_page(text)
        if page is not None:
            raise FaultError(
                "page",
                f"the address answers with a web page, {page!r}, and not as an API "
                "does; check base_url (it ends in /v1), and whether a proxy wants you "
                "to sign in",
            )
        raise FaultError("body", f"the response is no JSON: {text[:80]!r}")
    error = read_error(body)
    if error is not None:
        raise error
    return body


def _join_events(text: str) -> dict[str, Any] | None:
    """One chat completion of server-sent events, or of lines of JSON."""
    events = []
    for line in text.splitlines():
        data = line.removeprefix("data:").strip()
        if not data or data == "[DONE]" or line.startswith((":", "event:", "id:")):
            continue
        try:
            event = json.loads(data)
        except ValueError:
            return None
        if not isinstance(event, dict):
            return None
        events.append(event)
    if not events:
        return None
    if len(events) == 1 or any(read_error(event) for event in events):
        return next((e for e in events if read_error(e)), events[0])
    message: dict[str, str] = {}
    whole: dict[str, Any] = {}
    choice: dict[str, Any] = {"message": message}
    for event in events:
        whole |= {k: event[k] for k in ("model", "usage") if event.get(k)}
        for part in event.get("choices") or ():
            choice["finish_reason"] = part.get("finish_reason") or choice.get(
                "finish_reason"
            )
            delta = part.get("delta") or part.get("message") or {}
            for key, value in delta.items():
                if isinstance(value, str) and key != "role":
                    message[key] = message.get(key, "") + value
    return {**whole, "choices": [choice]}
