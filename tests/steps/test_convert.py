"""The step `convert`: real text needs permission, whatever file it comes in."""

from pathlib import Path

import pytest
from tests.builders import FINANCE, example
from tests.builders.reviews import decide

from convert import convert
from phantom.jsonl import read_jsonl, write_jsonl
from phantom.records import Example, Rejected
from phantom.review.decisions import DecisionLog
from phantom.review.records import Annotation

PASSAGES = [
    example(f"<ORG id=1>Firm {i}</ORG> sold its {i}th mill.", id=f"s{i}", model="m")
    for i in range(10)
]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"origin": "public", "sources": ("finer_ord",)}, "for evaluation only"),
        ({"origin": "private", "sources": ("files",)}, "--train-on-private"),
        ({}, "does not say which model wrote it"),
    ],
)
def test_real_text_without_permission_ends_the_step(
    tmp_path: Path, fields: dict[str, object], message: str
) -> None:
    real = example("Rates rose by a point.", id="real", **fields)
    write_jsonl(tmp_path / "checked.jsonl", [*PASSAGES, real])
    with pytest.raises(ValueError, match=message):
        convert(FINANCE, tmp_path / "checked.jsonl", tmp_path / "out")


def test_declared_private_text_is_converted(tmp_path: Path) -> None:
    fields = {"origin": "private", "sources": ("files",)}
    real = example("Rates rose by a point.", id="real", **fields)
    write_jsonl(tmp_path / "checked.jsonl", [*PASSAGES, real])
    out = tmp_path / "out"
    convert(FINANCE, tmp_path / "checked.jsonl", out, train_on_private=["files"])
    assert (out / "train.spacy").is_file() and (out / "dev.spacy").is_file()


def test_what_people_decided_takes_the_place_of_what_they_saw(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "checked.jsonl", PASSAGES)
    log = DecisionLog(tmp_path / "reviews.jsonl")
    before, text = Annotation.of(PASSAGES[3]), PASSAGES[3].text
    log.append(decide("s3", "ann", 1, before=before, after=Annotation(), text=text))
    log.append(decide("s4", "ann", 2, "reject", text=PASSAGES[4].text))
    out = tmp_path / "out"
    convert(FINANCE, tmp_path / "checked.jsonl", out, reviews=log.path)
    sides = (out / "train.jsonl", out / "dev.jsonl")
    found = {e.id: e for path in sides for e in read_jsonl(path, Example)}
    assert not {"s3", "s4"} & set(found) and len(found) == 9
    edited = found["s3-reviewed"]
    assert edited.entities == () and edited.derived_from == ("s3",)
    rejected = read_jsonl(out / "rejected_by_review.jsonl", Rejected)
    assert [item.spec_id for item in rejected] == ["s4"]
