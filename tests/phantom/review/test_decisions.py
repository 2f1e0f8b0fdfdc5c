"""Decisions: what was confirmed is on disk, undo takes back, conflicts are told."""

import json
from pathlib import Path

import pytest
from tests.builders.reviews import annotated, decide

from phantom.review.decisions import DecisionLog


def test_a_new_log_replays_what_another_wrote(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "reviews.jsonl"
    first, second = DecisionLog(path), DecisionLog(path)
    assert first.append(decide("a", "ann", 1))
    assert second.append(decide("b", "bob", 2, "reject"))
    assert first.append(decide("a", "bob", 3, "skip"))
    third = DecisionLog(path)
    held = {
        e: {n: p.verdict for (n, _), p in by.items()}
        for e, by in third.current().items()
    }
    assert held == {"a": {"ann": "accept", "bob": "skip"}, "b": {"bob": "reject"}}
    second.refresh()
    assert second.current().keys() == third.current().keys()
    place = third.latest("bob", "b")
    assert place and third.read(place) == decide("b", "bob", 2, "reject")


def test_a_repeated_request_is_one_decision(tmp_path: Path) -> None:
    log = DecisionLog(tmp_path / "reviews.jsonl")
    assert log.append(decide("a", "ann", 1))
    assert not log.append(decide("a", "ann", 1, "reject"))
    assert log.path.read_bytes().count(b"\n") == 1


def test_undo_is_a_line_and_only_of_the_latest(tmp_path: Path) -> None:
    log = DecisionLog(tmp_path / "reviews.jsonl")
    log.append(decide("a", "ann", 1))
    log.append(decide("a", "ann", 2, "reject"))
    with pytest.raises(ValueError, match="not the latest decision of ann on a"):
        log.append(decide("a", "ann", 3, "undo", undoes="key-00001"))
    log.append(decide("a", "ann", 4, "undo", undoes="key-00002"))
    place = log.latest("ann", "a")
    assert place and place.verdict == "accept"
    log.append(decide("a", "ann", 5, "undo", undoes="key-00001"))
    assert log.latest("ann", "a") is None and log.current() == {}
    assert log.path.read_bytes().count(b"\n") == 4


@pytest.mark.parametrize("cut", [1, 7, 40])
def test_a_torn_last_line_is_set_aside(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "reviews.jsonl"
    log = DecisionLog(path)
    log.append(decide("a", "ann", 1))
    log.append(decide("b", "ann", 2))
    whole = path.read_bytes()
    path.write_bytes(whole[: -cut - 1])
    log = DecisionLog(path)
    assert set(log.current()) == {"a"}
    log.append(decide("c", "ann", 3))
    assert set(DecisionLog(path).current()) == {"a", "c"}
    assert path.with_name("reviews.jsonl.torn").is_file()


def test_a_damaged_line_is_named_by_its_place(tmp_path: Path) -> None:
    path = tmp_path / "reviews.jsonl"
    log = DecisionLog(path)
    log.append(decide("a", "ann", 1))
    size = path.stat().st_size
    with path.open("a") as file:
        file.write('{"key": 1}\n')
    with pytest.raises(ValueError, match=f"reviews.jsonl: byte {size}: not a decision"):
        DecisionLog(path)


def test_who_says_the_same_in_another_order_agrees(tmp_path: Path) -> None:
    log = DecisionLog(tmp_path / "reviews.jsonl")
    one = annotated(
        "<CHEMICAL id=1>Iron</CHEMICAL> eased <DISEASE id=2>gout</DISEASE>."
    )
    turned = one.model_copy(update={"entities": one.entities[::-1]})
    log.append(decide("a", "ann", 1, after=one))
    log.append(decide("a", "bob", 2, after=turned))
    assert log.conflicts() == []
    fewer = one.model_copy(update={"entities": one.entities[:1]})
    log.append(decide("a", "cat", 3, after=fewer))
    log.append(decide("b", "ann", 4, "skip"))
    log.append(decide("b", "bob", 5, "reject"))
    assert log.conflicts() == ["a"]
    # Who skips a conflict leaves it to another.
    log.append(decide("a", "eve", 6, "skip", role="adjudicator"))
    assert log.conflicts() == ["a"]
    log.append(decide("a", "dan", 7, after=one, role="adjudicator"))
    assert log.conflicts() == [] == DecisionLog(log.path).conflicts()
    undo = {"undoes": "key-00007", "role": "adjudicator"}
    log.append(decide("a", "dan", 8, "undo", **undo))
    assert log.conflicts() == ["a"]
    log.append(decide("a", "cat", 9, "undo", undoes="key-00003"))
    assert log.conflicts() == [] == DecisionLog(log.path).conflicts()


def test_a_line_says_who_decided_what_when_seeing_what(tmp_path: Path) -> None:
    log = DecisionLog(tmp_path / "reviews.jsonl")
    log.append(decide("a", "ann", 1))
    line = json.loads(log.path.read_text())
    assert {"annotator", "time", "before", "after", "seconds", "seen"} <= set(line)


def test_pace_counts_what_holds(tmp_path: Path) -> None:
    log = DecisionLog(tmp_path / "reviews.jsonl")
    for i, seconds in enumerate([2.0, 9.0, 4.0], start=1):
        log.append(decide(f"e{i}", "ann", i, seconds=seconds))
    assert (len(log.held("ann")), log.pace("ann")) == (3, 4.0)
    log.append(decide("e1", "ann", 4, "undo", undoes="key-00001"))
    assert set(log.held("ann")) == {"e2", "e3"}
    assert log.pace("nobody") == 0.0


def test_a_file_that_was_cut_or_replaced_is_read_anew(tmp_path: Path) -> None:
    log = DecisionLog(tmp_path / "reviews.jsonl")
    for i in range(1, 4):
        log.append(decide(f"e{i}", "ann", i))
    first = log.path.read_bytes().splitlines(keepends=True)[0]
    log.path.write_bytes(first)
    log.refresh()
    assert set(log.current()) == {"e1"} and not log.has("key-00003")
    # Longer than before, but another file: an editor saved it so.
    other = DecisionLog(tmp_path / "other.jsonl")
    for i in range(5, 9):
        other.append(decide(f"e{i}", "bob", i))
    other.path.replace(log.path)
    log.refresh()
    assert set(log.current()) == {"e5", "e6", "e7", "e8"}
    log.append(decide("e9", "ann", 9))
    assert len(DecisionLog(log.path).current()) == 5
    log.path.unlink()
    log.refresh()
    assert log.current() == {}
