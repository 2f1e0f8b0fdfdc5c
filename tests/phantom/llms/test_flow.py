"""Generation against a server that fails: nothing lost, nothing paid twice."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.builders import MEDICINE, OPENAI, ROOT, make_specs
from tests.fault_server import Fault, FaultServer, serve

from phantom.completions.answers import split_answers
from phantom.completions.failures import failed_path
from phantom.completions.journal import Journal, read_journal
from phantom.jsonl import read_jsonl
from phantom.llms import Job, Summary, load_backend
from phantom.packs.pack import load_pack
from phantom.records import Rejected, Spec

PACK = load_pack(MEDICINE)
FAST = {
    "llm.backoff": 0.01,
    "llm.timeout": 1.0,
    "llm.breaker_pause": 0.02,
    "llm.breaker_after": 5,
    "llm.retries": 4,
}


def run(
    url: str,
    journal: Path,
    specs: list[Spec],
    more: dict[str, Any] | None = None,
    **job: Any,
) -> Summary:
    overrides = {"llm.base_url": url, **FAST, **(more or {})}
    backend = load_backend(OPENAI, overrides)
    with Journal(journal) as opened:
        return backend.generate(Job(PACK, specs, opened, **job))


def check_states(summary: Summary, journal: Path, specs: list[Spec]) -> None:
    """Every spec is in exactly one of the three states, and on disk as such."""
    ids = {spec.id for spec in specs}
    done: Counter[str] = Counter()
    for _, completion in read_journal(journal):
        for answer in split_answers(completion):
            if answer.item is not None and "open" not in answer.item["text"][:20]:
                done[answer.spec_id] += 1
    failed: list[str] = []
    if failed_path(journal).exists():
        failed = [r.spec_id for r in read_jsonl(failed_path(journal), Rejected)]
    assert set(done) <= ids and set(failed) <= ids
    assert set(done.values()) <= {1}
    assert len(failed) == len(set(failed))
    assert not set(done) & set(failed)
    assert summary.completed == len(done)
    assert summary.failed == len(failed)
    assert summary.asked == len(ids)
    assert summary.completed + summary.failed + summary.pending == len(ids)
    assert summary.failed + summary.pending <= summary.reasons.total()


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


def test_prefix_is_stable_and_demonstrations_rotate(tmp_path: Path) -> None:
    state = FaultServer()
    with serve(state) as url:
        run(url, tmp_path / "completions.jsonl", make_specs(60))
    assert len({r["messages"][0]["content"] for r in state.requests}) == 1
    shown = {r["messages"][1]["content"].split("Write 10")[0] for r in state.requests}
    assert len(shown) > 1
    schema = state.requests[0]["response_format"]["json_schema"]["schema"]
    assert "TREATS" in json.dumps(schema)


def test_what_an_endpoint_refuses_is_remembered(tmp_path: Path) -> None:
    """A new process knows what an old one paid refused requests to learn."""
    journal = tmp_path / "completions.jsonl"
    state = FaultServer([{"kind": "reject_format"}] * 2)
    with serve(state) as url:
        for total, refused in ((10, 2), (20, 0), (30, 0)):
            before = state.statuses[400]
            state.script = [{"kind": "reject_format"}]
            summary = run(url, journal, make_specs(total))
            assert summary.completed == total
            assert state.statuses[400] - before == refused
        # Other settings are tried anew.
        state.script = []
        run(url, journal, make_specs(40), {"llm.options.max_tokens": 9_000})
    assert "response_format" in state.requests[-1]
    known = (tmp_path / "completions.dialect.jsonl").read_text()
    assert json.loads(known)["mode"] == "text"
    assert "127.0.0.1" not in known


def test_a_refusal_for_another_cause_is_forgotten(tmp_path: Path) -> None:
    journal = tmp_path / "completions.jsonl"
    state = FaultServer([{"kind": "status", "status": 501}] * 40)
    with serve(state) as url:
        assert run(url, journal, make_specs(10)).completed == 0
        state.script = []
        assert run(url, journal, make_specs(10)).completed == 10
    assert "json_schema" in json.dumps(state.requests[-1]["response_format"])


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


@pytest.mark.parametrize("status", [401, 403, 404])
def test_hopeless_stops_at_once(tmp_path: Path, status: int) -> None:
    state = FaultServer([{"kind": "status", "status": status}] * 99)
    with serve(state) as url:
        summary = run(url, tmp_path / "completions.jsonl", make_specs(500))
    assert summary.stopped and f"HTTP {status}" in summary.stopped
    assert summary.pending == 500
    assert state.count <= 16


def test_breaker_stops_with_what_is_done(tmp_path: Path) -> None:
    state = FaultServer(
        [{"kind": "ok"}] * 3 + [{"kind": "status", "status": 500}] * 999
    )
    specs = make_specs(300)
    journal = tmp_path / "completions.jsonl"
    with serve(state) as url:
        summary = run(url, journal, specs, {"llm.start": 3, "llm.concurrency": 3})
        assert summary.stopped and "in a row" in summary.stopped
        assert state.count < 40
        check_states(summary, journal, specs)
        assert summary.completed == 30
        state.script = []
        assert run(url, journal, specs).completed == 300


def test_retry_after_is_honoured(tmp_path: Path) -> None:
    state = FaultServer([{"kind": "status", "status": 429, "retry_after": 0.5}])
    started = time.monotonic()
    with serve(state) as url:
        summary = run(url, tmp_path / "completions.jsonl", make_specs(5))
    assert summary.completed == 5
    assert time.monotonic() - started >= 0.5


def test_concurrency_falls_and_never_passes_the_ceiling(tmp_path: Path) -> None:
    limits: list[int] = []
    script = [{"kind": "ok"}] * 30 + [{"kind": "status", "status": 429}] * 8
    state = FaultServer(script, latency=0.01)
    with serve(state) as url:
        summary = run(
            url,
            tmp_path / "completions.jsonl",
            make_specs(900),
            {"llm.concurrency": 24, "llm.start": 8},
            tell=lambda event, data: limits.append(data["limit"]),
        )
    assert summary.completed == 900
    assert max(limits) == 24 and state.peak <= 24
    assert min(limits[limits.index(24) :]) <= 12


@pytest.mark.parametrize("budget", ["0.01", "20000 tokens"])
def test_budget_is_a_hard_stop(tmp_path: Path, budget: str) -> None:
    state = FaultServer(latency=0.01)
    journal = tmp_path / "completions.jsonl"
    with serve(state) as url:
        summary = run(url, journal, make_specs(2000), budget=budget)
        assert summary.stopped and "budget" in summary.stopped
        count = state.count
        assert run(url, journal, make_specs(2000), budget=budget).requests == 0
    assert state.count == count
    tokens = summary.spent.input_tokens + summary.spent.output_tokens
    used = tokens if "tokens" in budget else summary.cost
    limit = float(budget.split()[0])
    assert used is not None
    assert limit <= used <= limit + used / summary.requests * 1.5
    assert summary.completed > 0


def test_structured_output_falls_back_once(tmp_path: Path) -> None:
    state = FaultServer([{"kind": "reject_format"}])
    with serve(state) as url:
        summary = run(
            url, tmp_path / "completions.jsonl", make_specs(30), {"llm.start": 1}
        )
    assert summary.completed == 30
    kinds = [r.get("response_format", {}).get("type") for r in state.requests]
    assert kinds == ["json_schema", "json_object", None, None, None]


def test_another_prompt_is_kept_and_counted(tmp_path: Path) -> None:
    journal = tmp_path / "completions.jsonl"
    state = FaultServer()
    with serve(state) as url:
        run(url, journal, make_specs(10))
        text = journal.read_text()
        journal.write_text(re.sub(r'"prompt":"\w+"', '"prompt":"old"', text))
        kept = run(url, journal, make_specs(10))
        assert (kept.before, kept.other_prompt, state.count) == (10, 10, 1)
        forecast = load_backend(OPENAI).forecast
        job = Job(PACK, make_specs(10), Journal(journal))
        assert forecast(job).specs == 0
        assert forecast(replace(job, reuse=False)).specs == 10
        asked = run(url, journal, make_specs(10), reuse=False)
        assert (asked.before, asked.completed, state.count) == (0, 10, 2)


def test_key_is_written_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    key = "sk-very-secret-123"
    monkeypatch.setenv("OPENAI_API_KEY", key)
    events: list[Any] = []
    script: list[Fault] = [
        {"kind": "ok"},
        {"kind": "status", "status": 500, "message": f"bad {key}"},
        {"kind": "status", "status": 401, "message": f"wrong key {key}"},
    ]
    state = FaultServer(script)
    with serve(state) as url:
        summary = run(
            url,
            tmp_path / "completions.jsonl",
            make_specs(40),
            {"llm.start": 1},
            tell=lambda *event: events.append(event),
        )
    assert state.keys == {f"Bearer {key}"}
    written = "".join(p.read_text() for p in tmp_path.iterdir())
    assert key not in written + repr(events) + repr(summary) + "".join(
        capfd.readouterr()
    )
    assert "***" in (summary.stopped or "")


def test_full_disk_is_an_error_not_a_loss(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> int:
        raise OSError(28, "No space left on device")

    with serve(FaultServer()) as url:
        monkeypatch.setattr(Journal, "append", fail)
        with pytest.raises(OSError, match="No space left"):
            run(url, tmp_path / "completions.jsonl", make_specs(30))


def test_full_disk_while_a_refusal_is_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> int:
        raise OSError(28, "No space left on device")

    refused = {"kind": "status", "status": 400, "code": "content_filter"}
    with serve(FaultServer([refused] * 9)) as url:
        monkeypatch.setattr(Journal, "append", fail)
        with pytest.raises(OSError, match="No space left"):
            run(url, tmp_path / "completions.jsonl", make_specs(30))


GENERATE = [sys.executable, str(ROOT / "scripts" / "generate.py")]


def start_generate(
    url: str, specs: Path, journal: Path, *more: str
) -> subprocess.Popen[str]:
    settings = [
        f"llm.base_url={url}",
        "llm.backoff=0.01",
        "llm.start=8",
        "llm.concurrency=16",
    ]
    sets = [part for setting in settings for part in ("--set", setting)]
    return subprocess.Popen(
        [
            *GENERATE,
            str(PACK.path),
            str(specs),
            str(journal),
            "--llm",
            str(OPENAI),
            *sets,
            *more,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.fixture
def specs_file(tmp_path: Path) -> Path:
    path = tmp_path / "specs.jsonl"
    path.write_text("".join(s.model_dump_json() + "\n" for s in make_specs(500)))
    return path


@pytest.mark.slow
def test_kill_at_random_moments(tmp_path: Path, specs_file: Path) -> None:
    """`kill -9`, then resume: all completed, none paid twice but those in flight."""
    kills = int(os.environ.get("PHANTOM_KILLS", "2"))
    rng = random.Random(0)
    journal = tmp_path / "completions.jsonl"
    state = FaultServer(latency=0.3)
    with serve(state) as url:
        live = 0
        for _ in range(kills):
            process = start_generate(
                url, specs_file, journal, "--set", "llm.specs_per_request=2"
            )
            count = state.count
            while state.count == count and process.poll() is None:
                time.sleep(0.01)
            time.sleep(rng.uniform(0.0, 0.9))
            live += process.poll() is None
            process.kill()
            process.communicate()
        with journal.open("ab") as file:
            file.write(b'{"spec_ids": ["s1"], "compl')
        summary = run(url, journal, make_specs(500))
    assert summary.completed == 500
    check_states(summary, journal, make_specs(500))
    twice = sum(count - 1 for count in state.answered.values())
    # 16 requests of two may be in flight at each kill.
    assert twice <= kills * 16 * 2
    # No run answers more than 64 specs in 0.9 s, so seven can't finish the work.
    assert live >= min(kills, 7)
    assert len(state.answered) == 500


@pytest.mark.slow
def test_interrupt_lands_what_is_in_flight(tmp_path: Path, specs_file: Path) -> None:
    journal = tmp_path / "completions.jsonl"
    log = tmp_path / "log.jsonl"
    state = FaultServer(latency=0.5)
    with serve(state) as url:
        process = start_generate(url, specs_file, journal, "--log-json", str(log))
        while state.count < 10 and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 130, output
    assert "Interrupted" in output
    lines = sum(1 for _ in read_journal(journal))
    # All that was sent is there: nothing paid for is lost.
    assert lines == state.count < 50
    events = [json.loads(line) for line in log.read_text().splitlines()]
    assert events[-1]["event"] == "summary"
    assert events[-1]["completed"] == lines * 10
    spent = [completion.usage for _, completion in read_journal(journal)]
    assert events[-1]["output_tokens"] == sum(x.output_tokens for x in spent if x) > 0


@pytest.mark.slow
def test_exit_status_says_what_is_missing(tmp_path: Path, specs_file: Path) -> None:
    state = FaultServer([{"kind": "status", "status": 401}] * 20)
    with serve(state) as url:
        process = start_generate(url, specs_file, tmp_path / "completions.jsonl")
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "500 specs have no completion" in output and "key is not accepted" in output
