"""An OpenAI-compatible server on loopback that answers, or fails, as a script says.

A fault is a dict with `kind` and its settings, such as `{"kind": "status", "status":
429, "retry_after": 0.1}`. Each request to /chat/completions takes the next one of the
script; after the last, a rule may say which by what was sent, or answers are good.
"""

import argparse
import asyncio
import json
import random
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from tests.fault_batches import Batches, Fault, Item, envelope

_SPEC = re.compile(r'^\{"id": .*\}$', re.MULTILINE)
# Items are named by what stands under this key in a spec, so that tests can tell
# which spec was paid for; the prompt itself numbers specs by their place.
NAME = re.compile(r'"name": "([^"]*)"')


class Cut(Response):
    """A response that promises more bytes than it sends, then hangs up."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"9999")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"choices": [{"mess'})


class FaultServer(Batches):
    """The server's state. answered (Counter[str]): good items sent, by spec name."""

    def __init__(
        self,
        script: Sequence[Fault] = (),
        latency: float = 0.0,
        rule: Callable[[dict[str, Any]], Fault | None] = lambda body: None,
    ) -> None:
        self.script = list(script)
        self.rule = rule
        self.latency = latency
        self.requests: list[dict[str, Any]] = []
        self.statuses: Counter[int] = Counter()
        self.answered: Counter[str] = Counter()
        self.keys: set[str] = set()
        self.keep = True
        self.count = 0
        self.first = self.last = 0.0
        self.active = self.peak = 0
        self.batches: dict[str, dict[str, Any]] = {}
        self.files: dict[str, bytes] = {}
        self.batch_faults: dict[str, str] = {}
        self.finish_batches = False
        self.app = Starlette(
            routes=[
                Route("/v1/chat/completions", self.chat, methods=["POST"]),
                Route("/v1/models", self.models),
                Route("/v1/files", self.upload, methods=["POST"]),
                Route("/v1/files/{id}/content", self.content),
                Route("/v1/batches", self.make_batch, methods=["POST"]),
                Route("/v1/batches", self.list_batches),
                Route("/v1/batches/{id}", self.get_batch),
                Route("/stats", self.stats),
            ]
        )

    async def models(self, request: Request) -> Response:
        return JSONResponse(
            {"object": "list", "data": [{"id": "m", "object": "model"}]}
        )

    async def stats(self, request: Request) -> Response:
        seconds = self.last - self.first
        return JSONResponse(
            {
                "answered": self.answered,
                "requests": self.count,
                "peak": self.peak,
                "seconds": seconds,
            }
        )

    async def chat(self, request: Request) -> Response:
        body = json.loads(await request.body())
        self.count += 1
        self.first = self.first or time.monotonic()
        self.active += 1
        self.peak = max(self.peak, self.active)
        self.keys.add(request.headers.get("authorization", ""))
        if self.keep:
            self.requests.append(body)
        fault = self.script.pop(0) if self.script else self.rule(body) or {"kind": "ok"}
        try:
            response = await self.respond(body, fault)
        finally:
            self.active -= 1
            self.last = time.monotonic()
        self.statuses[response.status_code] += 1
        return response

    async def respond(self, body: dict[str, Any], fault: Fault) -> Response:
        kind = fault["kind"]
        if kind == "status":
            headers = dict(fault.get("headers", {}))
            if "retry_after" in fault:
                headers["retry-after"] = str(fault["retry_after"])
            error = {
                "message": fault.get("message", "fault"),
                "code": fault.get("code"),
            }
            return JSONResponse({"error": error}, fault["status"], headers)
        if kind in ("slow", "hang"):
            await asyncio.sleep(fault.get("seconds", 30))
        elif self.latency:
            await asyncio.sleep(self.latency)
        if kind == "cut":
            return Cut()
        if kind == "reject_format" and "response_format" in body:
            error = {"message": "response_format is not supported"}
            self.script.insert(0, fault)
            return JSONResponse({"error": error}, 400)
        if kind == "body":
            return Response(fault["body"], 200, media_type="application/json")
        if kind == "json":
            return JSONResponse(fault["json"], fault.get("status", 200))
        message, finish = self.write(body, fault)
        headers = fault.get("headers") or {}
        return JSONResponse(envelope(body, message, finish), 200, headers)

    def write(self, body: dict[str, Any], fault: Fault) -> tuple[Item, str]:
        """The assistant's message and finish reason."""
        kind = fault["kind"]
        asked = list(specs_in(body))
        if kind == "refusal":
            return {"content": None, "refusal": "I can't help with that."}, "stop"
        if kind == "content_filter":
            return {"content": ""}, "content_filter"
        if kind == "empty":
            return {"content": ""}, "stop"
        if kind == "blanks":
            return {"content": '{"items": [' + "\n  " * 900}, "length"
        if kind == "prose":
            return {"content": "I would be glad to help with that."}, "stop"
        items = [(name, {"id": i, **passage(name, text)}) for i, name, text in asked]
        if kind == "count":
            extra = [("", {"id": str(len(asked) + 1), **passage("extra")})]
            items = (items + extra)[: fault["n"]]
        elif kind == "duplicate":
            items = items[:1] + items
        elif kind == "shuffle":
            random.Random(0).shuffle(items)
        elif kind == "bad_tags":
            items = [(n, {**item, "text": "<GENE id=1>open"}) for n, item in items]
        elif kind == "huge":
            items = [(n, {**item, "text": "word " * 40_000}) for n, item in items[:1]]
        raw = json.dumps({"items": [item for _, item in items]})
        if kind == "malformed":
            return {"content": raw.replace('"', "'")}, "stop"
        if kind == "truncated":
            return {"content": raw[: len(raw) // 2]}, "length"
        for name in {n for n, _ in items if n}:
            self.answered[name] += 1
        if kind == "elsewhere":
            return {"content": None, **fault["message"](raw)}, fault.get("end", "stop")
        if kind == "fenced":
            raw = f"Here you are:\n```json\n{raw}\n```"
        return {"content": raw}, "stop"


def specs_in(body: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Number, name and, if it is a sentence to label, text of each spec."""
    for line in _SPEC.findall(body["messages"][-1]["content"]):
        named = NAME.search(line)
        spec = json.loads(line)
        number = str(spec["id"])
        yield number, named.group(1) if named else number, spec.get("text", "")


def passage(name: str, text: str = "") -> Item:
    """A good item; of a sentence, its first word is marked."""
    if text:
        first, _, rest = text.partition(" ")
        return {"text": f"<GENE id=1>{first}</GENE> {rest}", "relations": []}
    return {"text": f"<GENE id=1>TP53</GENE> in {name} rose.", "relations": []}


@contextmanager
def serve(state: FaultServer) -> Iterator[str]:
    """Run in a thread; yields the base URL."""
    listener = listen()
    config = uvicorn.Config(state.app, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(
        target=server.run, kwargs={"sockets": [listener]}, daemon=True
    )
    thread.start()
    while not server.started:
        time.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
    finally:
        server.should_exit = server.force_exit = True
        thread.join(5)
        listener.close()


def listen() -> socket.socket:
    """A free port on loopback. The protocol is named, or asyncio leaves out
    TCP_NODELAY, and each answer waits 40 ms for an acknowledgement."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(512)
    return listener


def main() -> None:
    """Serve until killed; prints the base URL."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--script", default="[]", help="faults, as JSON")
    args = parser.parse_args()
    state = FaultServer(json.loads(args.script), args.latency)
    state.keep, state.finish_batches = False, True
    listener = listen()
    print(f"http://127.0.0.1:{listener.getsockname()[1]}/v1", flush=True)
    config = uvicorn.Config(state.app, log_level="critical", lifespan="off")
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
