"""Batches of a server that fails: files go up, and answers come down in any order."""

import json
import time
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

Fault = dict[str, Any]
Item = dict[str, Any]


def envelope(body: dict[str, Any], message: Item, finish: str) -> Item:
    """A chat completion as the API gives it; a token is four characters."""
    prompt = sum(len(m["content"]) for m in body["messages"]) // 4
    choice = {
        "index": 0,
        "message": {"role": "assistant", **message},
        "finish_reason": finish,
    }
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": body["model"],
        "choices": [choice],
        "usage": {
            "prompt_tokens": prompt,
            "completion_tokens": len(message.get("content") or "") // 4,
            "total_tokens": 0,
            "prompt_tokens_details": {"cached_tokens": prompt // 2},
        },
    }


class Batches:
    """What a server keeps for its batches; the server itself writes the answers."""

    script: list[Fault]
    rule: Callable[[dict[str, Any]], Fault | None]
    batches: dict[str, dict[str, Any]]
    files: dict[str, bytes]
    finish_batches: bool

    def write(self, body: dict[str, Any], fault: Fault) -> tuple[Item, str]:
        raise NotImplementedError

    async def upload(self, request: Request) -> Response:
        form = await request.form()
        upload = form["file"]
        assert not isinstance(upload, str)
        name = f"file-{len(self.files)}"
        self.files[name] = await upload.read()
        return JSONResponse({"id": name, "object": "file", "purpose": "batch"})

    async def content(self, request: Request) -> Response:
        return Response(self.files[request.path_params["id"]])

    async def make_batch(self, request: Request) -> Response:
        body = await request.json()
        name = f"batch-{len(self.batches)}"
        self.batches[name] = {
            "id": name,
            "object": "batch",
            "status": "in_progress",
            **body,
        }
        return JSONResponse(self.batches[name])

    async def list_batches(self, request: Request) -> Response:
        data = list(self.batches.values())
        return JSONResponse({"object": "list", "data": data, "has_more": False})

    async def get_batch(self, request: Request) -> Response:
        name = request.path_params["id"]
        if self.finish_batches and self.batches[name]["status"] == "in_progress":
            self.finish_batch(name)
        return JSONResponse(self.batches[name])

    def finish_batch(
        self, name: str, status: str = "completed", keep: int = -1
    ) -> None:
        """End a batch; `keep` requests are answered, the others expire."""
        batch = self.batches[name]
        lines = self.files[batch["input_file_id"]].decode().splitlines()
        good, bad = [], []
        for i, line in enumerate(lines):
            request = json.loads(line)
            row: dict[str, Any] = {"custom_id": request["custom_id"], "error": None}
            if 0 <= keep <= i:
                bad.append(
                    {**row, "error": {"code": "batch_expired", "message": "late"}}
                )
                continue
            rule = self.rule(request["body"]) or {"kind": "ok"}
            fault = self.script.pop(0) if self.script else rule
            if fault["kind"] == "status":
                status_body = {"error": {"message": fault.get("message", "fault")}}
                row["response"] = {"status_code": fault["status"], "body": status_body}
                bad.append(row)
                continue
            message, finish = self.write(request["body"], fault)
            reply = envelope(request["body"], message, finish)
            good.append({**row, "response": {"status_code": 200, "body": reply}})
        for rows, key in ((good, "output_file_id"), (bad, "error_file_id")):
            if rows:
                self.files[f"{name}-{key}"] = b"".join(
                    json.dumps(row).encode() + b"\n" for row in reversed(rows)
                )
                batch[key] = f"{name}-{key}"
        batch["status"] = status
