"""A request without an answer, and what to do about it."""

import re
from collections.abc import Mapping
from typing import Any

# Not billed: the request was turned away, or never arrived.
UNBILLED = frozenset(
    {400, 401, 402, 403, 404, 405, 407, 408, 409, 410, 413, 415, 422, 425, 429, 451}
    | {500, 501, 502, 503, 529}
)
_FATAL = {
    401: "the key is not accepted; set the right one in the environment",
    402: "the account has no credit left",
    403: "the key may not use this model or endpoint",
    404: "no such model or path; check model and base_url in the back-end's config",
    405: "no such path; check base_url in the back-end's config",
    407: "the proxy wants a password",
    410: "the model or path is no longer there; check the back-end's config",
}
_KEY = re.compile(
    r"invalid_api_key|api[ _]key (?:is )?(?:not valid|invalid)"
    r"|\bauth(?:entication)?_error|Authentication Error|unregistered callers",
    re.I,
)
_CREDIT = re.compile(
    r"insufficient[_ ](?:quota|credits?|balance|funds)|(?:balance|credits?) (?:is|are) "
    r"too low|(?:more|out of|no|enough) credits?\b|billing_(?:hard_limit|not_active)"
    r"|Arrearage|account is (?:not active|overdue)"
    r"|budget_exceeded|ExceededBudget|budget has been exceeded|over (?:the )?budget",
    re.I,
)
_QUOTA = re.compile(r"exceeded your current quota", re.I)
_MODEL = re.compile(
    r"model_not_(?:found|available)|model_decommissioned|DeploymentNotFound"
    r"|not a valid model|invalid model name|no models? (?:is |are )?loaded"
    r"|\bmodel\b[^.]{0,60}\b(?:does not exist|not found|decommission)"
    r"|\bmodel (?:identifier|id|name) is invalid|unexpected endpoint",
    re.I,
)
_PLACE = re.compile(r"unsupported_country|\blocation is not supported", re.I)
# Routers say 404 where no provider of the model takes all that the request asks for.
_SETTINGS = re.compile(r"(?:support|handle) the requested parameters?", re.I)
_FILTER = re.compile(
    r"content[_ ](?:filter|policy|management|blocked|moderation)|ContentPolicyViolation"
    r"|ResponsibleAI|data_inspection_failed|inappropriate content|prohibited_content"
    r"|\bflagged\b|requires? moderation|safety (?:system|filter|settings)|guardrail"
    r"|usage polic|unsafe_content|sensitive_(?:words|content)|risk[_ ]content",
    re.I,
)


class FaultError(Exception):
    """A request without an answer.

    kind (str): "status", "error" (told within an answer of status 200), "timeout",
        "connection", "cut" (a connection that broke later), "body" (not readable),
        "page" (a web page instead of an answer).
    status (int): Of HTTP, or as an error within an answer says; 0 if there is none.
    code, param (str): As the server names the error, "" if it does not.
    headers (Mapping[str, str]): Of the response.
    body (Any): Of the response, parsed.
    marks (Collection[str]): All codes and types that the error bears.
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
        body: Any = None,
        marks: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.status = status
        self.code = code
        self.param = param
        self.headers: Mapping[str, str] = headers or {}
        self.body = body
        self.marks = marks | {code}
        self.billed = status not in UNBILLED and kind not in ("connection", "error")

    @property
    def reason(self) -> str:
        """Short, for counting."""
        if self.status:
            return f"{'error' if self.kind == 'error' else 'HTTP'} {self.status}"
        return self.code if self.kind == "error" and self.code else self.kind

    @property
    def brief(self) -> str:
        """For tables: what the server says, without the figures of one request."""
        words = re.sub(r"\d{3,}", "...", " ".join(self.message.split()))
        return f"{self.reason}: {words[:100]}" if words else self.reason

    def says(self, pattern: re.Pattern[str]) -> bool:
        """Whether the message or a code reads so."""
        return any(pattern.search(text) for text in (self.message, *self.marks))


def explain_fatal(fault: FaultError) -> str | None:
    """Why it is no use to go on; None if it may be of use."""
    if is_filtered(fault) or is_unsupported(fault):
        return None
    why = None
    if _lacks_credit(fault):
        why = _FATAL[402]
    elif fault.status in (400, 401, 403) and fault.says(_KEY):
        why = _FATAL[401]
    elif fault.status in (0, 400, 422) and fault.says(_MODEL):
        why = _FATAL[404]
    elif fault.status in (0, 400, 403) and fault.says(_PLACE):
        why = "the provider does not serve the place where this machine is"
    elif 300 <= fault.status < 400:
        return (
            f"the endpoint redirects (HTTP {fault.status}), which is not followed; "
            "set base_url to where it leads"
        )
    why = why or _FATAL.get(fault.status)
    return f"{why} ({fault.reason}: {fault.message})" if why else None


def _lacks_credit(fault: FaultError) -> bool:
    if fault.status == 402 or fault.says(_CREDIT):
        return True
    # Google says the same of a limit per minute, with the seconds to wait.
    return fault.says(_QUOTA) and "retry" not in f"{fault.message} {fault.body}".lower()


def is_filtered(fault: FaultError) -> bool:
    """Whether the provider's content filter turned the prompt down."""
    return fault.status in (0, 400, 403, 422, 451) and fault.says(_FILTER)


def is_unsupported(fault: FaultError) -> bool:
    """Whether a router finds nobody who takes the settings of the request."""
    return fault.status == 404 and fault.says(_SETTINGS)


def find_torn(fault: FaultError) -> str | None:
    """What the model wrote, where a server refuses to hand it out as no valid JSON.

    RETURNS (Optional[str]): None if the refusal has another cause.
    """
    error = fault.body.get("error") if isinstance(fault.body, dict) else None
    text = error.get("failed_generation") if isinstance(error, dict) else None
    return text if isinstance(text, str) else None


def is_transient(fault: FaultError) -> bool:
    """Whether sending the same again may help."""
    status = fault.status
    return not status or status in (408, 409, 425, 429) or status >= 500


def is_congestion(fault: FaultError) -> bool:
    """Whether the server says, or shows, that it has too much to do."""
    return fault.status in (429, 503, 529) or fault.kind == "timeout"


def never_reached(fault: FaultError) -> bool:
    """Whether something other than the endpoint answers, or nothing."""
    return fault.kind in ("connection", "page")
