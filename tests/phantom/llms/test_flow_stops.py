"""What ends a run or slows it: keys, outages, rate limits, budgets, a full disk."""

import time
from pathlib import Path
from typing import Any

import pytest
from tests.builders import make_specs
from tests.builders.flows import check_states, run
from tests.fault_server import Fault, FaultServer, serve

from phantom.completions.journal import Journal


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
