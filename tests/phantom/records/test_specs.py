"""Facts that a spec hands to the writer."""

import json

import pytest
from pydantic import ValidationError

from phantom.jsonl import to_line
from phantom.planning.plan import spec_id
from phantom.records import Amount, Facts, Link, Reference, Spec, Term

COURSE = Facts(
    entities={
        "drug": Term(label="CHEMICAL", text="sorafenib", forms=["Sorafenib tosylate"]),
        "harm": Term(label="DISEASE", text="hypertension"),
    },
    relations=(Link(head="drug", label="INDUCES", tail="harm"),),
    numbers={"dose": Amount(value=400, unit="mg", text="400 mg")},
    dates={"start": "2024-03-01", "seen": "2024-03-09T14:30", "born": "1951"},
    texts={"ward": "B2"},
)


def test_facts_are_json_as_they_are_and_read_back() -> None:
    spec = Spec(id="a", kind="note", facts=COURSE, round=2)
    assert json.loads(json.dumps(COURSE.model_dump()))["dates"]["born"] == "1951"
    assert Spec.model_validate_json(to_line(spec)) == spec


def test_a_spec_without_facts_is_written_as_before() -> None:
    assert to_line(Spec(id="a", kind="k")) == '{"id":"a","kind":"k"}\n'


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"relations": [{"head": "x", "label": "R", "tail": "drug"}]}, "names 'x'"),
        ({"relations": [{"head": "drug", "label": "R", "tail": "w"}]}, "names 'w'"),
        ({"numbers": {"drug": {"value": 1}}}, "'drug' is the key of two facts"),
        ({"dates": {"d": "March 2024"}}, "dates.d"),
        ({"numbers": {"n": {"value": float("nan")}}}, "numbers.n"),
    ],
)
def test_facts_that_do_not_hold_together(
    fields: dict[str, object], message: str
) -> None:
    drug = {"drug": {"label": "CHEMICAL", "text": "sorafenib"}}
    with pytest.raises(ValidationError, match=message):
        Facts.model_validate({"entities": drug, "texts": {"w": "B2"}, **fields})


def test_facts_and_style_are_part_of_the_id_where_there_are_any() -> None:
    wish = ("med", "k", {"words": 20}, {"GENE": ["TP53"]}, ["DISEASE"])
    # sha256 of '["k", {"words": 20}, {"GENE": ["TP53"]}, ["DISEASE"]]'
    assert spec_id(*wish) == "med-13268cc043f350"
    others = {spec_id(*wish, COURSE), spec_id(*wish, None, Reference(id="t1"))}
    assert len(others | {spec_id(*wish)}) == 3
