"""A request without an answer, and what to do about it."""

import random
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

# Not billed: the request was turned away, or never arrived.
UNBILLED = frozenset(
    {400, 401, 402, 403, 404, 408, 409, 413, 415, 422, 429, 500, 501, 502, 503, 529}
)
_FATAL = {
    401: "the key is not accepted; set the right one in the environment",
    403: "the key may not use this model or endpoint",
    404: "no such model or path; check model and base_url in the back-end's config",
    402: "the account has no credit left",
}
_FATAL_CODES = frozenset({"insufficient_quota", "model_not_found", "invalid_api_key"})
_FILTER_CODES = frozenset({"content_filter", "content_policy_violation"})


class FaultError(Exception):
    """A request without an answer.

    kind (str): "status", "timeout", "connection", "cut" (a connection that broke
        later), "body" (not readable).
    status (int): HTTP status, 0 if there is none.
    code, param (str): As the server names the error, "" if it does not.
    headers (Mapping[str, str]): Of the response.
    billed (bool): Whether the provider may charge for it.
    """

    def __init__(
        self,
        kind: str,
        message: str,
        status: int = 0,
        code: str = "",
        param: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.status = status
        self.code = code
        self.param = param
        self.headers: Mapping[str, str] = headers or {}
        self.billed = status not in UNBILLED and kind != "connection"

    @property
    def reason(self) -> str:
        """Short, for counting."""
        return f"HTTP {self.status}" if self.status else self.kind


def explain_fatal(fault: FaultError) -> str | None:
    """Why it is no use to go on; None if it may be of use."""
    if fault.code == "insufficient_quota":
        return f"the account has no credit left: {fault.message}"
    if fault.status in _FATAL or fault.code in _FATAL_CODES:
        why = _FATAL.get(fault.status, fault.code)
        return f"{why} (HTTP {fault.status}: {fault.message})"
    if 300 <= fault.status < 400:
        return (
            f"the endpoint redirects (HTTP {fault.status}), which is not followed; "
            "set base_url to where it leads"
        )
    return None


def is_filtered(fault: FaultError) -> bool:
    """Whether the provider's content filter turned the prompt down."""
    return fault.status == 400 and fault.code in _FILTER_CODES


def is_transient(fault: FaultError) -> bool:
    """Whether sending the same again may help."""
    return not fault.status or fault.status in (408, 409, 429) or fault.status >= 500


def is_congestion(fault: FaultError) -> bool:
    """Whether the server says, or shows, that it has too much to do."""
    return fault.status in (429, 503, 529) or fault.kind == "timeout"


def read_retry_after(fault: FaultError) -> float | None:
    """Seconds that the server asks to wait: a number, or a date (RFC 9110)."""
    milliseconds = fault.headers.get("retry-after-ms")
    text = fault.headers.get("retry-after")
    try:
        if milliseconds:
            return max(0.0, float(milliseconds) / 1000)
        return max(0.0, float(text)) if text else None
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(text or "").timestamp() - time.time())
    except (TypeError, ValueError):
        return None


def backoff(tries: int, base: float, most: float = 60.0) -> float:
    """Exponential backoff with full jitter, in seconds.

    tries (int): Failed ones so far, from 1.
    """
    return random.uniform(0.0, min(most, base * 2 ** (tries - 1))) + base / 10
