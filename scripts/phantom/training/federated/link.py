"""Messages between sites and the coordinator: FLARE's cells, gRPC over mutual TLS."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from phantom.records import Record
from phantom.training.federated.kits import MISSING
from phantom.training.federated.messages import Answer, Arrays, pack, unpack

_CHANNEL = "phantom"
_SERVER = "server"
Handle = Callable[[str, str, bytes], bytes]


@contextmanager
def listen(kit: Path, host: str, port: int, handle: Handle) -> Iterator[None]:
    """Answer sites as long as the block runs; once in a process, as FLARE has it.

    A site's name is the one that its certificate bears: FLARE refuses a connection
    that claims another, and a message must be of whom the connection is.

    kit (Path): The coordinator's folder, see `make_kits`.
    handle (Callable): From site, kind of request and message to the answer; called by
        many threads.
    RAISES: ValueError if the kit is not there or FLARE is not installed.
    """
    cell, parts = _open(kit, _SERVER, host, port, "server")

    def receive(request: Any) -> Any:
        site = str(request.get_header(parts.MessageHeaderKey.ORIGIN))
        kind = str(request.get_header(parts.MessageHeaderKey.TOPIC))
        body = request.payload
        data = bytes(body) if isinstance(body, (bytes, bytearray, memoryview)) else b""
        answer = handle(site, kind, data)
        return parts.make_reply(parts.ReturnCode.OK, body=answer)

    cell.register_request_cb(channel=_CHANNEL, topic="*", cb=receive)
    cell.start()
    try:
        yield
    finally:
        cell.stop()


class Link:
    """A site's way to the coordinator; it outlives both ends' interruptions.

    timeout (float): Seconds until an answer is given up for the first time; each time
        it is twice as long. A message may come twice and does no harm.
    patience (float): Seconds for which a coordinator that is away is tried again.
    """

    def __init__(
        self,
        cell: Any,
        parts: Any,
        tell: Callable[[str], None],
        timeout: float = 10.0,
        patience: float = 3600.0,
    ) -> None:
        self.cell, self.parts, self.tell = cell, parts, tell
        self.timeout, self.patience = timeout, patience

    def ask(
        self, kind: str, record: Record, arrays: Arrays | None = None
    ) -> tuple[Answer, Arrays]:
        """Send a message until it is answered.

        RAISES: ValueError if nobody answered for as long as `patience` says.
        """
        body = pack(record, arrays)
        ends = time.monotonic() + self.patience
        told, timeout = False, self.timeout
        while True:
            reply = self.cell.send_request(
                channel=_CHANNEL,
                topic=kind,
                target=_SERVER,
                request=self.parts.Message(payload=body),
                timeout=timeout,
            )
            code = reply.get_header(self.parts.MessageHeaderKey.RETURN_CODE)
            if code == self.parts.ReturnCode.OK:
                return unpack(bytes(reply.payload), Answer)
            if time.monotonic() > ends:
                raise ValueError(
                    f"the coordinator does not answer ({code}); is it running, and "
                    "is this site's certificate of the same federation?"
                )
            if not told:
                self.tell(f"the coordinator does not answer ({code}); trying again")
                told = True
            if code == self.parts.ReturnCode.TIMEOUT:
                timeout *= 2
            time.sleep(1.0)


@contextmanager
def connect(
    kit: Path, site: str, host: str, port: int, tell: Callable[[str], None]
) -> Iterator[Link]:
    """A site's link to the coordinator as long as the block runs.

    kit (Path): The site's folder, see `make_kits`.
    RAISES: ValueError if the kit is not there or FLARE is not installed.
    """
    cell, parts = _open(kit, site, host, port, "client")
    cell.start()
    try:
        yield Link(cell, parts, tell)
    finally:
        cell.stop()


def _open(kit: Path, name: str, host: str, port: int, side: str) -> tuple[Any, Any]:
    """A cell that is not started, and the names of FLARE that go with it."""
    files = {
        "ca_cert": kit / "rootCA.pem",
        f"{side}_cert": kit / f"{side}.crt",
        f"{side}_key": kit / f"{side}.key",
    }
    missing = [path for path in files.values() if not path.is_file()]
    if missing:
        raise ValueError(
            f"{missing[0]}: missing; whoever runs the coordinator makes a folder of "
            "certificates for each site"
        )
    try:
        from nvflare.fuel.f3.cellnet import core_cell as parts
    except ImportError:
        raise ValueError(MISSING) from None
    credentials = {key: str(path) for key, path in files.items()}
    url = f"grpc://{host}:{port}"

    class Cell(parts.CoreCell):
        """Takes messages of who is at the other end alone, and hands none on."""

        def process_message(
            self, endpoint: Any, connection: Any, app_id: int, message: Any
        ) -> None:
            header = parts.MessageHeaderKey
            way = [message.get_header(x) for x in (header.ORIGIN, header.DESTINATION)]
            if way == [endpoint.name, name]:
                super().process_message(endpoint, connection, app_id, message)

    cell = Cell(name, url, secure=True, credentials=credentials)
    # It writes a line for each message that finds nobody; `ask` says it once.
    cell.logger.setLevel(logging.CRITICAL)
    return cell, parts
