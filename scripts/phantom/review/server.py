"""Runs the page on this machine alone; the one file here that opens a socket."""

import gc
import secrets
from collections.abc import Callable
from typing import Any

import uvicorn

from phantom.review.app import make_app
from phantom.review.comparing import Comparing
from phantom.review.session import Review

HOST = "127.0.0.1"


def make_server(
    session: Review | Comparing,
    tell: Callable[[str], None],
    port: int = 0,
    token: str | None = None,
) -> uvicorn.Server:
    """A server on this machine's loopback address; `run` serves until interrupted.

    tell (Callable[[str], None]): Called with the address once it can be opened.
    port (int): 0 for any that is free.
    token (Optional[str]): Random if it is None.
    """
    token = token or secrets.token_urlsafe(24)
    config = uvicorn.Config(
        make_app(session, token),
        host=HOST,
        port=port,
        log_level="error",
        access_log=False,
        server_header=False,
        lifespan="off",
        proxy_headers=False,
    )
    return _Server(
        config, lambda bound: tell(f"http://{HOST}:{bound}/enter?token={token}")
    )


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[int], None]) -> None:
        super().__init__(config)
        self.ready = ready

    async def startup(self, sockets: list[Any] | None = None) -> None:
        # What was read by now stays; a pass of the collector over 100,000 examples and
        # their decisions would let a person wait.
        gc.freeze()
        await super().startup(sockets)
        if self.started:
            self.ready(self.servers[0].sockets[0].getsockname()[1])
