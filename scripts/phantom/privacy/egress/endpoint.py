"""A server on loopback in the place of a language model, so that prompts do go out."""

import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

_SPEC = re.compile(r'^\{"id": .*\}$', re.MULTILINE)


class Endpoint:
    """Answers each spec of an OpenAI-compatible request with a plain sentence.

    port (int): Free, chosen by the system. requests (int): Answered so far.
    """

    def __init__(self) -> None:
        self.requests = 0
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer({"object": "list", "data": [{"id": "m"}]})

            def do_POST(self) -> None:
                size = int(self.headers.get("Content-Length", 0))
                body = json.loads(self.rfile.read(size) or b"{}")
                endpoint.requests += 1
                self._answer(answer(body, endpoint.requests))

            def log_message(self, format: str, *args: Any) -> None:
                return

            def _answer(self, value: dict[str, Any]) -> None:
                data = json.dumps(value).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self._thread = Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self) -> "Endpoint":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def answer(body: dict[str, Any], number: int) -> dict[str, Any]:
    """A completion with one item for each spec that was asked for."""
    asked = _SPEC.findall(str(body.get("messages", [{}])[-1].get("content", "")))
    items = [
        {
            "id": str(json.loads(line)["id"]),
            "text": f"Nothing else was found in visit {number} of group {i}.",
        }
        for i, line in enumerate(asked)
    ]
    message = {"role": "assistant", "content": json.dumps({"items": items})}
    return {
        "id": f"c{number}",
        "object": "chat.completion",
        "created": 0,
        "model": body.get("model", "m"),
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }
