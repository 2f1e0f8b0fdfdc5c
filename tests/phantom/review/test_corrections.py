"""Decisions in the place of examples: edited, rejected, in conflict, out of date."""

from pathlib import Path

import pytest
from tests.builders import example
from tests.builders.reviews import annotated, decide

from phantom.records import Example
from phantom.review.corrections import Corrections
from phantom.review.decisions import DecisionLog
from phantom.review.records import Annotation

TAGGED = "<CHEMICAL id=1>Iron</CHEMICAL> eased <DISEASE id=2>gout</DISEASE>."
TEXT = "Iron eased gout."
RAW = Annotation.of(example(TAGGED))
RELATED = annotated(TAGGED, (1, "TREATS", 2))


@pytest.fixture
def log(tmp_path: Path) -> DecisionLog:
    return DecisionLog(tmp_path / "reviews.jsonl")


def corrected(
    log: DecisionLog, *examples: Example
) -> tuple[list[Example], Corrections]:
    corrections = Corrections(log)
    return list(corrections.apply(examples)), corrections


def test_an_edited_example_replaces_the_raw_one(log: DecisionLog) -> None:
    log.append(decide("a", "ann", 1, before=RAW, after=RELATED, text=TEXT))
    raw = example(TAGGED, id="a", model="m", kind="treats", weight=0.5)
    (found,), corrections = corrected(log, raw)
    assert found.id == "a-reviewed" and found.derived_from == ("a",)
    assert (found.model, found.origin, found.weight) == ("m", "synthetic", 0.5)
    assert found.relations == RELATED.relations
    assert found.meta["kind"] == "treats"
    assert found.meta["review"] == {"by": "ann", "decision": "key-00001"}
    assert corrections.counts == {"edited": 1} and len(corrections.edits) == 1


def test_accepted_skipped_rejected_and_unseen(log: DecisionLog) -> None:
    log.append(decide("a", "ann", 1, before=RAW, text=TEXT))
    log.append(decide("b", "ann", 2, "skip", text=TEXT))
    log.append(decide("c", "ann", 3, "reject", text=TEXT))
    log.append(decide("gone", "ann", 4, text=TEXT))
    examples = [example(TAGGED, id=i) for i in "abcd"]
    found, corrections = corrected(log, *examples)
    assert found == [examples[0], examples[1], examples[3]]
    assert [(r.spec_id, r.reason) for r in corrections.rejected] == [
        ("c", "review.rejected")
    ]
    assert corrections.counts == {
        "accepted": 1,
        "skipped, kept as it was": 1,
        "rejected": 1,
        "not among the examples": 1,
    }


def test_conflicts_wait_for_an_adjudicator(log: DecisionLog) -> None:
    log.append(decide("a", "ann", 1, before=RAW, after=RELATED, text=TEXT))
    log.append(decide("a", "bob", 2, before=RAW, text=TEXT))
    raw = example(TAGGED, id="a")
    found, corrections = corrected(log, raw)
    assert found == [raw] and corrections.counts == {"in conflict, kept as it was": 1}
    judged = decide("a", "cat", 3, before=RAW, after=RELATED, text=TEXT)
    log.append(judged.model_copy(update={"role": "adjudicator"}))
    (found_now,), _ = corrected(log, raw)
    assert found_now.relations == RELATED.relations


def test_a_decision_on_another_text_is_not_used(log: DecisionLog) -> None:
    log.append(decide("a", "ann", 1, "reject", text="Another text."))
    raw = example(TAGGED, id="a")
    found, corrections = corrected(log, raw)
    assert found == [raw]
    assert corrections.counts == {"text changed since, kept as it was": 1}


def test_edited_back_is_accepted(log: DecisionLog) -> None:
    log.append(decide("a", "ann", 1, before=RAW, after=RELATED, text=TEXT))
    log.append(decide("a", "ann", 2, before=RELATED, after=RAW, text=TEXT))
    found, corrections = corrected(log, example(TAGGED, id="a"))
    assert found == [example(TAGGED, id="a")] and corrections.counts == {"accepted": 1}
