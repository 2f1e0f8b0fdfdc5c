"""Whatever a model sends is read in bounded time, and each spec has one outcome."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders.asked import ask

from phantom.completions.answers import SURPLUS

RUBBISH = [
    '{"a":',
    '{"a":[',
    "[",
    "{",
    '"',
    "1",
    '{"id":1,',
    "\\",
    '{"text":"a"}',
    "{ ",
]


@pytest.mark.parametrize("unit", RUBBISH)
def test_rubbish_is_read_in_bounded_time(unit: str) -> None:
    raw = unit * (100_000 // len(unit))
    start = time.process_time()
    answers = ask(raw, n=10)
    assert time.process_time() - start < 2
    assert [spec for spec, _ in answers[:10]] == [f"s-{i}" for i in range(1, 11)]


JSONISH = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["id", "text", "items", "relations", "1", "s-2", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)
FRAGMENTS = st.lists(
    st.sampled_from(['{"', "id", '": "s-1", ', "text", '"}', "[", "]", "```", "\\u"])
    | st.text(max_size=5)
).map("".join)


@given(st.text() | FRAGMENTS | JSONISH.map(json.dumps), st.integers(1, 4), st.data())
def test_never_raises_and_accounts_for_every_spec(
    raw: str, n: int, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(raw)))
    finish = data.draw(st.sampled_from([None, "stop", "length", "content_filter"]))
    for text in (raw, raw[:cut]):
        answers = ask(text, n, finish_reason=finish)
        assert [spec for spec, _ in answers[:n]] == [f"s-{i}" for i in range(1, n + 1)]
        assert all(reason in SURPLUS for _, reason in answers[n:])
