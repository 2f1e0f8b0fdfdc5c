"""A raw answer becomes one item or one reason per spec, whatever it holds."""

import json
from typing import Any

import pytest
from tests.builders.asked import ask, item

from phantom.completions.answers import SURPLUS, split_answers
from phantom.records import Completion

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
    first = next(split_answers(completion))
    assert first.item is not None and first.item["text"] == "second"


def read(raw: str, n: int = 1, **fields: Any) -> list[str | None]:
    """The text that counts for each spec, or the reason why there is none."""
    ids = tuple(f"s-{i}" for i in range(1, n + 1))
    completion = Completion(
        spec_ids=ids, completion=raw, model="m", recorded="", **fields
    )
    return [
        answer.item["text"] if answer.item else answer.reason
        for answer in split_answers(completion)
        if answer.reason not in SURPLUS
    ]


DRAFT = json.dumps({"items": [item(1, "draft")]})
FINAL = json.dumps({"items": [item(1, "final")]})
# As models and chat templates write them: opened and closed, closed alone, nested.
THOUGHTS = [
    "<think>\n{draft}\n</think>\n\n{final}",
    "Perhaps {draft}?\n</think>\n{final}",
    "<thinking>{draft} too short</thinking>{final}",
    "<think>I use <think> now: {draft}</think> or {draft}</think>{final}",
    "<think>a</think>{draft}<think>b</think>```json\n{final}\n```",
    "<Thought>\n{draft}\n</Thought>\n{final}",
    "<reasoning>{draft}</reasoning>\n<answer>{final}</answer>",
    "<seed:think>{draft}</seed:think>{final}",
    "[THINK]{draft}[/THINK]{final}",
    "<|begin_of_thought|>{draft}<|end_of_thought|>{final}",
    "<|START_THINKING|>{draft}<|END_THINKING|>{final}",
    "◁think▷{draft}◁/think▷{final}",
    "<unused94>thought\n{draft}<unused95>{final}",
    "<|channel|>analysis<|message|>{draft}<|end|><|start|>assistant<|channel|>final"
    "<|message|>{final}<|return|>",
    "<|channel|>analysis<|message|>{draft}<|end|><|start|>assistant<|channel|>final "
    "<|constrain|>json<|message|>{final}",
    "analysisWe write {draft} first.assistantfinal{final}",
    "Here is my thought process: {draft}\nHere is my response:\n{final}",
]


@pytest.mark.parametrize("form", THOUGHTS)
def test_nothing_before_the_end_of_thinking_is_an_answer(form: str) -> None:
    raw = form.replace("{draft}", DRAFT).replace("{final}", FINAL)
    assert read(raw) == ["final"]
    # Cut off within the thoughts: the draft must not pass for an answer.
    torn = raw[: raw.index("draft") + 20]
    if not form.startswith(("Perhaps", "<think>a</think>")):
        assert read(torn) == ["thinking"]
        assert read(torn, finish_reason="length") == ["truncated"]


@pytest.mark.parametrize(
    "raw",
    [
        f"First {DRAFT} and, better, {FINAL}",
        f"{DRAFT}\n{FINAL}",
        json.dumps([item(1, "draft"), item(1, "final")]),
        json.dumps({"drafts": [item(1, "draft")], "items": [item(1, "final")]}),
        json.dumps({"items": [item(1, "final")], "drafts": [item(1, "draft")]}),
        json.dumps([item(None, "draft"), item(None, "final")]),
        json.dumps({"items": [item(1, "final"), {"id": 1, "text": " "}]}),
        FINAL + ' or {"items": [{"id": 1, "text": "torn',
        json.dumps({"name": "items", "arguments": FINAL}),
        "<tool_call>" + json.dumps({"name": "x", "arguments": FINAL}) + "</tool_call>",
    ],
)
def test_the_last_whole_item_of_a_spec_counts(raw: str) -> None:
    assert read(raw) == ["final"]


def test_a_second_list_without_ids_takes_the_place_of_the_first() -> None:
    def listed(word: str) -> str:
        return json.dumps([item(None, f"{word} {i}") for i in (1, 2, 3)])

    raw = f"Draft: {{'x': 1}} {listed('draft')} Final: {listed('final')}"
    lists = json.dumps({"items": json.loads(listed("draft"))}) + json.dumps(
        {"items": json.loads(listed("final"))}
    )
    assert read(lists, 3) == ["final 1", "final 2", "final 3"]
    assert read(raw, 3) == ["missing"] * 3, "six items, and nothing says whose"


def test_words_of_an_answer_are_no_thoughts() -> None:
    """A text may speak of thinking, and labels may be words such as ANALYSIS."""
    text = "They </think> and <ANALYSIS id=1>iron</ANALYSIS> was low"
    assert read(json.dumps(item(1, text))) == [text]
    labels = "<ANALYSIS id=1>iron</ANALYSIS> was <THOUGHT id=2>low"
    assert read("```json\n" + json.dumps(item(1, labels)) + "\n```") == [labels]


def test_a_number_is_a_place_even_where_ids_are_numbers() -> None:
    raw = json.dumps([item(1, "zero"), item(2, "one")])
    completion = Completion(spec_ids=("0", "1"), completion=raw, model="m", recorded="")
    found = {a.spec_id: a.item["text"] for a in split_answers(completion) if a.item}
    assert found == {"0": "zero", "1": "one"}


def test_half_a_character_is_mended_in_what_is_left_over() -> None:
    torn = '{"id": 1, "text": "\\ud83d", "relations": []}'
    completion = Completion(
        spec_ids=("a",), completion=f"[{torn}, {torn}]", model="m", recorded=""
    )
    for answer in split_answers(completion):
        answer.raw.encode("utf-8")


def test_coercion() -> None:
    raw = r"""{"text": "a\_b", "relations":
        [{"head": 2, "type": "TREATS", "tail": 1}, [1, "X", 2], 5]}"""
    completion = Completion(spec_ids=("a",), completion=raw, model="m", recorded="")
    assert next(split_answers(completion)).item == {
        "text": "a\\_b",
        "relations": [[2, "TREATS", 1], [1, "X", 2], 5],
    }
    doubled = json.dumps(json.dumps(item(1)))
    assert ask(doubled, n=1) == [("s-1", None)]
    half = Completion(
        spec_ids=("a",), completion='{"text": "\\ud83d"}', model="m", recorded=""
    )
    assert next(split_answers(half)).item == {"text": "\ufffd", "relations": []}
