"""How quick the review page's server is with many examples and decisions.

Usage: python measurements/review_speed.py [--examples N] [--decisions N] [--turns N]
       [--json PATH]

A person goes through the queue as the page does: save, ask which is next, fetch it, ask
for the progress. Prints seconds until all is open, milliseconds at the client (median,
99th percentile, largest) of such a turn and of the next example alone (ask which it is,
and fetch it), the same of the processor time that the server takes for the latter,
whatever else runs on the machine, and resident memory before and after.
"""

import argparse
import http.client
import json
import statistics
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path
from queue import Queue
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "measurements")]

from recorded import read_recorded  # noqa: E402
from speed_measure import resident  # noqa: E402
from starlette.types import ASGIApp, Receive, Scope, Send  # noqa: E402

from phantom.jsonl import write_jsonl  # noqa: E402
from phantom.packs.pack import load_pack  # noqa: E402
from phantom.records import Example, digest  # noqa: E402
from phantom.review.decisions import DecisionLog  # noqa: E402
from phantom.review.lines import ExampleFile  # noqa: E402
from phantom.review.records import Annotation, Decision, Seen  # noqa: E402
from phantom.review.server import make_server  # noqa: E402
from phantom.review.session import Review  # noqa: E402
from phantom.review.validation import Schema  # noqa: E402
from phantom.runtime import token_bounds  # noqa: E402


def prepare(folder: Path, examples: int, decisions: int) -> tuple[Path, Path]:
    """Write files of so many examples and decisions of two people on them."""
    given = read_recorded()
    rows = (
        given[i % len(given)].model_copy(update={"id": f"e-{i:07}"})
        for i in range(examples)
    )
    path, reviews = folder / "examples.jsonl", folder / "reviews.jsonl"
    write_jsonl(path, rows)
    write_jsonl(reviews, (_decide(given, i) for i in range(decisions)))
    return path, reviews


def _decide(given: list[Example], number: int) -> Decision:
    place = number // 2
    shown = given[place % len(given)]
    return Decision(
        key=f"key-{number:07}",
        example=f"e-{place:07}",
        annotator=("ann", "bob")[number % 2],
        verdict="accept",
        time="2026-01-01T00:00:00+00:00",
        before=Annotation.of(shown),
        after=Annotation.of(shown),
        seconds=1.0,
        seen=Seen(text=digest(shown.text)),
    )


def open_review(path: Path, reviews: Path) -> Review:
    """A review of all examples, in their order."""
    pack = load_pack(ROOT / "assets" / "domains" / "medicine")
    examples = ExampleFile(path, Example)
    return Review(
        title=pack.domain.title,
        guidelines=pack.guidelines,
        schema=Schema(pack.labels, pack.relations, token_bounds(pack.domain.lang)),
        examples=examples,
        queue={key: ["random sample"] for key in examples.ids},
        log=DecisionLog(reviews),
        is_sample=True,
    )


class Timed:
    """The server's application, with the processor time of what the page asks next."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.seconds: list[float] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = time.thread_time()
        await self.app(scope, receive, send)
        work = time.thread_time() - start
        if scope.get("path", "").startswith("/api/next/"):
            self.seconds.append(work)
        elif scope.get("path", "").startswith("/api/example/") and self.seconds:
            self.seconds[-1] += work


def go_through(address: str, turns: int) -> tuple[list[float], list[float]]:
    """Decide on so many examples over HTTP.

    RETURNS: Seconds of each turn, and of the next example in it.
    """
    parts = urlsplit(address)
    headers = {
        "X-Review-Token": parts.query.partition("=")[2],
        "Origin": f"http://{parts.netloc}",
        "Content-Type": "application/json",
    }
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)

    def ask(path: str, body: dict[str, Any] | None = None) -> Any:
        content = json.dumps(body) if body else None
        connection.request("POST" if body else "GET", path, content, headers)
        answer = connection.getresponse()
        told = answer.read()
        if answer.status != 200:
            raise ValueError(f"{path}: {answer.status} {told[:200]!r}")
        return json.loads(told)

    who = "annotator=ann"
    place = ask(f"/api/next/0?{who}")["position"]
    item = ask(f"/api/example/{place}?{who}")
    whole, nexts = [], []
    for _ in range(turns):
        start = time.perf_counter()
        key = uuid.uuid4().hex
        decision = {"key": key, "example": item["id"], "annotator": "ann"}
        ask("/api/save", {**decision, "verdict": "reject", "seconds": 1.0})
        saved = time.perf_counter()
        place = ask(f"/api/next/{place + 1}?{who}")["position"]
        item = ask(f"/api/example/{place}?{who}")
        nexts.append(time.perf_counter() - saved)
        ask(f"/api/progress?{who}")
        whole.append(time.perf_counter() - start)
    return whole, nexts


def _milliseconds(seconds: list[float]) -> dict[str, float]:
    times = sorted(1000 * x for x in seconds)
    return {
        "median": round(statistics.median(times), 1),
        "p99": round(times[int(0.99 * (len(times) - 1))], 1),
        "largest": round(times[-1], 1),
    }


def measure(examples: int, decisions: int, turns: int) -> dict[str, Any]:
    """All figures, with the files in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        path, reviews = prepare(Path(folder), examples, decisions)
        start = time.perf_counter(), time.process_time()
        review = open_review(path, reviews)
        opened = time.perf_counter() - start[0], time.process_time() - start[1]
        told: Queue[str] = Queue()
        server = make_server(review, told.put)
        timed = Timed(server.config.app)  # type: ignore[arg-type]
        server.config.app = timed
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        address = told.get(timeout=60)
        go_through(address, min(20, turns))
        timed.seconds.clear()
        before, work = resident(), time.process_time()
        whole, nexts = go_through(address, turns)
        work = time.process_time() - work
        after = resident()
        server.should_exit = True
        thread.join(timeout=10)
    return {
        "examples": examples,
        "decisions": decisions,
        "open_seconds": round(opened[0], 2),
        "open_cpu_seconds": round(opened[1], 2),
        "turn_ms": {**_milliseconds(whole), "cpu": round(1000 * work / turns, 1)},
        "next_ms": _milliseconds(nexts),
        "next_server_cpu_ms": _milliseconds(timed.seconds),
        "turns": turns,
        "resident_mb": {"before": round(before), "after": round(after)},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=100_000)
    parser.add_argument("--decisions", type=int, default=20_000)
    parser.add_argument("--turns", type=int, default=1000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    figures = measure(options.examples, options.decisions, options.turns)
    text = json.dumps(figures, indent=2)
    if options.json:
        options.json.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
