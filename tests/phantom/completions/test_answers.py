"""A raw answer becomes one item or one reason per spec, whatever it holds."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantom.completions.answers import SURPLUS, items
from phantom.records import Completion


def ask(raw: str, n: int = 3, **fields: Any) -> list[tuple[str, str | None]]:
    """Spec id and reason (None for an item) of everything in an answer."""
    ids = tuple(f"s-{i}" for i in range(1, n + 1))
    completion = Completion(
        spec_ids=ids, completion=raw, model="m", recorded="", **fields
    )
    return [(answer.spec_id, answer.reason) for answer in items(completion)]


def item(name: str | int | None, text: str = "t") -> dict[str, Any]:
    return ({} if name is None else {"id": name}) | {"text": text, "relations": []}


GOOD = [("s-1", None), ("s-2", None), ("s-3", None)]


@pytest.mark.parametrize(
    "value",
    [
        {"items": [item("s-1"), item("s-2"), item("s-3")]},
        [item(1), item("2"), item(3)],
        [item(3), item(2), item(1)],
        [item(None), item(None), item(None)],
        {"s-1": item(None), "s-2": item(None), "3": item(None)},
        {"answer": {"items": [item(1), item(2), item(3)]}},
    ],
)
def test_shapes(value: Any) -> None:
    raw = json.dumps(value)
    assert ask(raw) == GOOD
    assert ask(f"Here you are:\n```json\n{raw}\n```\nAnything else?") == GOOD
    assert ask("\ufeff" + raw) == GOOD


def test_json_lines_and_order() -> None:
    raw = "\n".join(json.dumps(item(i)) for i in (2, 3, 1))
    assert ask(raw) == GOOD


def test_lone_spec() -> None:
    assert ask('{"text": "a"}', n=1) == [("s-1", None)]
    assert ask('{"text": "a"', n=1) == [("s-1", "truncated")]
    # A wrong id is not taken for the right one.
    assert ask('{"id": "other", "text": "a"}', n=1) == [
        ("s-1", "missing"),
        ("other", "unknown_id"),
    ]


@pytest.mark.parametrize("n", range(12))
def test_too_few_and_too_many(n: int) -> None:
    raw = json.dumps({"items": [item(i) for i in range(1, n + 1)]})
    answers = ask(raw, n=10)
    assert answers[:10] == [
        (f"s-{i}", None if i <= n else ("missing" if n else "unparsed"))
        for i in range(1, 11)
    ]
    assert answers[10:] == [("11", "unknown_id")] * (n - 10)


def test_torn() -> None:
    whole = json.dumps({"items": [item(1), item(2, "b" * 50), item(3)]})
    assert ask(whole[: whole.index("bbb") + 5]) == [
        ("s-1", None),
        ("s-2", "truncated"),
        ("s-3", "missing"),
    ]
    assert ask(whole[: whole.index("bbb")], finish_reason="length")[2][1] == "truncated"


def test_states_are_told_apart() -> None:
    assert ask("", n=1) == [("s-1", "empty")]
    assert ask(" \n", n=1) == [("s-1", "empty")]
    assert ask('{"text": " "}', n=1) == [("s-1", "empty")]
    assert ask("I would rather not.", n=1) == [("s-1", "unparsed")]
    assert ask("", n=1, finish_reason="content_filter") == [("s-1", "refused")]
    assert ask('{"id": 1, "text": null}', n=1) == [("s-1", "no_text")]
    assert ask("[]", n=1) == [("s-1", "unparsed")]


def test_duplicates_and_strangers() -> None:
    raw = json.dumps([item(1, "first"), item(1, "second"), item("x"), item(True)])
    assert ask(raw) == [
        ("s-1", None),
        ("s-2", "missing"),
        ("s-3", "missing"),
        ("s-1", "duplicate_id"),
        ("x", "unknown_id"),
        ("True", "unknown_id"),
    ]
    completion = Completion(spec_ids=("a",), completion=raw, model="m", recorded="")
    first = next(items(completion))
    assert first.item is not None and first.item["text"] == "first"


def test_a_number_is_a_place_even_where_ids_are_numbers() -> None:
    raw = json.dumps([item(1, "zero"), item(2, "one")])
    completion = Completion(spec_ids=("0", "1"), completion=raw, model="m", recorded="")
    found = {a.spec_id: a.item["text"] for a in items(completion) if a.item}
    assert found == {"0": "zero", "1": "one"}


def test_half_a_character_is_mended_in_what_is_left_over() -> None:
    torn = '{"id": 1, "text": "\\ud83d", "relations": []}'
    completion = Completion(
        spec_ids=("a",), completion=f"[{torn}, {torn}]", model="m", recorded=""
    )
    for answer in items(completion):
        answer.raw.encode("utf-8")


def test_coercion() -> None:
    raw = r"""{"text": "a\_b", "relations":
        [{"head": 2, "type": "TREATS", "tail": 1}, [1, "X", 2], 5]}"""
    completion = Completion(spec_ids=("a",), completion=raw, model="m", recorded="")
    assert next(items(completion)).item == {
        "text": "a\\_b",
        "relations": [[2, "TREATS", 1], [1, "X", 2], 5],
    }
    doubled = json.dumps(json.dumps(item(1)))
    assert ask(doubled, n=1) == [("s-1", None)]
    half = Completion(
        spec_ids=("a",), completion='{"text": "\\ud83d"}', model="m", recorded=""
    )
    assert next(items(half)).item == {"text": "\ufffd", "relations": []}


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
    start = time.perf_counter()
    answers = ask(raw, n=10)
    assert time.perf_counter() - start < 2
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
