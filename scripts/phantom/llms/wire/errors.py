"""Errors as servers write them: code and message, wherever they stand."""

import json
import re
from collections.abc import Mapping
from html import unescape
from typing import Any

from phantom.llms.wire.faults import FaultError

_MESSAGES = ("message", "msg", "detail", "error_msg", "error_message", "faultstring")
_NESTED = ("error", "errors", "fault", "innererror", "metadata", "detail", "data")
_CODES = ("code", "type", "error_type", "error_code", "errorcode", "status", "reason")
_NUMBERS = ("code", "status", "status_code", "statusCode", "error_code", "http_code")
# What an error inside an answer with status 200 would have had as its own.
_STATUS = {
    "insufficient_quota": 402,
    "rate_limit": 429,
    "resource_exhausted": 429,
    "too_many_requests": 429,
    "overloaded": 529,
    "unavailable": 503,
    "authentication": 401,
    "invalid_api_key": 401,
    "permission": 403,
    "not_found": 404,
    "invalid_request": 400,
    "invalid_argument": 400,
    "server_error": 500,
    "internal": 500,
}
_TITLE = re.compile(r"<(title|h1)[^>]*>\s*(.*?)\s*</\1>", re.I | re.S)


def read_error(
    body: Any, status: int = 0, headers: Mapping[str, str] | None = None
) -> FaultError | None:
    """Read the error of a response.

    body (Any): Parsed JSON; text that is no JSON.
    status (int): Of HTTP where that tells of an error, 0 within a 200.
    RETURNS (Optional[FaultError]): None where the body holds no error and `status`
        tells of none.
    """
    holder = body if status else _find_error(body)
    if holder is None and not status:
        return None
    if isinstance(holder, str):
        page = describe_page(holder)
        message = f"a web page, {page!r}" if page is not None else holder.strip()[:300]
        return FaultError("status" if status else "error", message, status, body=body)
    codes = list(dict.fromkeys(_collect(holder, _CODES)))
    named = [code for code in codes if not code.isdigit()]
    own = status or _read_status(holder, named)
    messages = list(dict.fromkeys(_collect(holder, (*_MESSAGES, "raw"))))
    return FaultError(
        "status" if status else "error",
        ": ".join(messages[:3]) or json.dumps(holder)[:300],
        own,
        named[0] if named else "",
        next(iter(_collect(holder, ("param",))), "") or _find_field(holder),
        headers,
        body,
        marks=frozenset(named),
    )


def describe_page(text: str) -> str | None:
    """The title of an HTML page; None if the text is none."""
    start = text.lstrip("\ufeff \t\r\n")[:200].lower()
    if not start.startswith(("<!doctype html", "<html", "<head", "<body")):
        return None
    title = _TITLE.search(text)
    return " ".join(unescape(title.group(2)).split())[:100] if title else ""


def _find_error(body: Any) -> Any:
    """The part of a response with status 200 that is an error."""
    if isinstance(body, list):
        found = (_find_error(member) for member in body[:3])
        return next((error for error in found if error is not None), None)
    if not isinstance(body, dict):
        return None
    choices = body.get("choices")
    if isinstance(choices, list) and choices and isinstance(choices[0], dict):
        message = choices[0].get("message") or choices[0].get("delta") or {}
        if isinstance(message, dict) and message.get("content"):
            return None
        return choices[0].get("error") or body.get("error") or None
    if body.get("object") == "error":
        return body
    for key in ("error", "errors", "fault"):
        if body.get(key):
            return body if isinstance(body[key], str) else {key: body[key]}
    told = isinstance(body.get("message") or body.get("msg"), str) or "detail" in body
    return body if told and not choices else None


def _collect(value: Any, keys: tuple[str, ...], depth: int = 0) -> list[str]:
    """What stands under some keys, in an error and those nested in it."""
    if depth > 4:
        return []
    if isinstance(value, list):
        return [f for member in value[:5] for f in _collect(member, keys, depth + 1)]
    if not isinstance(value, dict):
        return []
    found = []
    for key in keys:
        inner = value.get(key)
        if isinstance(inner, str | int) and not isinstance(inner, bool) and inner != "":
            found.append(str(inner))
        elif isinstance(inner, list | dict):
            found += _collect(inner, keys, depth + 1)
    for key in _NESTED:
        inner = value.get(key)
        if isinstance(inner, str) and "message" in keys:
            found.append(inner)
        elif key not in keys:
            found += _collect(inner, keys, depth + 1)
    return found


def _read_status(holder: Any, named: list[str]) -> int:
    for number in _collect(holder, _NUMBERS):
        if number.isdigit() and 400 <= int(number) < 600:
            return int(number)
    for code in named:
        for word, status in _STATUS.items():
            if word in code.lower():
                return status
    return 0


def _find_field(holder: Any, depth: int = 0) -> str:
    """The setting that a validator objects to: the last of the first `loc`."""
    if isinstance(holder, dict):
        place = holder.get("loc")
        if isinstance(place, list) and place:
            return str(place[-1])
        holder = [holder.get(key) for key in ("detail", *_MESSAGES, *_NESTED)]
    if isinstance(holder, list) and depth < 5:
        found = (_find_field(member, depth + 1) for member in holder[:10])
        return next(filter(None, found), "")
    return ""
