"""Tasks cut from synthetic text, and weights that move part of the way to each."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
import spacy
from spacy.language import Language
from tests.builders import example

import phantom.training.reptile as reptile
from phantom.records import Example
from phantom.training.reptile import (
    ReptileSettings,
    Task,
    draw_tasks,
    meta_train,
    to_pairs,
)

TEXT = "<CHEMICAL id=1>Iron</CHEMICAL> for <DISEASE id=2>gout</DISEASE>"


def examples() -> list[Example]:
    """Ten of each of two kinds, of which three have a topic of their own."""
    return [
        example(
            TEXT,
            (1, "TREATS", 2),
            id=f"{kind}{i}",
            model="m",
            kind=kind,
            attributes={"topic": "rare" if i < 3 and kind == "a" else "common"},
        )
        for kind in "ab"
        for i in range(10)
    ]


def test_tasks_are_of_one_group_and_of_some_labels() -> None:
    labels = ["CHEMICAL", "DISEASE", "GENE"]
    settings = ReptileSettings(size=6)
    tasks = list(islice(draw_tasks(examples(), labels, settings), 60))
    assert tasks == list(islice(draw_tasks(examples(), labels, settings), 60))
    # Three examples are too few for a task.
    groups = {(task.key, task.value) for task in tasks}
    assert groups == {("kind", "a"), ("kind", "b"), ("topic", "common")}
    assert {len(task.labels) for task in tasks} == {1, 2, 3}
    for task in tasks:
        assert len({x.id for x in task.examples}) == 6
        if task.key == "kind":
            assert {x.meta["kind"] for x in task.examples} == {task.value}
    with pytest.raises(ValueError, match="name other keys"):
        next(draw_tasks(examples(), labels, ReptileSettings(keys=("genre",))))


def make_nlp() -> Language:
    nlp = spacy.blank("xx")
    ner: Any = nlp.add_pipe("ner")
    for label in ("CHEMICAL", "DISEASE"):
        ner.add_label(label)
    nlp.initialize()
    return nlp


def test_other_labels_are_open_not_absent() -> None:
    nlp = make_nlp()
    task = Task("kind", "a", frozenset({"DISEASE"}), tuple(examples()[:1]))
    (pair,) = to_pairs(nlp, task)
    assert [token.ent_iob_ for token in pair.reference] == ["", "O", "B"]
    assert pair.reference._.relations is None
    whole = Task("kind", "a", frozenset({"DISEASE", "CHEMICAL"}), task.examples)
    (pair,) = to_pairs(nlp, whole)
    assert [token.ent_iob_ for token in pair.reference] == ["B", "O", "B"]
    assert len(pair.reference._.relations) == 1


def test_weights_go_part_of_the_way_to_each_task(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Tasks that each add 1 to a weight: 0.4 of the way, then 0.2 of it."""
    place = {"w": 0.0}

    def passes(*_: Any) -> Iterator[None]:
        place["w"] += 1.0
        yield

    monkeypatch.setattr(reptile, "train_passes", passes)
    monkeypatch.setattr(reptile, "read_weights", lambda _: dict(place))
    monkeypatch.setattr(reptile, "write_weights", lambda _, new: place.update(new))
    settings = ReptileSettings(tasks=2, step=0.4, passes=1)
    done = meta_train(make_nlp(), examples(), settings)
    assert len(done) == 2 and place["w"] == pytest.approx(0.4 + 0.2)


def test_a_real_pipeline_is_moved_and_still_works() -> None:
    nlp = make_nlp()
    before = reptile.read_weights(nlp)
    meta_train(nlp, examples(), ReptileSettings(tasks=2, size=4, passes=1))
    after = reptile.read_weights(nlp)
    assert any((before[name] != after[name]).any() for name in before)
    assert nlp("Iron for gout").text == "Iron for gout"
