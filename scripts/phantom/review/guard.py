"""Who may speak to the page: this machine, with the token, from the page itself."""

import hmac
from hashlib import sha256
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOSTS = ("127.0.0.1", "localhost")
BODY_LIMIT = 1_000_000
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class TooLarge(Exception):
    """The body of a request is larger than any decision."""


class Guard:
    """Lets requests through that come from the page; answers all others itself.

    token (str): Asked for in the address once, then in a cookie or in the header
        X-Review-Token.
    """

    def __init__(self, app: ASGIApp, token: str) -> None:
        self.app = app
        self.token = token
        # Cookies don't tell ports apart; two reviews at once need two names.
        self.cookie = "review_" + sha256(token.encode()).hexdigest()[:8]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        refusal = self._refuse(scope)
        if refusal is not None:
            await refusal(scope, receive, _with_headers(send))
            return
        await self.app(scope, _limited(receive), _with_headers(send))

    def is_token(self, given: str | None) -> bool:
        """Whether this is the token, told in the same time whatever is wrong."""
        return hmac.compare_digest((given or "").encode(), self.token.encode())

    def _refuse(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        port = scope["server"][1]
        host = headers.get("host", "")
        if host not in {f"{name}:{port}" for name in HOSTS}:
            return PlainTextResponse("Host: not this machine.\n", 400)
        origin = headers.get("origin")
        changes = scope["method"] not in ("GET", "HEAD")
        if origin != f"http://{host}" and (origin is not None or changes):
            return PlainTextResponse("Origin: not this page.\n", 403)
        if headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return PlainTextResponse("Another site asked for this.\n", 403)
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > BODY_LIMIT:
            return PlainTextResponse("The request is too large.\n", 413)
        given = headers.get("x-review-token") or _cookies(headers).get(self.cookie)
        if not self.is_token(given) and scope["path"] != "/enter":
            return PlainTextResponse(
                "Open the address that `review` printed, with its token.\n", 401
            )
        return None


def _cookies(headers: Headers) -> dict[str, str]:
    pairs = (
        part.strip().partition("=") for part in headers.get("cookie", "").split(";")
    )
    return {name: value for name, _, value in pairs}


def _limited(receive: Receive) -> Receive:
    """Counts the body as it comes; a client need not say its length."""
    seen = 0

    async def read() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > BODY_LIMIT:
            raise TooLarge
        return message

    return read


def _with_headers(send: Send) -> Any:
    async def write(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return write
