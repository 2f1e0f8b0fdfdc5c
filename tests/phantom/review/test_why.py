"""Why a pipeline finds what it finds, asked of a review's server."""

import sys
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from tests.builders import example
from tests.builders.explaining import make_transformer_pipeline, teach
from tests.builders.reviews import Client, last, make_review, running

from phantom.evaluation.explain.attributions import LEAST, TOLERANCE
from phantom.review.session import NO_PIPELINE
from phantom.review.why import Why

TAUGHT = [
    ("aspirin induced rash", (0, 1), (2, 3), "INDUCES"),
    ("aspirin and fever", (0, 1), (2, 3), ""),
]
TEXT = "aspirin induced\n rash"


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pipeline")
    nlp = teach(make_transformer_pipeline(folder, learn_rate_factor=4.0), TAUGHT, 25)
    nlp.to_disk(folder / "model-best")
    return folder / "model-best"


def test_mentions_and_relations_are_explained_by_their_words(
    pipeline: Path, tmp_path: Path
) -> None:
    pytest.importorskip("captum")
    why = Why(pipeline)
    review = make_review(tmp_path, [example(TEXT, id="a")], why=why)
    with running(review) as address:
        told = Client(address).get("/api/why?id=a")
    words = [TEXT[start:end] for start, end in told["tokens"]]
    assert words == ["aspirin", "induced", "\n ", "rash"]
    rows = [
        (x["label"], [TEXT[start:end] for start, end in x["spans"]])
        for x in told["explanations"]
    ]
    assert rows == [
        ("CHEMICAL", ["aspirin"]),
        ("DISEASE", ["rash"]),
        ("INDUCES", ["aspirin", "rash"]),
    ]
    for one in told["explanations"]:
        assert len(one["values"]) == 4
        change = one["score"] - one["blank"]
        assert sum(one["values"]) == pytest.approx(
            change, abs=2 * TOLERANCE * max(abs(change), LEAST)
        )
    # The same text again is not worked out again.
    assert why(example(TEXT, id="b")) is why(example(TEXT, id="c"))


@pytest.mark.parametrize("given", [True, False])
def test_what_is_missing_is_said(
    pipeline: Path, tmp_path: Path, given: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "captum.attr", None)
    why = Why(pipeline) if given else None
    review = make_review(tmp_path, [example(TEXT, id="a")], why=why)
    with running(review) as address:
        client = Client(address)
        (said,) = client.get("/api/why?id=a").values()
        assert ("pip install 'spacy-phantom[explain]'" in said) == given
        assert given or said == NO_PIPELINE


def test_others_are_answered_while_one_waits(tmp_path: Path) -> None:
    asked, answered = Event(), Event()

    def slow(given: Any) -> dict[str, Any]:
        asked.set()
        assert answered.wait(20)
        return {"tokens": [], "explanations": []}

    review = make_review(tmp_path, [example(TEXT, id="a")], why=slow)
    with running(review) as address:
        client = Client(address)
        told: list[Any] = []
        thread = Thread(target=lambda: told.append(client.get("/api/why?id=a")))
        thread.start()
        assert asked.wait(20)
        assert client.get("/api/progress?annotator=ann")["done"] == 0
        key = "key-00001"
        assert (
            client.save(key=key, example="a", annotator="ann", explained=True)[0] < 300
        )
        answered.set()
        thread.join(20)
        assert told == [{"tokens": [], "explanations": []}]
    assert last(review)["seen"]["explained"]
