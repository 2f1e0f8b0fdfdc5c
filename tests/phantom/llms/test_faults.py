"""Runs against servers that refuse, or answer with nothing of use, in known ways."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.builders import make_specs
from tests.builders.flows import check_states, run
from tests.fault_server import Fault, FaultServer, serve

FILTER = {"error": {"message": "triggering the content management policy",
                    "param": "prompt", "code": "content_filter"}}  # fmt: skip


def kinds(state: FaultServer) -> Counter[str | None]:
    """Requests by the kind of structured output that they ask for."""
    return Counter(
        request.get("response_format", {}).get("type") for request in state.requests
    )


def refuse(name: str) -> Any:
    """A server that knows no such setting, and takes a while to say so."""
    told = {"error": {"message": f"Unsupported parameter: '{name}' is not supported. "
                      "Use 'max_completion_tokens' instead."}}  # fmt: skip

    def rule(body: dict[str, Any]) -> Fault | None:
        return {"kind": "json", "status": 400, "json": told} if name in body else None

    return rule


@pytest.mark.parametrize("name", ["max_tokens", "seed"])
def test_late_refusals_of_a_setting_change_nothing(tmp_path: Path, name: str) -> None:
    state = FaultServer(rule=refuse(name), latency=0.05)
    journal = tmp_path / "completions.jsonl"
    with serve(state) as url:
        assert run(url, journal, make_specs(80)).completed == 80
        assert kinds(state) == {"json_schema": 16}
        assert run(url, journal, make_specs(160)).completed == 160
    assert kinds(state) == {"json_schema": 24}, "remembered, with the schema"
    assert name not in state.requests[-1]
    if name == "max_tokens":
        assert state.requests[-1]["max_completion_tokens"] == 4096


@pytest.mark.parametrize(
    "told",
    [FILTER, {"error": {"message": "litellm.ContentPolicyViolationError: no"}}],
)
def test_a_filter_costs_its_own_specs_alone(tmp_path: Path, told: Any) -> None:
    fault = {"kind": "json", "status": 400, "json": told}
    state = FaultServer([fault])
    with serve(state) as url:
        summary = run(url, tmp_path / "completions.jsonl", make_specs(40))
    assert summary.completed == 40
    assert kinds(state) == {"json_schema": 4 + 10}, "ten of them alone, in the schema"


def window(size: int) -> Any:
    """A server with room for so many tokens, of four characters."""

    def rule(body: dict[str, Any]) -> Fault | None:
        prompt = sum(len(m["content"]) for m in body["messages"]) // 4
        if prompt + (body.get("max_tokens") or 0) <= size:
            return None
        told = f"maximum context length is {size} tokens, {prompt} in the messages"
        body = {"object": "error", "message": told, "code": 400}
        return {"kind": "json", "status": 400, "json": body}

    return rule


def test_answers_are_cut_to_the_window(tmp_path: Path) -> None:
    state = FaultServer(rule=window(4096))
    with serve(state) as url:
        summary = run(url, tmp_path / "completions.jsonl", make_specs(60))
    assert summary.completed == 60 and set(kinds(state)) == {"json_schema"}
    assert state.requests[-1]["max_tokens"] < 4096
    # Six answers; requests in flight when the first is refused are refused too.
    assert state.count <= 18


def test_a_narrow_window_takes_fewer_specs_at_a_time(tmp_path: Path) -> None:
    wide = FaultServer()
    with serve(wide) as url:
        run(url, tmp_path / "wide.jsonl", make_specs(10))
    prompt = sum(len(m["content"]) for m in wide.requests[0]["messages"]) // 4
    # Too few for ten answers of some 90 tokens, with half as much again to spare.
    state = FaultServer(rule=window(prompt + 600))
    with serve(state) as url:
        summary = run(url, tmp_path / "completions.jsonl", make_specs(30))
    assert summary.completed == 30 and set(kinds(state)) == {"json_schema"}
    last = state.requests[-1]["messages"][-1]["content"]
    assert 0 < last.count('{"id": ') < 10


def test_a_window_too_small_stops_at_once_and_says_so(tmp_path: Path) -> None:
    state = FaultServer(rule=window(500))
    with serve(state) as url:
        summary = run(url, tmp_path / "completions.jsonl", make_specs(500))
    assert summary.stopped and "holds 500 tokens" in summary.stopped
    assert "--ctx-size" in summary.stopped and "max_tokens" in summary.stopped
    assert state.count <= 16 and set(kinds(state)) == {"json_schema"}


@pytest.mark.parametrize("kind", ["empty", "blanks", "prose"])
@pytest.mark.parametrize("works", ["json_object", None])
def test_a_mode_that_brings_nothing_leads_to_the_next(
    tmp_path: Path, kind: str, works: str | None
) -> None:
    def rule(body: dict[str, Any]) -> Fault | None:
        mode = body.get("response_format", {}).get("type")
        return {"kind": kind} if mode and mode != works else None

    state = FaultServer(rule=rule)
    journal = tmp_path / "completions.jsonl"
    with serve(state) as url:
        summary = run(url, journal, make_specs(60))
        assert summary.completed == 60
        check_states(summary, journal, make_specs(60))
        spent = kinds(state)
        assert spent["json_schema"] == 6
        # One request alone finds out about each mode.
        assert works or spent["json_object"] == 1
        run(url, journal, make_specs(80))
    assert kinds(state)["json_schema"] == 6, "remembered"


def test_one_bad_answer_does_not_cost_the_schema(tmp_path: Path) -> None:
    state = FaultServer([{"kind": "ok"}, {"kind": "empty"}, {"kind": "prose"}])
    journal = tmp_path / "completions.jsonl"
    with serve(state) as url:
        assert run(url, journal, make_specs(60)).completed == 60
    assert state.requests[-1]["response_format"]["type"] == "json_schema"


def test_what_a_server_withholds_as_no_json_is_read(tmp_path: Path) -> None:
    asked: set[str] = set()

    def rule(body: dict[str, Any]) -> Fault | None:
        words = str(body["messages"])
        # No more than two, so that no passage meets one at each of its tries.
        if words in asked or len(asked) == 2 or len(state.requests) % 3:
            return None
        asked.add(words)
        torn = '{"items": [{"id": "1", "text": "Two of them had fev'
        error = {"message": "Failed to generate JSON.", "code": "json_validate_failed",
                 "failed_generation": torn}  # fmt: skip
        return {"kind": "json", "status": 400, "json": {"error": error}}

    state = FaultServer(rule=rule)
    with serve(state) as url:
        summary = run(url, tmp_path / "completions.jsonl", make_specs(60))
    assert summary.completed == 60 and len(asked) == 2
    assert set(kinds(state)) == {"json_schema"}, "the schema stays"


@pytest.mark.parametrize("kind", ["empty", "prose", "bad_tags", "refusal"])
def test_useless_answers_stop_early(tmp_path: Path, kind: str) -> None:
    state = FaultServer(rule=lambda body: {"kind": kind})
    journal = tmp_path / "completions.jsonl"
    with serve(state) as url:
        summary = run(url, journal, make_specs(900))
        assert summary.stopped and "holds a usable item" in summary.stopped
        assert summary.pending == 900 and state.count <= 40
        shown = {"prose": "I would be glad", "empty": "white space"}
        assert shown.get(kind, "") in summary.stopped
        state.rule = lambda body: None
        # What the model gave before is held against no spec.
        assert run(url, journal, make_specs(900)).completed == 900


@pytest.mark.parametrize("finish", ["stop", None])
def test_the_reasoning_channel_is_read(tmp_path: Path, finish: str | None) -> None:
    fault = {"kind": "elsewhere", "message": lambda raw: {"reasoning_content": raw},
             "end": finish}  # fmt: skip
    state = FaultServer(rule=lambda body: fault)
    with serve(state) as url:
        summary = run(url, tmp_path / "completions.jsonl", make_specs(20))
    assert (summary.completed, state.count) == (20, 2)


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"message": "You need more credits", "code": 402}},
        {"error": {"message": "out of credits", "type": "insufficient_quota"}},
    ],
)
def test_no_credit_ends_at_once_within_a_200_too(tmp_path: Path, body: Any) -> None:
    state = FaultServer(rule=lambda _: {"kind": "json", "json": body})
    with serve(state) as url:
        summary = run(url, tmp_path / "completions.jsonl", make_specs(500))
    assert summary.stopped and "no credit" in summary.stopped
    assert body["error"]["message"] in summary.stopped and state.count <= 16


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"error": {"message": "Provider broke", "code": 502}}, "502: Provider broke"),
        ({"choices": [{"message": {"content": ""}, "finish_reason": "error",
                       "error": {"code": 502, "message": "cut"}}]}, "error 502: cut"),
    ],
)  # fmt: skip
def test_the_last_line_quotes_the_server(tmp_path: Path, body: Any, words: str) -> None:
    state = FaultServer(rule=lambda _: {"kind": "json", "json": body})
    with serve(state) as url:
        summary = run(url, tmp_path / "completions.jsonl", make_specs(60))
        assert summary.stopped and words in summary.stopped
        state.rule = lambda _: None
        again = run(url, tmp_path / "completions.jsonl", make_specs(60))
    assert again.completed == 60


def test_what_is_journalled_can_be_read_by_others(tmp_path: Path) -> None:
    """Thoughts that came instead of an answer stay in the journal, marked as such."""
    fault = {"kind": "elsewhere", "message": lambda raw: {"reasoning": "I wonder"}}
    state = FaultServer([fault])
    journal = tmp_path / "completions.jsonl"
    with serve(state) as url:
        assert run(url, journal, make_specs(5)).completed == 5
    first = json.loads(journal.read_text().splitlines()[0])
    assert first["completion"] == "<think>I wonder"
