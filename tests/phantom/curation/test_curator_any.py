"""Whatever is answered, each spec has one outcome; cleaning is done in one go."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders.answered import PAIR, SPECS, answer, complete, judge

from phantom.curation.curator import clean
from phantom.passages.tags import Tagged, parse_tags
from phantom.records import Example, Rejected

PIECES = (
    *("<DISEASE id=1>", "</DISEASE>", "<CHEMICAL id=2>", "</CHEMICAL>", "<VIRUS id=3>"),
    *("<disease>", "flu", "iron", " gave ", ".", "&lt;", "<", "\u200b", "\ud800", "é"),
)
MARKUP = st.lists(st.sampled_from(PIECES), max_size=6).map("".join)
FRAGMENTS = (
    '{"text": "',
    '", "relations": [',
    "]}",
    "[1, ",
    '"INDUCES", 2]',
    "```json\n",
)
ENDS = st.sampled_from([1, 2, "1", "two", None, 7, -1, 1.5, True])
TRIPLES = st.tuples(ENDS, st.sampled_from(["INDUCES", "HEALS", 3]), ENDS).map(list)
VALUES = st.one_of(MARKUP, st.none(), st.integers(), st.lists(TRIPLES, max_size=2))


def after(first: str) -> st.SearchStrategy[str]:
    return MARKUP.map(lambda rest: first + rest)


ANSWERS = st.one_of(
    st.text(max_size=30),
    st.lists(st.sampled_from((*FRAGMENTS, *PIECES)), max_size=9).map("".join),
    st.fixed_dictionaries(
        {"text": st.one_of(MARKUP, VALUES), "relations": VALUES},
        optional={"id": st.sampled_from(["disease", "none", "", 3])},
    ).map(json.dumps),
    st.fixed_dictionaries(
        {
            "text": st.one_of(
                st.just(PAIR), st.sampled_from(PIECES[:5]).flatmap(after)
            ),
            "relations": st.lists(TRIPLES, max_size=2),
        }
    ).map(json.dumps),
)


def test_every_answer_has_exactly_one_outcome() -> None:
    reached = set()

    @settings(max_examples=400, derandomize=True, deadline=None)
    @given(ANSWERS, st.sampled_from(sorted(SPECS)))
    def judge_one(raw: str, spec_id: str) -> None:
        outcomes = judge(complete(raw, spec_id))
        names = [getattr(x, "spec_id", None) or getattr(x, "id", "") for x in outcomes]
        assert names.count(spec_id) == 1
        for name, outcome in zip(names, outcomes, strict=True):
            if isinstance(outcome, Rejected):
                assert outcome.reason and outcome.detail
                reached.add(outcome.reason)
            else:
                assert name == spec_id
                reached.add("accepted")

    judge_one()
    # What is drawn must come past the parsers, or nothing is shown.
    assert {"accepted", "unparsed", "unknown_label", "unclosed_tag"} <= reached
    assert {"unknown_relation", "bad_relation", "relation_missing"} <= reached


@given(st.text(max_size=60))
def test_cleaning_once_is_enough(raw: str) -> None:
    once = clean(raw)
    assert clean(once) == once
    assert isinstance(parse_tags(once, ["DISEASE"]), Tagged) or "DISEASE" in once


@pytest.mark.parametrize("hyphen", ["\u2010", "\u2011", "\u2012", "\uff0d"])
def test_hyphens_become_plain_and_soft_ones_go(hyphen: str) -> None:
    text = (
        f"<CHEMICAL id=1>Co{hyphen}amox</CHEMICAL>{hyphen}induced "
        "<DISEASE id=2>hyper\u00adtension</DISEASE> at \u221265 C."
    )
    (example,) = judge(answer(text, [[1, "INDUCES", 2]], "induces"))
    assert isinstance(example, Example)
    assert example.text == "Co-amox-induced hypertension at \u221265 C."
    assert [e.text for e in example.entities] == ["Co-amox", "hypertension"]
    for entity in example.entities:
        assert example.text[entity.start : entity.end] == entity.text
    assert "misaligned" not in example.meta
    assert len(example.relations) == 1
