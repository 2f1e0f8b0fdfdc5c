"""Errors as servers write them: code and message, wherever they stand."""

import json
from typing import Any

import pytest

from phantom.llms.wire.bodies import read_body
from phantom.llms.wire.errors import read_error
from phantom.llms.wire.faults import (
    FaultError,
    explain_fatal,
    is_filtered,
    is_transient,
)
from phantom.llms.wire.windows import find_fit, read_overflow

GONE = "Provider says no"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"error": {"message": GONE, "code": 502}}, 502, ""),
        ({"error": {"message": GONE, "type": "server_error"}}, 500, "server_error"),
        ({"error": {"message": GONE, "code": "400"}}, 400, ""),
        ({"error": GONE, "error_type": "overloaded"}, 529, "overloaded"),
        ({"object": "error", "message": GONE, "code": 400}, 400, ""),
        ({"error": {"error": {"message": GONE, "code": 429}}}, 429, ""),
        ([{"error": {"message": GONE, "code": 429, "status": "RESOURCE_EXHAUSTED"}}],
         429, "RESOURCE_EXHAUSTED"),
        ({"errors": [{"message": GONE, "code": 7003}]}, 0, ""),
        ({"detail": GONE}, 0, ""),
        ({"detail": [{"loc": ["body", "seed"], "msg": GONE, "type": "extra"}]}, 0,
         "extra"),
        ({"statusCode": 401, "message": GONE}, 401, ""),
        ({"fault": {"faultstring": GONE, "detail": {"errorcode": "x.Y"}}}, 0, "x.Y"),
        ({"type": "error", "error": {"type": "overloaded_error", "message": GONE}}, 529,
         "overloaded_error"),
        ({"choices": [{"message": {"content": ""}, "finish_reason": "error",
                       "error": {"code": 502, "message": GONE}}]}, 502, ""),
    ],
)  # fmt: skip
def test_an_error_within_a_200_is_found(body: Any, status: int, code: str) -> None:
    with pytest.raises(FaultError) as caught:
        read_body(json.dumps(body).encode())
    fault = caught.value
    assert GONE in fault.message
    assert (fault.status, fault.code, fault.billed) == (status, code, False)
    # The same with a status of its own.
    told = read_error(body, 418)
    assert told is not None and told.status == 418 and GONE in told.message


def test_what_a_provider_hands_on_is_told() -> None:
    body = {"error": {"message": "Provider returned error", "code": 502,
                      "metadata": {"raw": "upstream overloaded"}}}  # fmt: skip
    fault = read_error(body)
    assert fault is not None
    assert fault.message == "Provider returned error: upstream overloaded"
    assert fault.reason == "error 502" and is_transient(fault)


@pytest.mark.parametrize(
    "body",
    [
        {"choices": [{"message": {"content": "{}"}}], "error": None},
        {"choices": [{"message": {"content": "a"}, "error": {"message": "late"}}]},
        {"message": {"content": "a"}, "done": True},
        {"choices": []},
    ],
)
def test_no_error_is_read_into_an_answer(body: Any) -> None:
    assert read_error(body) is None


def test_web_pages_and_streams() -> None:
    page = b"<!DOCTYPE html><html><head><title>Sign &amp; in</title></head></html>"
    with pytest.raises(FaultError, match=r"a web page, 'Sign & in'.*base_url"):
        read_body(page)
    told = read_error("<html><h1>502 Bad Gateway</h1></html>", 502)
    assert told is not None and "502 Bad Gateway" in told.message
    words = ['{"items"', ": []}"]
    events = [{"choices": [{"delta": {"content": word}}]} for word in words]
    last = {"choices": [{"delta": {}, "finish_reason": "stop"}], "model": "m"}
    stream = ": wait\n\n" + "".join(
        f"data: {json.dumps(event)}\n\n" for event in [*events, last]
    )
    body = read_body(stream.encode() + b"data: [DONE]\n\n")
    assert body["choices"][0]["message"]["content"] == '{"items": []}'
    assert body["choices"][0]["finish_reason"] == "stop" and body["model"] == "m"
    torn = f'data: {json.dumps(events[0])}\n\ndata: {{"error": {{"message": "cut"}}}}'
    with pytest.raises(FaultError, match="cut"):
        read_body(torn.encode())


def fault(message: str, status: int = 400, code: str = "") -> FaultError:
    return FaultError("status", message, status, code)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (fault("no", 401), "key is not accepted"),
        (fault("API key not valid. Please pass a valid API key."), "key is not"),
        (fault("no", 402), "no credit"),
        (FaultError("error", "This request requires more credits", 402), "no credit"),
        (fault("quota", 429, "insufficient_quota"), "no credit"),
        (fault("Your credit balance is too low to access the API"), "no credit"),
        (fault("Insufficient Balance", 402), "no credit"),
        (fault("foo/bar is not a valid model ID"), "no such model"),
        (fault("The model `x` does not exist."), "no such model"),
        (fault("no", 404), "no such model"),
        (fault("Invalid model name passed in model=m."), "no such model"),
        (fault("No models loaded. Please load a model"), "no such model"),
        (fault("The provided model identifier is invalid."), "no such model"),
        (FaultError("error", "Unexpected endpoint or method."), "check model and base"),
        (
            fault("Budget has been exceeded! Current cost: 2"),
            "no credit",
        ),
        (fault("Team=a over budget. Spend=10, Budget=10", 429), "no credit"),
        (fault("LiteLLM Virtual Key expected", 400, "auth_error"), "key is not"),
        (fault("User location is not supported for the API use."), "the place where"),
        (fault("HTTP 308", 308), "redirects"),
    ],
)
def test_what_ends_at_once(told: FaultError, why: str) -> None:
    explained = explain_fatal(told)
    assert explained is not None and why in explained and told.message in explained


@pytest.mark.parametrize(
    "told",
    [
        fault("You exceeded your current quota. Please retry in 34s.", 429),
        fault("Rate limit reached", 429, "rate_limit_exceeded"),
        fault("input was flagged; the model requires moderation", 403),
        fault("bad"),
        fault("The server had an internal authentication problem", 500),
        fault("No endpoints found that support the requested parameters: x", 404),
    ],
)
def test_what_does_not(told: FaultError) -> None:
    assert explain_fatal(told) is None


@pytest.mark.parametrize(
    "told",
    [
        fault("filtered due to the prompt triggering the content management policy"),
        fault("no", 400, "content_filter"),
        fault("litellm.BadRequestError: litellm.ContentPolicyViolationError: no", 400),
        fault("Input data may contain inappropriate content.", 400),
        fault("your input was flagged", 403),
        fault("Invalid prompt: it may violate our usage policy", 400, "invalid_prompt"),
        fault("Output blocked by content filtering policy", 400),
    ],
)
def test_filters_by_whatever_name(told: FaultError) -> None:
    assert is_filtered(told) and read_overflow(told) is None


OVERFLOWS = [
    ("This model's maximum context length is 4096 tokens. However, you requested 5741 "
     "tokens (1645 in the messages, 4096 in the completion).", 4096, 1645),
    ("'max_tokens' is too large: 4096. This model's maximum context length is 4096 "
     "tokens and your request has 1650 input tokens (4096 > 4096 - 1650).", 4096, 1650),
    ("This model's maximum context length is 4,096 tokens. However, your messages "
     "resulted in 5,000 tokens.", 4096, 5000),
    ("prompt is too long: 210000 tokens > 200000 maximum", 200000, 210000),
    ("input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000",
     200000, 190000),
    ("`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 1645 `inputs` tokens "
     "and 4096 `max_new_tokens`", 4096, 1645),
    ("`inputs` must have less than 1024 tokens. Given: 1645", 1024, 1645),
    ("The input token count (1200000) exceeds the maximum number of tokens allowed "
     "(1048576).", 1048576, 1200000),
    ("request (1645 tokens) exceeds the available context size (1024 tokens), try "
     "increasing it", 1024, 1645),
    ("Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 "
     "maximum context length", 32768, 40000),
    ("The decoder prompt (length 5000) is longer than the maximum model length of "
     "4096.", 4096, 5000),
    ("The input (5000 tokens) is longer than the model's context length (4096 tokens).",
     4096, 5000),
    ("Requested token count exceeds the model's maximum context length of 4096 tokens. "
     "You requested a total of 5741 tokens: 1645 tokens from the input messages and "
     "4096 tokens for the completion.", 4096, 1645),
    ("too many tokens: total number of tokens in the prompt cannot exceed 4081 - "
     "received 5000. Try using a shorter prompt.", 4081, 5000),
    ("This model's maximum prompt length is 131072 but the request contains 200000 "
     "tokens.", 131072, 200000),
    ("litellm.ContextWindowExceededError: the prompt does not fit", None, None),
    ("the input length exceeds the context length", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("message", "window", "prompt"), OVERFLOWS)
def test_windows_as_servers_name_them(
    message: str, window: int | None, prompt: int | None
) -> None:
    assert read_overflow(fault(message)) == (window, prompt)
    assert not is_filtered(fault(message)) and explain_fatal(fault(message)) is None


def test_other_refusals_are_no_overflow() -> None:
    assert read_overflow(fault("max_tokens is too large: 9000")) is None
    assert read_overflow(fault("property 'seed' is unsupported")) is None
    assert read_overflow(fault("maximum context length is 5", 429)) is None
    told = "`max_tokens` must be less than or equal to `8192`, less than the "
    assert read_overflow(fault(told + "`context_window` of this model")) is None


@pytest.mark.parametrize("body", [None, "", 0, False, [], {}, [None], {"error": None}])
def test_a_status_alone_is_an_error(body: Any) -> None:
    told = read_error(body, 503)
    assert told is not None and told.status == 503 and is_transient(told)


@pytest.mark.parametrize(
    "body",
    [
        {"detail": [{"loc": ["body", "seed"], "msg": "Extra inputs"}]},
        {"object": "error", "message": {"detail": [{"loc": ["body", "seed"]}]}},
        {"error": {"message": "no", "detail": {"errors": [{"loc": ["seed"]}]}}},
    ],
)
def test_the_setting_that_a_validator_objects_to(body: Any) -> None:
    told = read_error(body, 422)
    assert told is not None and told.param == "seed"


def test_figures_in_the_fields_of_an_error() -> None:
    body = {"error": {"message": "exceeds the available context size", "code": 400,
                      "n_prompt_tokens": 1645, "n_ctx": 1024}}  # fmt: skip
    told = read_error(body, 400)
    assert told is not None and read_overflow(told) == (1024, 1645)


def test_what_fits() -> None:
    # 1,000 tokens, half of them from ten specs, each answered with 100 tokens.
    assert find_fit(4096, 1000, 0.5, 100, 10) == (10, 4096 - 1030 - 16)
    # Ten want 1,030 + 16 + 1,500; eight 927 + 16 + 1,200 = 2,143.
    assert find_fit(2150, 1000, 0.5, 100, 10) == (8, 2150 - 927 - 16)
    assert find_fit(600, 1000, 0.5, 100, 10) is None
