"""The step `review-log`: who decided what, when, and what stood on the screen."""

import csv
from pathlib import Path

import pytest
from tests.builders import example
from tests.builders.reviews import decide

from phantom.jsonl import write_jsonl
from phantom.records import digest
from phantom.review.decisions import DecisionLog
from phantom.review.records import Annotation, Seen
from review_log import review_log

GOUT = example(
    "<CHEMICAL id=1>Iron</CHEMICAL> eased <DISEASE id=2>gout</DISEASE>.",
    (1, "TREATS", 2),
    id="a",
)
RAW = Annotation.of(GOUT)
FEWER = Annotation(entities=RAW.entities[1:])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_jsonl(tmp_path / "checked.jsonl", [GOUT, example("=1+1", id="=b")])
    log = DecisionLog(tmp_path / "reviews.jsonl")
    seen = Seen(
        text=digest(GOUT.text),
        guidelines="g1",
        reasons=("labels: doubtful",),
        predicted=RAW,
    )
    log.append(decide("a", "ann", 1, before=RAW, after=FEWER, seen=seen))
    log.append(decide("a", "bob", 2, "reject", before=RAW, text="Other text."))
    log.append(decide("=b", "bob", 3, text="=1+1"))
    log.append(decide("=b", "bob", 4, "undo", undoes="key-00003", text="=1+1"))
    judged = Seen(text=digest(GOUT.text), others=("ann", "bob"))
    log.append(
        decide("a", "cat", 5, before=RAW, after=RAW, role="adjudicator", seen=judged)
    )
    log.append(decide("gone", "ann", 6, "skip"))
    return tmp_path


def read(folder: Path, **options: str) -> list[dict[str, str]]:
    output = folder / "log.csv"
    review_log(folder / "checked.jsonl", folder / "reviews.jsonl", output, **options)
    with output.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_line_says_who_what_when_and_seeing_what(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = read(folder)
    told = [(x["annotator"], x["verdict"], x["holds"], x["text"]) for x in rows]
    assert told == [
        ("ann", "accept", "yes", "as it was"),
        ("bob", "reject", "yes", "another"),
        ("bob", "accept", "no", "as it was"),
        ("bob", "undo", "no", "as it was"),
        ("cat", "accept", "yes", "as it was"),
        ("ann", "skip", "yes", "not there"),
    ]
    first = rows[0]
    assert first["changes"] == (
        "removed CHEMICAL 'Iron' at 0; "
        "removed CHEMICAL 'Iron' at 0 TREATS DISEASE 'gout' at 11"
    )
    assert first["time"] == "2026-01-02T03:04:05+00:00" and first["seconds"] == "1.5"
    assert first["why shown"] == "labels: doubtful" and first["guidelines"] == "g1"
    assert first["predictions shown"] == "2 mentions, 1 relations"
    assert rows[4]["role"] == "adjudicator" and rows[4]["changes"] == ""
    assert rows[4]["decisions shown"] == "ann, bob"
    assert rows[3]["undoes"] == "key-00003"
    # A spreadsheet computes nothing from an id.
    assert rows[2]["example"] == "'=b"
    said = capsys.readouterr().out
    assert "2 are on a text that is not there, or another" in said
    assert [x["annotator"] for x in read(folder, example="a")] == ["ann", "bob", "cat"]


def test_what_is_missing_is_said(folder: Path) -> None:
    with pytest.raises(ValueError, match="no decision on none"):
        read(folder, example="none")
    (folder / "reviews.jsonl").unlink()
    with pytest.raises(ValueError, match="no decisions yet; `review` writes them"):
        read(folder)
