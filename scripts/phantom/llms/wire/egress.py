"""The one module that opens sockets; private text does not pass."""

import asyncio
import ipaddress
import json
import socket
import ssl
import time
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import httpx2
import openai

from phantom.llms.wire.bodies import read_body
from phantom.llms.wire.errors import read_error
from phantom.llms.wire.faults import FaultError
from phantom.llms.wire.replies import Reply
from phantom.prompts.prompter import Prompt


class PrivateTextError(ValueError):
    """Private text was about to leave the house."""


class Egress:
    """A client for one endpoint.

    base_url (str): Such as "http://127.0.0.1:8000/v1".
    key (str): The API key; it is in no message that this class makes.
    timeout (float): Seconds until an answer must be complete.
    headers, query (Mapping[str, str]): Sent with each request.
    connections (int): Most connections at a time.
    allow_private (Optional[str]): Host that private text may go to; it must be
        that of base_url, and loopback.
    """

    def __init__(
        self,
        base_url: str,
        key: str,
        timeout: float = 120.0,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        connections: int = 64,
        allow_private: str | None = None,
    ) -> None:
        self.host = self.host_of(base_url)
        parts = urlsplit(base_url)
        port = parts.port or (80 if parts.scheme == "http" else 443)
        self.place = f"{self.host}:{port}"
        self.timeout = timeout
        self._key = key
        self._private = allow_private is not None
        local = is_loopback(self.host)
        if allow_private is not None and (allow_private != self.host or not local):
            raise PrivateTextError(
                f"--allow-private {allow_private}: private text may only go to a "
                f"server on this machine, named by its host; the endpoint's host is "
                f"{self.host!r}, which is {'' if local else 'not '}loopback."
            )
        # A proxy or a redirect would take the text elsewhere than the host says.
        http = openai.DefaultAioHttpClient(
            follow_redirects=False,
            trust_env=not local,
            # Without TLS there are no certificates to load, which takes a while.
            verify=not base_url.startswith("http://"),
            timeout=httpx2.Timeout(timeout, connect=min(timeout, 15.0)),
            limits=httpx2.Limits(
                max_connections=connections, max_keepalive_connections=connections
            ),
        )
        self._client = openai.AsyncOpenAI(
            api_key=key,
            base_url=base_url,
            max_retries=0,
            default_headers=dict(headers or {}),
            default_query=dict(query or {}),
            http_client=http,
        )

    @staticmethod
    def host_of(base_url: str) -> str:
        """The host that a URL names."""
        return urlsplit(base_url).hostname or ""

    async def chat(self, prompt: Prompt, options: Mapping[str, Any]) -> Reply:
        """Ask for a completion. RAISES: PrivateTextError, FaultError."""
        body = self._body(prompt, options)
        return await self._post("/chat/completions", content=json.dumps(body).encode())

    async def submit(
        self,
        prompts: Mapping[str, Prompt],
        options: Mapping[str, Any],
        label: str,
        window: str = "24h",
    ) -> str:
        """Hand in a batch. RETURNS (str): Its id. RAISES: as `chat`.

        prompts (Mapping[str, Prompt]): By the id that each answer will carry.
        label (str): Kept by the provider, to find the batch again.
        """
        lines = [
            json.dumps(
                {
                    "custom_id": name,
                    "method": "POST",
                    "url": "/v1/chat/completions",
                    "body": self._body(prompt, options),
                }
            )
            for name, prompt in prompts.items()
        ]
        data = "\n".join(lines).encode()
        uploaded = await self._run(
            self._client.files.create(file=(f"{label}.jsonl", data), purpose="batch")
        )
        batch = {
            "input_file_id": uploaded.id,
            "endpoint": "/v1/chat/completions",
            "completion_window": window,
            "metadata": {"phantom": label},
        }
        reply = await self._post("/batches", content=json.dumps(batch).encode())
        return str(reply.body["id"])

    async def batch(self, name: str) -> dict[str, Any]:
        """How a batch stands."""
        batch = await self._run(self._client.batches.retrieve(name))
        return batch.model_dump()

    async def find_batch(self, label: str) -> str | None:
        """The id of the batch that was handed in under a label."""

        async def search() -> str | None:
            async for batch in self._client.batches.list(limit=100):
                if (batch.metadata or {}).get("phantom") == label:
                    return batch.id
            return None

        return await self._run(search())

    async def fetch(self, name: str) -> bytes:
        """Content of a file of results."""
        response = await self._run(self._client.files.content(name))
        return bytes(response.content)

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()

    def _body(self, prompt: Prompt, options: Mapping[str, Any]) -> dict[str, Any]:
        for part in prompt.parts:
            if part.origin == "private" and not self._private:
                raise PrivateTextError(
                    "Private text stays in the house: a part of this prompt is "
                    "private, and nothing was sent. For a server on this machine "
                    "name its host with --allow-private."
                )
        return {"messages": prompt.messages(), **options}

    async def _post(self, path: str, content: bytes) -> Reply:
        started = time.perf_counter()
        response = await self._run(
            self._client.post(
                path,
                cast_to=httpx2.Response,
                content=content,
                options={"headers": {"Content-Type": "application/json"}},
            )
        )
        body = read_body(response.content)
        digest = sha256(content).hexdigest()[:16]
        return Reply(body, digest, response.headers, time.perf_counter() - started)

    async def _run(self, awaitable: Any) -> Any:
        """Await a call of the client, with one kind of error for all that fail."""
        try:
            async with asyncio.timeout(self.timeout):
                return await awaitable
        except openai.APIStatusError as error:
            raise self._refused(error.response) from None
        except (TimeoutError, openai.APIError, httpx2.HTTPError) as error:
            raise self._broken(error) from None

    def _refused(self, response: httpx2.Response) -> FaultError:
        text = response.content.decode("utf-8", "replace")
        try:
            body = json.loads(text)
        except ValueError:
            body = text
        fault = read_error(body, response.status_code, response.headers)
        assert fault is not None
        fault.message = self._scrub(fault.message)
        return fault

    def _broken(self, error: BaseException) -> FaultError:
        """Say why no response came. A connection that broke later may be billed."""
        causes = [error]
        while cause := causes[-1].__cause__ or causes[-1].__context__:
            causes.append(cause)
        # With aiohttp a refused connection comes as a timeout of the client.
        if any(
            isinstance(c, httpx2.ConnectError | httpx2.ConnectTimeout) for c in causes
        ):
            return FaultError("connection", self._scrub(self._explain(causes)))
        if isinstance(error, TimeoutError | openai.APITimeoutError):
            message = f"no complete answer within {self.timeout:g} s"
            return FaultError("timeout", message)
        cause = error.__cause__ or error
        return FaultError("cut", self._scrub(f"{type(cause).__name__}: {cause}"))

    def _explain(self, causes: list[BaseException]) -> str:
        for cause in reversed(causes):
            if isinstance(cause, socket.gaierror):
                return f"cannot find the host {self.host}; check base_url"
            if isinstance(cause, ssl.SSLError):
                return (
                    f"cannot connect to {self.place} by TLS ({cause}); does "
                    "base_url need http://, or SSL_CERT_FILE the certificates in use?"
                )
        return f"cannot connect to {self.place}; is the server running?"

    def _scrub(self, message: str) -> str:
        return message.replace(self._key, "***") if self._key else message


def is_loopback(host: str) -> bool:
    """Whether every address of a host is on this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        pass
    if host != "localhost" and not host.endswith(".localhost"):
        return False
    try:
        found = socket.getaddrinfo(host, None)
    except OSError:
        return False
    return all(ipaddress.ip_address(entry[4][0]).is_loopback for entry in found)
