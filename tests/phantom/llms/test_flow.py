"""Generation against a server that fails: nothing lost, nothing paid twice."""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.builders import OPENAI, make_specs
from tests.builders.flows import PACK, check_states, run
from tests.fault_server import Fault, FaultServer, serve

from phantom.completions.failures import failed_path
from phantom.completions.journal import Journal, read_journal
from phantom.jsonl import read_jsonl
from phantom.llms import Job, load_backend
from phantom.records import Rejected


@pytest.fixture(scope="module")
def shared_server() -> Iterator[tuple[str, FaultServer]]:
    state = FaultServer()
    with serve(state) as url:
        yield url, state


FAULTS: list[Fault] = [
    {"kind": "ok"},
    {"kind": "status", "status": 429, "retry_after": 0.02},
    {"kind": "status", "status": 429},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 503},
    {"kind": "status", "status": 413},
    {"kind": "cut"},
    {"kind": "slow", "seconds": 0.05},
    {"kind": "malformed"},
    {"kind": "truncated"},
    {"kind": "refusal"},
    {"kind": "content_filter"},
    {"kind": "empty"},
    {"kind": "prose"},
    {"kind": "fenced"},
    {"kind": "duplicate"},
    {"kind": "shuffle"},
    {"kind": "bad_tags"},
    {"kind": "huge"},
    {"kind": "body", "body": "<html>"},
    {"kind": "body", "body": "{}"},
    {"kind": "body", "body": '{"choices": [{"message": 5}]}'},
    {"kind": "status", "status": 400, "code": "content_filter"},
    *({"kind": "count", "n": n} for n in range(12)),
]


@pytest.mark.slow
@settings(
    max_examples=int(os.environ.get("PHANTOM_FLOW_EXAMPLES", "12")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.lists(st.sampled_from(FAULTS), max_size=25), st.integers(1, 40))
def test_every_spec_ends_in_one_state(
    tmp_path_factory: pytest.TempPathFactory,
    shared_server: tuple[str, FaultServer],
    script: list[Fault],
    n: int,
) -> None:
    journal = tmp_path_factory.mktemp("flow") / "completions.jsonl"
    url, state = shared_server
    state.script = list(script)
    state.answered.clear()
    specs = make_specs(n)
    summary = run(url, journal, specs)
    check_states(summary, journal, specs)
    # A second run asks for what is pending, and for nothing else.
    paid = dict(state.answered)
    state.script = []
    second = run(url, journal, specs)
    check_states(second, journal, specs)
    assert second.pending == 0
    assert second.failed == summary.failed
    assert second.before == summary.completed
    for name, count in paid.items():
        if summary.pending == 0:
            assert state.answered[name] == count


@pytest.mark.slow
def test_each_fault_alone(
    tmp_path: Path, shared_server: tuple[str, FaultServer]
) -> None:
    """Whatever happens once, all specs are completed in the same run."""
    url, state = shared_server
    for number, fault in enumerate(FAULTS):
        state.script = [fault]
        specs = make_specs(12)
        journal = tmp_path / f"{number}-completions.jsonl"
        summary = run(url, journal, specs)
        assert summary.completed == 12, (fault, summary)
        check_states(summary, journal, specs)


@pytest.mark.slow
def test_hang_and_invalid_utf8(tmp_path: Path) -> None:
    reply = json.dumps({"choices": [{"message": {"content": "QQ"}}], "model": "m"})
    state = FaultServer([{"kind": "hang", "seconds": 20}])
    specs = make_specs(3)
    with serve(state) as url:
        summary = run(url, tmp_path / "completions.jsonl", specs)
        assert (summary.completed, state.count) == (3, 2)
        body = reply.encode().replace(b"QQ", b"\xff\xfe")
        state.script = [{"kind": "body", "body": body}]
        again = run(url, tmp_path / "b-completions.jsonl", specs)
    assert again.completed == 3
    first = next(read_journal(tmp_path / "b-completions.jsonl"))[1]
    assert first.completion == "\ufffd\ufffd"


def test_nine_of_ten_are_kept(tmp_path: Path) -> None:
    state = FaultServer([{"kind": "count", "n": 9}])
    with serve(state) as url:
        run(url, tmp_path / "completions.jsonl", make_specs(10))
    assert state.count == 2
    assert set(state.answered.values()) == {1}
    asked_again = state.requests[1]["messages"][-1]["content"]
    assert "the answer had no item for this id" in asked_again
    assert asked_again.count('{"id"') == 1


def test_truncated_is_asked_again_in_smaller_requests(tmp_path: Path) -> None:
    state = FaultServer([{"kind": "truncated"}, {"kind": "truncated"}])
    with serve(state) as url:
        summary = run(
            url,
            tmp_path / "completions.jsonl",
            make_specs(8),
            {"llm.specs_per_request": 8, "llm.concurrency": 1},
        )
    assert summary.completed == 8
    sizes = [r["messages"][1]["content"].count('\n{"id"') for r in state.requests]
    assert sizes[0] == 8 and max(sizes[1:]) <= 4


def test_unparsed_fails_with_its_raw_text_after_two_more(tmp_path: Path) -> None:
    state = FaultServer([{"kind": "prose"}] * 3)
    journal = tmp_path / "completions.jsonl"
    with serve(state) as url:
        summary = run(url, journal, make_specs(1))
        assert (summary.failed, state.count) == (1, 3)
        failed = list(read_jsonl(failed_path(journal), Rejected))
        assert [(f.spec_id, f.reason) for f in failed] == [("s0", "unparsed")]
        assert failed[0].raw.startswith("I would be glad")
        # It is not paid for again, unless one says so.
        assert run(url, journal, make_specs(1)).failed == 1
        assert state.count == 3
        forecast = load_backend(OPENAI).forecast
        job = Job(PACK, make_specs(1), Journal(journal))
        assert forecast(job).specs == 0
        assert forecast(replace(job, retry_failed=True)).specs == 1
        assert run(url, journal, make_specs(1), retry_failed=True).completed == 1
        assert list(read_jsonl(failed_path(journal), Rejected)) == []


def test_refusal_is_asked_again_once_and_alone(tmp_path: Path) -> None:
    state = FaultServer([{"kind": "refusal"}] + [{"kind": "content_filter"}] * 3)
    with serve(state) as url:
        summary = run(url, tmp_path / "completions.jsonl", make_specs(3))
    assert (summary.failed, state.count) == (3, 4)
    assert summary.reasons == {"refused": 3}
