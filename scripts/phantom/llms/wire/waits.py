"""How long a server asks to wait, in whatever form it says so; backoff otherwise."""

import random
import re
import time
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

_UNITS = {
    "milliseconds": 0.001,
    "seconds": 1.0,
    "minutes": 60.0,
    "second": 1.0,
    "minute": 60.0,
    "hours": 3600.0,
    "hour": 3600.0,
    "ms": 0.001,
    "s": 1.0,
    "m": 60.0,
    "h": 3600.0,
    "d": 86400.0,
}
_PART = re.compile(rf"\s*(\d+(?:\.\d+)?|\.\d+)\s*({'|'.join(_UNITS)})(?![a-z])", re.I)
# Google; Cloudflare and others; Hugging Face; OpenRouter, which gives a time.
_DELAYS = (
    "retryDelay",
    "retry_after",
    "retry_after_seconds",
    "estimated_time",
    "X-RateLimit-Reset",
)
_ASKED = re.compile(
    r"(?:try again|retry)(?: your request)?(?: in| after):? *"
    r"((?:\d+(?:\.\d+)? *[a-z]+ *)+)",
    re.I,
)


def parse_wait(text: str | None, now: float | None = None) -> float | None:
    """Seconds in "1.5", "20ms", "6m0s", "1h2m3s", "30 seconds", a date or a time.

    text (Optional[str]): A date is one of HTTP (RFC 9110) or of ISO 8601; a number
        above a thousand million is a time in seconds, or milliseconds, since 1970.
    now (Optional[float]): Seconds since 1970; None asks the clock.
    RETURNS (Optional[float]): Not negative; None if it is none of these.
    """
    if not text:
        return None
    now = time.time() if now is None else now
    try:
        number = float(text)
    except ValueError:
        return (
            _parse_parts(text, now) if text[:1] in ".0123456789" else _until(text, now)
        )
    if number != number or number == float("inf"):
        return None
    if number > 1e11:
        number /= 1000
    return max(0.0, number - now if number > 1e9 else number)


def read_retry_after(
    headers: Mapping[str, str], message: str = "", body: Any = None
) -> float | None:
    """Seconds that a refusal asks to wait: by its headers, its fields or its words."""
    for name in ("retry-after-ms", "x-ms-retry-after-ms"):
        wait = parse_wait(headers.get(name))
        if wait is not None:
            return wait / 1000
    wait = parse_wait(headers.get("retry-after"))
    if wait is None:
        wait = parse_wait(_find_delay(body))
    if wait is None and (asked := _ASKED.search(message)):
        wait = parse_wait(asked.group(1))
    return wait


def backoff(tries: int, base: float, most: float = 60.0) -> float:
    """Exponential backoff with full jitter, in seconds.

    tries (int): Failed ones so far, from 1.
    """
    return random.uniform(0.0, min(most, base * 2 ** (tries - 1))) + base / 10


def _parse_parts(text: str, now: float) -> float | None:
    total, place = 0.0, 0
    while part := _PART.match(text, place):
        total += float(part.group(1)) * _UNITS[part.group(2).lower()]
        place = part.end()
    if place and not text[place:].strip():
        return total
    return _until(text, now)


def _until(text: str, now: float) -> float | None:
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (TypeError, ValueError):
        pass
    try:
        return max(0.0, datetime.fromisoformat(text.strip()).timestamp() - now)
    except (ValueError, OverflowError):
        return None


def _find_delay(value: Any, depth: int = 0) -> str | None:
    """The `retryDelay` (Google) or the like that stands somewhere in a body."""
    if isinstance(value, dict):
        for key in _DELAYS:
            if isinstance(value.get(key), str | int | float):
                return str(value[key])
        value = list(value.values())
    if isinstance(value, list) and depth < 5:
        found = (_find_delay(member, depth + 1) for member in value)
        return next((delay for delay in found if delay is not None), None)
    return None
