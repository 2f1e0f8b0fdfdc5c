"""Put on PYTHONPATH, it refuses every connection and notes who asked for one."""

import os
import socket
import traceback
from pathlib import Path
from typing import Any, NoReturn


def refuse(*args: Any, **kwargs: Any) -> NoReturn:
    """Stands in for whatever would open a connection or look a host up."""
    with Path(os.environ["NO_NETWORK_LOG"]).open("a", encoding="utf-8") as log:
        log.write(f"{args!r}\n{''.join(traceback.format_stack(limit=8))}\n")
    raise OSError("this test allows no network")


for name in ("connect", "connect_ex", "sendto"):
    setattr(socket.socket, name, refuse)
for name in ("create_connection", "getaddrinfo", "gethostbyname"):
    setattr(socket, name, refuse)
