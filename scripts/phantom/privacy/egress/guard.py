"""Run at the start of each Python process: keeps what goes out, refuses the rest.

It stands alone, without the library. EGRESS_FOLDER names where it writes: for each
connection the bytes handed to it, and a line of `connections.jsonl` for each address.
"""

import json
import os
import socket
import ssl
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

FOLDER = Path(os.environ.get("EGRESS_FOLDER", ""))
LOCAL = ("127.", "::1", "localhost", "::ffff:127.")
LOCK = threading.Lock()
NUMBERS: dict[int, int] = {}
INET = (socket.AF_INET, socket.AF_INET6)
GUARD = "egress_guard"


def tell(what: str, address: object, allowed: bool) -> None:
    """Append a line on a connection, a listener or a name that is looked up."""
    line = {
        "program": " ".join(sys.argv)[:200],
        "process": os.getpid(),
        "what": what,
        "address": repr(address),
        "allowed": allowed,
    }
    with LOCK, (FOLDER / "connections.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def keep(sock: Any, data: Any, kind: str = "sent") -> None:
    """Append what is handed to a socket; pairs within a process are no way out."""
    family = getattr(sock, "family", socket.AF_INET)
    if family not in INET:
        try:
            if not sock.getpeername():
                return
        except OSError:
            return
    with LOCK:
        number = NUMBERS.setdefault(id(sock), len(NUMBERS))
        name = f"{kind}-{os.getpid()}-{number}.bin"
        with (FOLDER / name).open("ab") as file:
            file.write(bytes(data))


def is_local(address: object) -> bool:
    """Whether an address is of this machine; a path is, of a Unix socket."""
    host = address[0] if isinstance(address, tuple) else address
    text = host.decode() if isinstance(host, bytes) else str(host)
    return text in ("", "0.0.0.0", "::") or text.startswith((*LOCAL, "/", "\0"))


def guard_address(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
    """Stand in for what connects or looks a name up."""

    def guarded(*args: Any, **kwargs: Any) -> Any:
        found = [x for x in args if isinstance(x, tuple | str | bytes)]
        address = found[-1] if name == "sendto" else (found[0] if found else "")
        allowed = is_local(address)
        tell(name, address, allowed)
        if not allowed:
            raise OSError(
                f"prove-egress allows no way out of this machine: {address!r}"
            )
        return call(*args, **kwargs)

    return guarded


def guard_data(call: Callable[..., Any], kind: str = "sent") -> Callable[..., Any]:
    """Stand in for what hands bytes to a socket; keeps what was taken."""

    def guarded(sock: Any, data: Any, *args: Any, **kwargs: Any) -> Any:
        taken = call(sock, data, *args, **kwargs)
        view = memoryview(data).cast("B")
        keep(sock, view[:taken] if isinstance(taken, int) else view, kind)
        return taken

    return guarded


def guard_buffers(call: Callable[..., Any]) -> Callable[..., Any]:
    """Stand in for `sendmsg`, which takes several buffers."""

    def guarded(sock: Any, buffers: Any, *args: Any, **kwargs: Any) -> Any:
        parts = [bytes(part) for part in buffers]
        taken = call(sock, parts, *args, **kwargs)
        keep(sock, b"".join(parts)[:taken])
        return taken

    return guarded


def install() -> None:
    """Put the guards in place."""
    kind: Any = socket.socket
    for name in ("connect", "connect_ex"):
        setattr(kind, name, guard_address(name, getattr(kind, name)))
    kind.sendto = guard_address("sendto", guard_data(kind.sendto))
    for name in ("send", "sendall"):
        setattr(kind, name, guard_data(getattr(kind, name)))
    kind.sendmsg = guard_buffers(kind.sendmsg)
    # Files would go from disk to net past every buffer.
    kind.sendfile = kind._sendfile_use_send
    for name in ("getaddrinfo", "gethostbyname", "create_connection"):
        setattr(socket, name, guard_address(name, getattr(socket, name)))
    # What is inside of TLS: the bytes on the wire say nothing.
    inner: Any = ssl.SSLObject
    inner.write = guard_data(inner.write, "tls")
    outer: Any = ssl.SSLSocket
    for name in ("send", "sendall", "write"):
        setattr(outer, name, guard_data(getattr(outer, name), "tls"))


# By sitecustomize, not where the library is imported.
if __name__ == GUARD:
    install()
