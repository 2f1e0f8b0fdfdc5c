"""Records of earlier versions are read; what disagrees is told."""

import pytest
from pydantic import ValidationError

from phantom.jsonl import to_line
from phantom.records import Example, Labelled, Rejected, Usage


def read(**meta: object) -> Example:
    return Example.model_validate({"id": "a", "text": "x", "meta": meta})


def test_provenance_of_earlier_versions_becomes_fields() -> None:
    found = read(model="m", weight=0.5, augmented_from="b", kind="pair", stated=1)
    now = read(varied="ocr", labelled_by="n")
    assert (now.varied, now.labelled_by, now.meta) == ("ocr", "n", {})
    assert (found.model, found.weight, found.derived_from) == ("m", 0.5, ("b",))
    assert found.meta == {"kind": "pair", "stated": 1}
    assert read(joined_from=["b", "c"]).derived_from == ("b", "c")
    assert read(origin="private").origin == "private"


def test_a_record_that_was_read_is_written_the_new_way() -> None:
    line = to_line(read(model="m", kind="pair"))
    assert line == '{"id":"a","text":"x","model":"m","meta":{"kind":"pair"}}\n'
    assert Example.model_validate_json(line).model == "m"


def test_fields_that_hold_their_default_are_not_written() -> None:
    assert to_line(Example(id="a", text="x")) == '{"id":"a","text":"x"}\n'


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"model": "m", "meta": {"model": "n"}}, "a: model is 'm', but 'n' in meta"),
        ({"derived_from": ["b"], "meta": {"augmented_from": "c"}}, "take it out"),
        ({"meta": {"weight": "much"}}, "weight"),
        ({"meta": {"origin": "found"}}, "origin"),
        ({"meta": {"weight": 2}}, "weight"),
    ],
)
def test_what_cannot_be_read_is_told(fields: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Example.model_validate({"id": "a", "text": "x", **fields})


def test_the_same_said_twice_is_no_contradiction() -> None:
    fields = {"id": "a", "text": "x", "derived_from": ["b"]}
    found = Example.model_validate({**fields, "meta": {"augmented_from": "b"}})
    assert found.derived_from == ("b",) and not found.meta


def test_each_record_takes_the_keys_that_it_has_fields_for() -> None:
    fields = {"id": "a", "text": "x", "meta": {"state": "pending"}}
    assert Labelled.model_validate(fields).state == "pending"
    # Of a benchmark's own columns none is lost.
    assert Example.model_validate(fields).meta == {"state": "pending"}
    rejected = {"spec_id": "a", "reason": "r", "detail": "", "raw": ""}
    old = Rejected.model_validate({**rejected, "meta": {"model": "m", "weight": 3}})
    assert (old.model, old.meta) == ("m", {"weight": 3})


def test_usages_add_up() -> None:
    one = Usage(input_tokens=100, cached_tokens=40, output_tokens=7)
    other = Usage(input_tokens=1, cached_tokens=0, output_tokens=3)
    both = Usage(input_tokens=101, cached_tokens=40, output_tokens=10)
    assert one + other == other + one == both
    assert one + Usage() == one
