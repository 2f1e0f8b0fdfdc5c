"""Put on PYTHONPATH, it refuses every connection and notes who asked for one.

With NO_NETWORK_LOOPBACK, connections within this machine are noted there and made.
"""

import os
import socket
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

LOCAL = ("127.0.0.1", "::1", "localhost")


def guard(call: Callable[..., Any]) -> Callable[..., Any]:
    """Stand in for what would open a connection or look a host up."""

    def guarded(*args: Any, **kwargs: Any) -> Any:
        address = next((a for a in args if isinstance(a, tuple | str)), None)
        host = address[0] if isinstance(address, tuple) else address
        loopback = os.environ.get("NO_NETWORK_LOOPBACK")
        if loopback and host in LOCAL:
            with Path(loopback).open("a", encoding="utf-8") as log:
                log.write(f"{address!r}\n")
            return call(*args, **kwargs)
        with Path(os.environ["NO_NETWORK_LOG"]).open("a", encoding="utf-8") as log:
            log.write(f"{args!r}\n{''.join(traceback.format_stack(limit=8))}\n")
        raise OSError("this test allows no network")

    return guarded


for name in ("connect", "connect_ex", "sendto"):
    setattr(socket.socket, name, guard(getattr(socket.socket, name)))
for name in ("create_connection", "getaddrinfo", "gethostbyname"):
    setattr(socket, name, guard(getattr(socket, name)))
