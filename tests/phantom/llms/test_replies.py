"""Where the answer stands in a chat completion, and how it ended."""

from typing import Any

import pytest

from phantom.completions.answers import split_answers
from phantom.llms.wire.replies import Reply, to_completion
from phantom.records import Completion

ITEM = '{"items": [{"id": "1", "text": "a", "relations": []}]}'
DRAFT = ITEM.replace('"a"', '"draft"')


def receive(message: dict[str, Any], finish: str | None = "stop") -> Completion:
    body = {"choices": [{"message": message, "finish_reason": finish}], "model": "m"}
    return to_completion(Reply(body, "d", {}, 0.1), ["s"], "p")


def read(message: dict[str, Any], finish: str | None = "stop") -> str | None:
    answer = next(split_answers(receive(message, finish)))
    return answer.item["text"] if answer.item else answer.reason


@pytest.mark.parametrize(
    "message",
    [
        {"content": ITEM},
        {"content": ITEM, "reasoning_content": DRAFT},
        {"content": [{"type": "text", "text": ITEM}]},
        {"content": [{"type": "thinking",
                      "thinking": [{"type": "text", "text": DRAFT}]},
                     {"type": "text", "text": ITEM}]},
        {"content": [{"type": "reasoning", "text": DRAFT}, {"type": "output_text",
                                                             "text": ITEM}]},
        {"content": {"items": [{"id": "1", "text": "a"}]}},
        {"content": [{"id": "1", "text": "a", "relations": []}]},
        {"content": None, "reasoning_content": ITEM},
        {"content": "", "reasoning": f"First {DRAFT}. Better: {ITEM}"},
        {"content": " ", "reasoning": f"<think>{DRAFT}</think>{ITEM}"},
        {"content": None, "reasoning_details": [{"type": "reasoning.text",
                                                 "text": ITEM}]},
        {"content": None, "tool_calls": [{"function": {"name": "x",
                                                       "arguments": ITEM}}]},
        {"content": None, "function_call": {"name": "x", "arguments": ITEM}},
    ],
)  # fmt: skip
def test_the_answer_is_found_where_it_stands(message: dict[str, Any]) -> None:
    assert read(message) == "a"


def test_thoughts_alone_are_no_answer_and_say_so() -> None:
    assert read({"content": None, "reasoning_content": "I should write."}) == "thinking"
    drafting = {"content": "", "reasoning_content": f"Perhaps {DRAFT}, but"}
    assert read(drafting, "length") == "truncated"
    assert "Perhaps" in receive(drafting, "length").completion, "kept in the journal"
    assert read({"content": None}) == "empty"


@pytest.mark.parametrize(
    ("finish", "reason"),
    [
        ("length", "truncated"),
        ("max_tokens", "truncated"),
        ("MAX_TOKENS", "truncated"),
        ("model_length", "truncated"),
        ("content_filter", "refused"),
        ("SAFETY", "refused"),
        ("PROHIBITED_CONTENT", "refused"),
        ("guardrail_intervened", "refused"),
        ("sensitive", "refused"),
        ("stop", "empty"),
        (None, "empty"),
    ],
)
def test_ends_by_whatever_name(finish: str | None, reason: str) -> None:
    assert read({"content": ""}, finish) == reason


def test_a_blocked_prompt_has_no_choices() -> None:
    body = {"choices": [], "promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}
    completion = to_completion(Reply(body, "d", {}, 0.1), ["s"], "p")
    assert completion.finish_reason == "content_filter"
