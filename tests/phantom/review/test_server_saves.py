"""What the review server saves, takes back, refuses to save, and hands out next."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.builders import example
from tests.builders.reviews import Client, make_review, running
from tests.builders.served import GOUT, HTML, IRON, serve_few

from phantom.review.decisions import DecisionLog


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, Path]]:
    with serve_few(tmp_path_factory.mktemp("review")) as served:
        yield served


def saved(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


@pytest.mark.parametrize(
    ("fields", "status", "detail"),
    [
        ({"example": "none"}, 404, "no example 'none'"),
        ({"base": "key-12345"}, 409, "load it again"),
        ({"verdict": "undo"}, 409, "nothing to undo"),
        ({"verdict": "maybe"}, 422, "verdict"),
        ({"annotator": ""}, 422, "annotator"),
        ({"annotator": "x" * 61}, 422, "annotator"),
        ({"annotator": "a\nb"}, 422, "annotator"),
        ({"key": "short"}, 422, "key"),
        ({"seconds": "soon"}, 422, "seconds"),
        ({"more": 1}, 422, "more"),
        ({"after": None}, 422, "accept needs the annotation"),
        ({"after": {"entities": [{**IRON, "text": "Gout"}]}}, 422, "reads 'Iron'"),
        ({"after": {"entities": [{**IRON, "end": 99}]}}, 422, "leaves the text"),
        ({"after": {"entities": [{**IRON, "label": HTML}]}}, 422, "is no label"),
        ({"after": {"entities": [IRON, IRON]}}, 422, "overlaps"),
        (
            {
                "after": {
                    "entities": [IRON],
                    "relations": [{"head": 0, "tail": 7, "label": "TREATS"}],
                }
            },
            422,
            "a mention that is not there",
        ),
        (
            {
                "after": {
                    "entities": [IRON],
                    "relations": [{"head": 0, "tail": 0, "label": "TREATS"}],
                }
            },
            422,
            "with itself",
        ),
    ],
)
def test_what_may_not_be_saved_is_told(
    served: tuple[Client, Path], fields: dict[str, object], status: int, detail: str
) -> None:
    client, path = served
    before = saved(path)
    wanted = {"key": "key-00001", "example": "a", "annotator": "eve", **fields}
    found, answer = client.save(**wanted)
    assert found == status and detail in answer["detail"]
    assert saved(path) == before


def test_a_decision_is_saved_shown_again_and_taken_back(tmp_path: Path) -> None:
    review = make_review(tmp_path, [example(GOUT, id="a"), example("Gout.", id="b")])
    with running(review) as address:
        client = Client(address)
        shown = client.get("/api/example/0?annotator=ann")
        assert shown["base"] is None and len(shown["annotation"]["entities"]) == 2
        after = {"entities": [IRON]}
        first = {"key": "key-00001", "example": "a", "annotator": "ann", "after": after}
        assert client.save(**first) == (200, {"saved": "key-00001", "repeated": False})
        assert client.save(**first) == (200, {"saved": "key-00001", "repeated": True})
        again = client.get("/api/example/0?annotator=ann")
        assert (
            again["base"] == "key-00001" and len(again["annotation"]["entities"]) == 1
        )
        other = client.get("/api/example/0?annotator=bob")
        assert other["base"] is None and len(other["annotation"]["entities"]) == 2
        assert client.get("/api/next/0?annotator=ann") == {"position": 1}
        assert client.get("/api/next/0?annotator=bob") == {"position": 0}
        progress = client.get("/api/progress?annotator=ann")
        assert (progress["done"], progress["size"], progress["pace"]) == (1, 2, 1.0)
        assert (progress["share"]["right"], progress["share"]["of"]) == (0, 1)
        undo = {"key": "key-00002", "verdict": "undo", "base": "key-00001"}
        assert client.save(example="a", annotator="ann", **undo)[0] == 200
        assert client.get("/api/next/0?annotator=ann") == {"position": 0}
    assert DecisionLog(review.log.path).current() == {}
    assert saved(review.log.path) == 2


def test_people_who_differ_meet_in_a_conflict(tmp_path: Path) -> None:
    review = make_review(tmp_path, [example(GOUT, id="a")])
    with running(review) as address:
        client = Client(address)
        whole = client.get("/api/example/0?annotator=ann")["annotation"]
        client.save(key="key-00001", example="a", annotator="ann", after=whole)
        client.save(key="key-00002", example="a", annotator="bob", verdict="reject")
        assert client.get("/api/progress?annotator=ann")["conflicts"] == ["a"]
        shown = client.get("/api/conflict?annotator=cat&id=a")
        views = [(view["annotator"], view["verdict"]) for view in shown["views"]]
        assert views == [("ann", "accept"), ("bob", "reject")]
        judged = {"role": "adjudicator", "annotator": "ann", "after": whole}
        assert client.save(key="key-00003", example="a", **judged)[0] == 200
        assert client.get("/api/progress?annotator=ann")["conflicts"] == []
    last = json.loads(review.log.path.read_text().splitlines()[-1])
    assert last["seen"]["others"] == ["ann", "bob"] and last["role"] == "adjudicator"


@pytest.mark.slow
def test_the_next_of_many_comes_at_once(tmp_path: Path) -> None:
    examples = [example(f"Word {i}.", id=f"e{i}") for i in range(20_000)]
    review = make_review(tmp_path, examples)
    with running(review) as address:
        client = Client(address)
        client.get("/api/setup")
        times = []
        for i in range(10):
            start = time.process_time()
            client.get(f"/api/example/{i * 1999}?annotator=ann")
            client.get("/api/progress?annotator=ann")
            times.append(time.process_time() - start)
        # Processor time of both ends, since the machine does other things as well.
        assert sorted(times)[5] < 0.05
