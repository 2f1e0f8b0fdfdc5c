"""Decisions of people on examples, and the page's server with a client."""

import http.client
import json
import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from typing import Any
from urllib.parse import urlsplit

from tests.builders.examples import example

from phantom.jsonl import write_jsonl
from phantom.packs.domain import Label, RelationRule
from phantom.records import Candidate, Comparison, Example, Labelled, digest
from phantom.review.comparing import Comparing
from phantom.review.decisions import DecisionLog
from phantom.review.lines import ExampleFile
from phantom.review.picks import PickLog
from phantom.review.records import Annotation, Decision, Seen
from phantom.review.server import make_server
from phantom.review.session import Review
from phantom.review.validation import Schema

MARKUP = "<script>document.title='owned'</script>"
HTML = "<img src=x onerror=document.title='owned'>"
# Wide characters before the mentions: offsets are code points, not UTF-16 units.
TEXT = (
    "\U0001f9ea\U0001f9ea <CHEMICAL id=1>Iron</CHEMICAL> salts eased "
    "<DISEASE id=2>gout</DISEASE> and severe\nmigraine in 12 women."
)


def annotated(text: str, *relations: tuple[int, str, int]) -> Annotation:
    """The annotation of a text with tags."""
    return Annotation.of(example(text, *relations))


def decide(
    example_id: str,
    annotator: str,
    number: int,
    verdict: str = "accept",
    *,
    before: Annotation | None = None,
    after: Annotation | None = None,
    text: str = "",
    **more: Any,
) -> Decision:
    """Decision number so-and-so; what is accepted stays as it was shown by default."""
    before = before or Annotation()
    return Decision.model_validate(
        {
            "key": f"key-{number:05}",
            "example": example_id,
            "annotator": annotator,
            "verdict": verdict,
            "time": "2026-01-02T03:04:05+00:00",
            "before": before,
            "after": (after or before) if verdict == "accept" else None,
            "seconds": 1.5,
            "seen": Seen(text=digest(text)),
            **more,
        }
    )


def words(text: str) -> list[tuple[int, int]]:
    """Bounds of words and signs, in place of a tokenizer."""
    return [match.span() for match in re.finditer(r"\w+|[^\w\s]", text)]


def make_review(folder: Path, examples: Iterable[Example], **more: Any) -> Review:
    """A review of all examples in their order, under a small schema.

    The page shows the labels CHEMICAL and DISEASE; TREATS leads from one to the other,
    CAUSES too, and NEAR joins them either way.
    """
    path = folder / "examples.jsonl"
    write_jsonl(path, examples)
    file = ExampleFile(path, Example)
    fields: dict[str, Any] = {
        "title": "A tiny domain",
        "guidelines": "# Guidelines\n\nMark diseases.",
        "schema": small_schema(),
        "examples": file,
        "queue": {key: ["random sample"] for key in file.ids},
        "log": DecisionLog(folder / "reviews.jsonl"),
        "is_sample": True,
    }
    return Review(**{**fields, **more})


def two_examples(folder: Path) -> Review:
    """One with wide characters and predictions, one with markup."""
    examples = [
        example(TEXT, id="a", kind="treats", attributes={"section": "results"}),
        example(f"{HTML} relieves <DISEASE id=1>gout</DISEASE>.", id=HTML),
    ]
    first = examples[0]
    found = Labelled(
        id="a",
        text=first.text,
        entities=(
            first.entities[0],
            first.entities[1].model_copy(
                update={
                    "start": first.text.index("migraine"),
                    "end": first.text.index("migraine") + 8,
                    "text": "migraine",
                }
            ),
        ),
        relations=[{"head": 0, "tail": 1, "label": "NEAR"}],  # type: ignore[arg-type]
    )
    write_jsonl(folder / "predicted.jsonl", [found])
    predicted = ExampleFile(folder / "predicted.jsonl", Labelled)
    return make_review(folder, examples, predicted=predicted, why=explain)


def explain(given: Example) -> dict[str, Any]:
    """Why DISEASE: migraine is found, by words whose shares were made up."""
    start = given.text.index("migraine")
    tokens = words(given.text)
    values = [0.5 if given.text[a:b] == "severe" else -0.01 * a for a, b in tokens]
    one = {"label": "DISEASE", "spans": [[start, start + 8]], "values": values}
    one |= {"chance": 0.91, "error": 0.0, "score": 2.31, "blank": -1.5}
    whole = {**one, "label": "CHEMICAL", "spans": [list(tokens[0])], "chance": 0.2}
    return {"tokens": tokens, "explanations": [whole, one]}


def small_schema() -> Schema:
    """Two labels, and relations from one to the other."""
    ends = {"head": ["CHEMICAL"], "tail": ["DISEASE"]}
    relations = {
        "TREATS": RelationRule(definition="relieves or cures", **ends),
        "CAUSES": RelationRule(definition="brings about", **ends),
        "NEAR": RelationRule(definition="stands near", symmetric=True, **ends),
    }
    labels = {
        "CHEMICAL": Label(definition="drugs and other substances"),
        "DISEASE": Label(definition="diseases and symptoms"),
    }
    return Schema(labels, relations, words)


def make_comparing(folder: Path, **more: Any) -> Comparing:
    """Three candidates under a small schema, the first two for the same specs."""
    passages = {
        "plain": [("p1", "<DISEASE id=1>Gout</DISEASE> hurts."), ("p2", "Rest.")],
        "terse": [("p1", f"{MARKUP} <DISEASE id=1>gout</DISEASE>."), ("p2", "Ill.")],
        "long": [("q1", "In an old man, " * 20 + "gout.")],
    }
    comparison = Comparison(
        title="Prompts of a tiny domain",
        candidates=tuple(
            Candidate(
                name=name,
                prompt=f"Write {name} passages.",
                passages=tuple(example(text, id=id_) for id_, text in rows),
                scores={"accepted": 0.9, "cost": "2 cents"},
            )
            for name, rows in passages.items()
        ),
    )
    fields = {"comparison": comparison, "schema": small_schema()}
    return Comparing(**{**fields, "log": PickLog(folder / "picks.jsonl"), **more})


@contextmanager
def running(review: Review | Comparing) -> Iterator[str]:
    """Serve a review or a comparison. YIELDS (str): The address with its token."""
    told: Queue[str] = Queue()
    server = make_server(review, told.put)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield told.get(timeout=20)
    finally:
        server.should_exit = True
        thread.join(timeout=10)


class Client:
    """Speaks to the page's server as a script does, with the token in a header."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self.host = parts.netloc
        self.token = parts.query.partition("=")[2]
        self.headers = {
            "Host": self.host,
            "X-Review-Token": self.token,
            "Origin": f"http://{self.host}",
            "Content-Type": "application/json",
        }

    def send(
        self, method: str, path: str, body: bytes | None = None, **headers: str | None
    ) -> tuple[int, bytes, dict[str, str]]:
        """One request. headers: laid over the usual ones; None leaves one out.

        RETURNS: Status, body, headers in small letters.
        """
        names = {key.replace("_", "-"): value for key, value in headers.items()}
        wanted = {k: v for k, v in {**self.headers, **names}.items() if v is not None}
        connection = http.client.HTTPConnection(self.host, timeout=20)
        try:
            connection.putrequest(method, path, skip_host=True)
            for name, value in wanted.items():
                connection.putheader(name, value)
            sized = {"Content-Length", "Transfer-Encoding"} & set(wanted)
            if body is not None and not sized:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, answer.read(), found
        finally:
            connection.close()

    def get(self, path: str) -> Any:
        """The JSON that an address answers with."""
        status, body, _ = self.send("GET", path)
        assert status == 200, (path, body)
        return json.loads(body)

    def save(self, **fields: Any) -> tuple[int, Any]:
        """Send a decision; see `phantom.review.session.Save`."""
        decision = {"verdict": "accept", "seconds": 1.0, **fields}
        if decision["verdict"] == "accept":
            decision.setdefault("after", {})
        body = json.dumps(decision).encode()
        status, answer, _ = self.send("POST", "/api/save", body)
        return status, json.loads(answer)


def last(review: Review) -> dict[str, Any]:
    """The decision that was written last."""
    line: dict[str, Any] = json.loads(review.log.path.read_text().splitlines()[-1])
    return line
